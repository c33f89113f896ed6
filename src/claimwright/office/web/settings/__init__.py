"""Settings in the workbench."""
