"""A file a report."""
