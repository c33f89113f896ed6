"""Read, check and write X12; one module a transaction."""
