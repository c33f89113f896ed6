"""What a contract or fee schedule says a line is worth."""
