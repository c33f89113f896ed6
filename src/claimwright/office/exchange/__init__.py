"""How files travel."""
