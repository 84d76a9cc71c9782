"""The trainer's text: what people type or paste, read into questions; pure, like the rules."""
