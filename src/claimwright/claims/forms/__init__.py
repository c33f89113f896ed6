"""Claims on paper, from the same data as the file."""
