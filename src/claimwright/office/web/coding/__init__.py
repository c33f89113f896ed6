"""Coding in the workbench."""
