"""The language model, off until an administrator switches it on: who may, what leaves, and what became of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from claimwright.coding.assist import Unhelpful, assisted, mask, read_answer, request
from claimwright.coding.model import Coding, Document, Visit
from claimwright.office.exchange.language_model import KEY_NAME, address_problem, ask, key_named
from claimwright.office.records.models import AccessLog, Encounter, Practice, User
from claimwright.office.records.practice import LanguageModelSetting, Role
from claimwright.office.workflow.errors import Refused


def in_force(practice: Practice) -> LanguageModelSetting | None:
    """The latest setting; None if nobody ever made one."""
    return practice.language_model.select_related("made_by").first()


def is_on(practice: Practice) -> bool:
    """Whether notes may be sent at all."""
    setting = in_force(practice)
    return setting is not None and setting.on


@transaction.atomic
def set_language_model(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    on: bool,
    endpoint: str = "",
    model: str = "",
    key_name: str = "",
    confirmed: bool = False,
) -> LanguageModelSetting:
    """Switch it on or off. Each setting is kept with who made it and when; the last one counts."""
    membership = getattr(by, "membership", None)
    if membership is None or membership.practice_id != practice.pk or membership.role != Role.ADMINISTRATOR:
        raise Refused("Only an administrator switches the language model on or off.")
    endpoint, model, key_name = endpoint.strip(), model.strip(), key_name.strip()
    if on:
        if problem := address_problem(endpoint):
            raise Refused(problem)
        if not model or len(model) > 80 or len(endpoint) > 200:
            raise Refused("Name the model as its provider does, in at most 80 letters; the address in at most 200.")
        if key_name and not KEY_NAME.match(key_name):
            raise Refused("The key's name is small letters, digits and hyphens. The key itself is not written here.")
        if not confirmed:
            raise Refused("Confirm that the text of notes leaves this machine.")
    else:
        last = in_force(practice)
        endpoint, model, key_name = (last.endpoint, last.model, last.key_name) if last else ("", "", "")
    return LanguageModelSetting.objects.create(
        practice=practice, on=on, endpoint=endpoint, model=model, key_name=key_name, made_by=by
    )


def with_language_model(
    encounter: Encounter, documents: Sequence[Document], visit: Visit, coding: Coding, by: User | None
) -> tuple[Coding, str]:
    """The coding as the model's hints leave it, and a quiet word on whether it helped; empty where it is off.

    Not to be called inside a transaction: the answer may take seconds. Whatever goes wrong, the coder's own result stands.
    """
    setting = in_force(encounter.practice)
    if setting is None or not setting.on or not documents:
        return coding, ""
    hidden = identifiers(encounter)
    masked = [Document(kind=one.kind, text=mask(one.text, hidden)) for one in documents]
    try:
        body = request(masked, coding, setting.model)
        key = key_named(setting.key_name, settings.HOME)
        sent = "note sent to the language model"  # kept also where nobody pressed a key: the text leaves
        AccessLog.objects.create(practice=encounter.practice, user=by, patient=encounter.patient, what=sent)
        answer = read_answer(ask(setting.endpoint, body, key), documents, masked, coding)
    except Unhelpful as why:
        return coding, f"The language model did not help: {why}."
    helped = assisted(documents, visit, coding, answer)
    if helped == coding:
        return coding, "The language model changed nothing."
    return helped, "The language model pointed at some of these; each says so."


def identifiers(encounter: Encounter) -> list[str]:
    """What the record knows of the patient's and the guarantor's name, birth, numbers and address, as notes may write it."""
    patient = encounter.patient
    found = [patient.mrn, patient.email, encounter.number, patient.guarantor.email]
    for person in (patient, patient.guarantor):
        found += [person.last, person.first, person.middle, person.line1, person.line2, person.city, person.zip, person.phone]
        found += [f"{person.zip[:5]}-{person.zip[5:]}"] if len(person.zip) == 9 else []
        found += _dates(person.birth)
    for coverage in patient.coverages.all():
        found += [coverage.member_id, coverage.group_number, coverage.subscriber_last, coverage.subscriber_first]
        found += _dates(coverage.subscriber_birth)
    return [one for one in found if one]


def _dates(day: date | None) -> list[str]:
    if day is None:
        return []
    month = f"{day:%B}"
    return [
        day.isoformat(),
        f"{day:%m/%d/%Y}",
        f"{day.month}/{day.day}/{day.year}",
        f"{day.month}/{day.day}/{day:%y}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{day:%Y%m%d}",
    ]
