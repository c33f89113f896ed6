"""Invented names and streets for the demo's people, from names.toml; any likeness is chance."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

_LISTS: Final[dict[str, list[str]]] = tomllib.loads((files("claimwright.office.demo") / "names.toml").read_text(encoding="utf-8"))

FEMALE: Final = _LISTS["female"]
MALE: Final = _LISTS["male"]
LAST: Final = _LISTS["last"]
STREETS: Final = _LISTS["streets"]
EMPLOYERS: Final = _LISTS["employers"]
AREA_CODES: Final = _LISTS["area_codes"]
