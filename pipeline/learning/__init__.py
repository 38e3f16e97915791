"""What is learned from documents whose truth is known: weights of the ranking, and what a confidence is worth."""
