"""The practice's claims, for every test here."""

from sandbox_office import visit

__all__ = ["visit"]
