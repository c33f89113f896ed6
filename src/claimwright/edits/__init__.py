"""The scrubber: one file a family of edits."""
