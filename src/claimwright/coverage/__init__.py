"""Patients' plans, benefits and accumulators; who pays first."""
