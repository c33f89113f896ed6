"""The claim: its parties, lines, states and forms."""
