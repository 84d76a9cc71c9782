"""The one entrance for material that strangers hand us, and the one exit for what we hand out."""
