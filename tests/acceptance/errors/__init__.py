"""Each error that people can meet on the screens: a sentence that says what to do, no traceback."""
