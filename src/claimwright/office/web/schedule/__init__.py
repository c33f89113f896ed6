"""Schedule in the workbench."""
