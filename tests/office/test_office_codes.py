"""The office works with an imported store as soon as it is there, and says so if it cannot."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from test_web_access import MANAGER, enter

from claimwright.codesets.building import Builder
from claimwright.codesets.importers import import_file
from claimwright.codesets.tables import starter
from claimwright.office import codes
from officekit import Office

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


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "newest"), [(ON, "current"), (date(2027, 2, 1), "out of date")])
def test_the_page_tells_of_each_release_what_the_command_tells(settings, tmp_path, office: Office, on, newest):
    settings.CODESETS_STORE, settings.HOME, settings.TODAY = str(tmp_path / "codesets.sqlite"), tmp_path, on
    units(Path(settings.CODESETS_STORE), 1)
    units(Path(settings.CODESETS_STORE), 2)
    page = enter(MANAGER, office.practice).get(reverse("codesets")).content.decode()
    shown = re.findall(r"<td><span class=\"tag[^\"]*\">([a-z ]+)</span></td></tr>", page)
    assert shown == [row.state for row in codes.status(on)]
    assert shown[-1] == newest and shown[0] in {"earlier", "superseded"}
