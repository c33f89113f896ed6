"""Remittances in the workbench."""
