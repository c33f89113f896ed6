"""Many values in one parameter, and many rows in one statement, say what they said one by one."""

from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many, insert_missing, update
from claimwright.office.records.models import Guarantor, Job, Remit
from claimwright.office.records.remittances import remittances
from officekit import decision, keep_remittance, payment

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


def test_only_rows_whose_name_is_new_are_added(office):
    ours, names = office.practice.pk, ("practice", "key", "kind", "arguments")
    (first,) = insert_missing(Job, names, [(ours, "a", "x", "{}")])
    assert insert_missing(Job, names, [(ours, "a", "y", "{}")]) == []
    more = insert_missing(Job, names, [(ours, f"b{number % 150}", "x", '{"n": 1}') for number in range(250)])
    jobs = Job.objects.filter(practice=ours)
    assert len(more) == 150 and sorted([first, *more]) == sorted(jobs.values_list("pk", flat=True))
    assert jobs.get(key="a").kind == "x" and jobs.get(key="b0").arguments == {"n": 1}


def test_a_payment_is_read_as_it_was_told_and_keeps_each_claim_once(office):
    claims = [office.sent("99213"), office.sent("99213")]
    told = payment(claims[0], *(decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))) for claim in claims))
    remit, _ = keep_remittance(office.practice, told)
    assert remittances([remit.pk]) == {remit.pk: told}
    assert "claims" not in Remit.objects.get(pk=remit.pk).content
