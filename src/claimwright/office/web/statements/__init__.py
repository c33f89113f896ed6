"""Statements in the workbench."""
