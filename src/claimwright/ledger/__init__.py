"""Patient accounts as append-only double entry."""
