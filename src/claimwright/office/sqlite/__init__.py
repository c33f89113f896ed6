"""SQLite as an office needs it, where several processes write to one file."""
