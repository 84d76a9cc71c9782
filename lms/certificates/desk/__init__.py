"""The print desk: from the register to paper, and what the register knows of it."""
