"""Patients in the workbench."""
