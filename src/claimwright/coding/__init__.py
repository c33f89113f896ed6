"""From the note to suggested codes, each with the words that support it."""
