"""Medical coding and billing, from chart to cash."""

__version__ = "0.1.0"
