"""Denials in the workbench."""
