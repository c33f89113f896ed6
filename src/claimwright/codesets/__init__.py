"""Code sets and reference tables: dated, read-only, searchable."""
