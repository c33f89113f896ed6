"""Claims in the workbench."""
