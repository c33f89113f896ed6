"""The workbench asks by meaning where an administrator laid the terms ready."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from test_web_access import CODER, enter

from claimwright.coding.embedding import Near
from claimwright.office import codes
from claimwright.office.web.coding import views
from officekit import Office


def test_a_file_that_is_not_there_is_said_with_the_way_out(settings, tmp_path):
    codes.near.cache_clear()
    settings.CODESETS_MEANING = str(tmp_path / "meaning.npz")
    with pytest.raises(ImproperlyConfigured, match="claimwright codesets embed"):
        codes.near()
    settings.CODESETS_MEANING = ""
    assert codes.near() is None


@pytest.mark.django_db
def test_words_of_a_note_that_no_table_has_find_what_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    visit = office.visit(office.patient())
    monkeypatch.setattr(views, "near", lambda: lambda text: [Near(code="G47.00", term="difficulty sleeping", likeness=0.84)])
    page = enter(CODER, office.practice).get(reverse("find-code", args=[visit.pk]), {"q": "boffle"}).content.decode()
    assert 'data-code="G47.00"' in page
    assert "near in meaning: difficulty sleeping (0.84)" in page
