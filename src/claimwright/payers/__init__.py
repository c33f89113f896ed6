"""A folder a payer."""
