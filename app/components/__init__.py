"""Parts of screens: the page viewer and the field form."""
