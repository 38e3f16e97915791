"""What a model is asked: versioned templates, filled with a document's text between delimiters that it can't know."""
