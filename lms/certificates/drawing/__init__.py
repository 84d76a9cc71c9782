"""Drawing: a display list in, the bytes of a PDF out; what a certificate is stands elsewhere."""
