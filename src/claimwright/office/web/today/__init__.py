"""Today in the workbench."""
