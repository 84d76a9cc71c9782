"""How certificates look: designs as data, read, fitted and composed into pages."""
