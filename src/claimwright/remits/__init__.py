"""A payer's decision, matched to what is open, as a balanced posting plan."""
