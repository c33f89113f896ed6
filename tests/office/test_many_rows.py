"""Many values in one parameter, and many rows in one statement, say what they said one by one."""

from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many, update
from claimwright.office.records.models import Guarantor

ODD = ['a"b', "c\\d", "{e,f}", "NULL", "", "g h", "ü'%s", "line\nbreak", "\ttab"]


def people(office):
    Guarantor.objects.bulk_create(Guarantor(practice=office.practice, last=name, first="x") for name in [*ODD, "other"])
    return Guarantor.objects.filter(practice=office.practice)


def test_texts_are_looked_for_as_they_are(office):
    found = people(office).filter(last__among=Many(ODD)).values_list("last", flat=True)
    assert sorted(found) == sorted(ODD)


def test_a_question_asked_again_answers_for_its_own_values_and_its_own_practice(office, other_office):
    named = asked(lambda names, practice: Guarantor.objects.filter(practice=practice, last__among=names).values_list("last"))
    people(office)
    assert sorted(last for (last,) in named(ODD, practice=office.practice.pk)) == sorted(ODD)
    assert list(named({"other", "nobody"}, practice=office.practice.pk)) == [("other",)]
    assert not list(named((), practice=office.practice.pk))
    assert not list(named(ODD, practice=other_office.practice.pk))


def test_texts_and_nothing_are_written_as_they_are(office):
    rows = people(office)
    update(Guarantor, ("first",), [(last, pk) for pk, last in rows.values_list("pk", "last")])
    assert all(first == last for first, last in rows.values_list("first", "last"))
