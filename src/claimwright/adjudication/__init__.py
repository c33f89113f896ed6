"""What a payer should decide, given claim, benefits and price."""
