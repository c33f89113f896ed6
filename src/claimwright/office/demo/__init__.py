"""The demo practice: who they are, what happened, and what goes wrong on purpose."""
