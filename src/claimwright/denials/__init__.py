"""What was denied, why, until when, and what to do next."""
