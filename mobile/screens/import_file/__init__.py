"""Taking in a file, a picture of codes or the text of a code."""
