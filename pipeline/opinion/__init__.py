"""What a language model makes of a document: asked part by part, held against the page, never trusted more than it."""
