"""Accounts in the workbench."""
