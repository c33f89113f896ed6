"""Origin and destination of an ambulance: known on its own lines only, and with X only at the end."""

from __future__ import annotations

import pytest

from claimwright.codesets.trips import of_a_trip
from claimwright.x12.checks.external import _modifiers


@pytest.mark.parametrize("modifier", ["RH", "NH", "RN", "DJ", "EH", "SI", "PX", "GN"])
def test_where_a_ride_came_from_and_went_is_known_on_its_lines_only(modifier):
    assert of_a_trip("A0429", modifier) and of_a_trip("A0130", modifier)
    assert not of_a_trip("99213", modifier) and not of_a_trip("A4550", modifier)


@pytest.mark.parametrize("modifier", ["XH", "RT", "HO", "QM", "R", "RHX", "rh", ""])
def test_other_letters_say_no_trip(modifier):
    assert not of_a_trip("A0429", modifier)


def test_the_form_check_takes_them_from_an_ambulance_and_warns_of_a_visit():
    assert not list(_modifiers("SV101", "A0429", ["RH", "QM"]))
    assert [flaw.code for flaw in _modifiers("SV101", "99213", ["RH"])] == ["modifier-unknown"]
