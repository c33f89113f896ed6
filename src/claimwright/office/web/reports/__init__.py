"""Reports in the workbench."""
