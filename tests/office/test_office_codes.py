"""The office works with an imported store as soon as it is there, and says so if it cannot."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from claimwright.codesets.building import Builder
from claimwright.codesets.importers import import_file
from claimwright.codesets.tables import starter
from claimwright.office import codes

ON = date(2026, 11, 2)
NOTICE = '"CPT codes are copyright of the AMA.\nAll rights reserved."\n'
HEAD = '"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator","MUE Rationale"\n'


def units(path: Path, limit: int) -> None:
    """Import a table of medically unlikely edits that allows so many X-rays."""
    content = f"{NOTICE}{HEAD}71046,{limit},3 Date of Service Edit: Clinical,Clinical: Data\n"
    builder = Builder(path)
    name = f"MCR_MUE_PractitionerServices_Eff_10-0{limit}-2026.csv"
    import_file(builder, name, BytesIO(content.encode()), imported_at=f"2026-11-0{limit}T08:00:00")
    builder.close()


def test_without_a_store_the_starter_set_answers(settings):
    settings.CODESETS_STORE = ""
    assert codes.tables() is starter()


def test_what_is_imported_is_used_at_once(settings, tmp_path):
    path = tmp_path / "codesets.sqlite"
    settings.CODESETS_STORE = str(path)
    units(path, 1)
    assert codes.tables().unit_limit("71046", ON).units == 1
    units(path, 2)
    assert codes.tables().unit_limit("71046", ON).units == 2
    assert any(row.file.startswith("MCR_MUE") for row in codes.status(ON))


def test_a_store_that_is_not_there_is_said_with_the_way_out(settings, tmp_path):
    settings.CODESETS_STORE = str(tmp_path / "nowhere.sqlite")
    with pytest.raises(ImproperlyConfigured, match="codesets import"):
        codes.tables()
