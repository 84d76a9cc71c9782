"""Ways of tampering with a sealed file, and what they are tried on."""
