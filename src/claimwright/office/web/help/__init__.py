"""Help in the workbench."""
