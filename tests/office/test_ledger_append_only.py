"""The database refuses to change or delete what the ledger says; corrections are new events."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from claimwright.ledger.events import charge_event
from claimwright.ledger.model import Entry, Event
from claimwright.office.records.ledger import append
from claimwright.office.records.models import Guarantor, LedgerEntry, LedgerEvent
from claimwright.office.workflow import billing, posting
from claimwright.office.workflow.errors import Refused
from officekit import decision, keep_remittance, payment


@pytest.mark.parametrize("statement", [
    "UPDATE records_ledgerentry SET amount = 0",
    "DELETE FROM records_ledgerentry",
    "UPDATE records_ledgerevent SET memo = 'x'",
    "DELETE FROM records_ledgerevent",
])  # fmt: skip
def test_the_database_refuses_update_and_delete(office, statement):
    office.code(office.visit(office.patient()))
    before = office.sums()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert office.sums() == before


def test_an_unbalanced_event_is_refused_whole(office):
    event = Event(key="x", kind="correction", on=date(2026, 1, 1), entries=(Entry(account="cash", amount=1),))
    with pytest.raises(ValueError, match="do not sum to zero"):
        append(office.practice, [event])
    assert not LedgerEvent.objects.filter(practice=office.practice).exists()


def run(statement, *values):
    """One statement, with everything that the database looks at before it keeps it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        connection.check_constraints()


@pytest.mark.parametrize("column", ["event_id", "claim_id", "encounter_id", "patient_id", "guarantor_id", "payer_id"])
def test_the_database_refuses_an_entry_that_names_what_is_not_there(office, column):
    event = append(office.practice, [charge_event(key="k", on=date(2026, 1, 1), lines=[("L1", 100)])])[0]
    names = {"event_id": event.pk, "account": "cash", "amount": 0, "line_control_number": "", "memo": ""}
    statement = "INSERT INTO records_ledgerentry ({}) VALUES ({})"
    run(statement.format(", ".join(names), ", ".join(["%s"] * len(names))), *names.values())
    names[column] = 999_999_999
    with pytest.raises(IntegrityError):
        run(statement.format(", ".join(names), ", ".join(["%s"] * len(names))), *names.values())


def test_the_database_keeps_what_an_entry_names(office):
    people = [Guarantor.objects.create(practice=office.practice, last="Elm", first=name) for name in ("Ann", "Bo")]
    append(office.practice, [charge_event(key="k", on=date(2026, 1, 1), lines=[("L1", 100)], guarantor=people[0].pk)])
    with pytest.raises(IntegrityError):
        run("DELETE FROM records_guarantor WHERE id = %s", people[0].pk)
    with pytest.raises(IntegrityError):
        run("UPDATE records_guarantor SET id = 999999999 WHERE id = %s", people[0].pk)
    run("DELETE FROM records_guarantor WHERE id = %s", people[1].pk)


def test_an_event_posts_once_by_its_key(office):
    event = charge_event(key="k", on=date(2026, 1, 1), lines=[("L1", 100)])
    assert len(append(office.practice, [event])) == 1
    assert not append(office.practice, [event])
    assert office.sums() == {"patient_ar": 100, "charges": -100}


def test_the_same_key_in_another_practice_is_another_event(office, other_office):
    event = charge_event(key="k", on=date(2026, 1, 1), lines=[("L1", 100)])
    append(office.practice, [event])
    append(other_office.practice, [event])
    assert office.sums() == other_office.sums()


def test_an_undone_payment_leaves_both_events_to_be_read(office):
    patient = office.patient()
    paid = billing.take_payment(**office.who(), guarantor_id=patient.guarantor_id, amount=500, method="cash", key="p1")
    event = LedgerEvent.objects.get(practice=office.practice, key=f"payment:{paid.key}")
    billing.undo_event(**office.who(), event_id=event.pk, reason="wrong guarantor")
    assert office.sums() == {}
    assert LedgerEvent.objects.filter(practice=office.practice).count() == 2
    with pytest.raises(Refused, match="already"):
        billing.undo_event(**office.who(), event_id=event.pk, reason="again")


def test_a_payers_decision_is_undone_on_its_remittance_and_nowhere_else(office):
    claim = office.sent("99213")
    said = decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00))))
    remit, _ = keep_remittance(office.practice, payment(claim, said), None)
    who = office.who(date(2026, 10, 17))
    posting.post_remittance(**who, remit_id=remit.pk)
    event = LedgerEvent.objects.get(practice=office.practice, kind="remittance")
    with pytest.raises(Refused, match="on its remittance"):
        billing.undo_event(**who, event_id=event.pk, reason="posted to the wrong claim")


def test_charges_are_not_undone_but_follow_the_codes(office):
    encounter = office.code(office.visit(office.patient()), "99213", "36415")
    assert office.sums() == {"patient_ar": 170_00, "charges": -170_00}
    event = LedgerEvent.objects.get(practice=office.practice)
    with pytest.raises(Refused, match="follow the codes"):
        billing.undo_event(**office.who(), event_id=event.pk, reason="x")
    office.code(encounter, "99213")
    assert office.sums() == {"patient_ar": 150_00, "charges": -150_00}
    assert encounter.charges.count() == 1


def test_charging_again_without_a_change_posts_nothing(office):
    encounter = office.code(office.visit(office.patient()), "99213")
    office.code(encounter, "99213")
    assert LedgerEvent.objects.filter(practice=office.practice).count() == 1


def test_a_modifier_added_keeps_the_lines_number(office):
    encounter = office.code(office.visit(office.patient()), "99213")
    number = encounter.charges.get().control_number
    office.code(encounter, "99213-25")
    assert encounter.charges.get().control_number == number
    assert LedgerEntry.objects.filter(event__practice=office.practice).count() == 2
