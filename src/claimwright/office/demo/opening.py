"""Open the demo practice: who works there, whom it bills, on what terms, at what prices."""

from __future__ import annotations

from importlib import resources

from django.contrib.auth.hashers import make_password
from django.db import transaction

from claimwright.office.demo.story import Login, Story
from claimwright.office.records.content import pack
from claimwright.office.records.convert import address_fields
from claimwright.office.records.models import (
    ContractRecord,
    Location,
    Membership,
    PayerRecord,
    PlanRecord,
    Practice,
    PriceRow,
    ProviderRecord,
    User,
)
from claimwright.office.workflow.rules import keep_rules
from claimwright.payers.sandbox.model import Book

PASSWORD = "claimwright-demo"


@transaction.atomic
def open_practice(story: Story) -> Practice:
    """The practice with everything that is there before its first patient; the one already open stays as it is."""
    own = story.practice
    practice = Practice.objects.filter(npi=own.npi).first()
    if practice is not None:
        return practice
    practice = Practice.objects.create(
        name=own.name,
        npi=own.npi,
        ein=own.ein.replace("-", ""),
        taxonomy=own.taxonomy,
        phone=own.phone,
        submitter_id=story.submitter_id,
        **address_fields(own.address),
    )
    _people(practice, story.logins)
    for place in story.locations:
        Location.objects.create(
            practice=practice,
            name=place.name,
            npi=place.npi,
            clia=place.clia,
            locality=place.locality,
            **address_fields(place.address),
        )
    for one in story.providers:
        ProviderRecord.objects.create(
            practice=practice,
            npi=one.provider.npi,
            last=one.provider.name,
            first=one.provider.first,
            credential=one.credential,
            taxonomy=one.provider.taxonomy,
            enrolled_from=one.enrolled.start,
            enrolled_to=one.enrolled.end,
        )
    _payers(practice, story)
    PriceRow.objects.bulk_create(
        PriceRow(
            practice=practice,
            procedure=row.procedure,
            modifier=row.modifier,
            label=story.labels.get(row.procedure, "")[:80],
            price=row.price,
            start=row.period.start,
            end=row.period.end,
        )
        for row in story.charge_master
    )
    text = resources.files("claimwright.office.demo").joinpath("rules.txt").read_text("utf-8")
    keep_rules(practice=practice, by=None, today=min(visit.on for visit in story.visits), text=text, note="The first of our own")
    return practice


def _people(practice: Practice, logins: tuple[Login, ...]) -> None:
    password = make_password(PASSWORD)  # one hash for all: five would cost a second
    for login in logins:
        user = User.objects.create(username=login.username, first_name=login.first, last_name=login.last, password=password)
        Membership.objects.create(user=user, practice=practice, role=login.role)


def _payers(practice: Practice, story: Story) -> None:
    payers: dict[str, PayerRecord] = {}
    for payer in story.payers:
        payers[payer.payer_id] = PayerRecord.objects.create(
            practice=practice,
            payer_id=payer.payer_id,
            name=payer.name,
            receiver_id=payer.payer_id,
            **address_fields(payer.address),
        )
    for plan in story.plans:
        if plan.payer.payer_id not in payers:  # the patient's own pocket
            payers[plan.payer.payer_id] = PayerRecord.objects.create(
                practice=practice, payer_id=plan.payer.payer_id, name=plan.payer.name, receiver_id=plan.payer.payer_id
            )
        PlanRecord.objects.create(
            practice=practice,
            payer=payers[plan.payer.payer_id],
            plan_id=plan.plan_id,
            name=plan.name,
            kind=plan.kind,
            start=plan.period.start,
            end=plan.period.end,
            content=pack(plan),
        )
    for contract in story.contracts:
        ContractRecord.objects.create(
            practice=practice,
            payer=payers[contract.payer_id],
            start=contract.period.start,
            end=contract.period.end,
            content=pack(contract),
        )


def payer_book(story: Story, seed: int) -> Book:
    """What the sandbox payers know: their own truth, which the practice's registration may get wrong."""
    return Book(
        payers=story.payers,
        plans=story.plans,
        contracts=story.payer_contracts,
        provider_npis=frozenset({story.practice.npi, *(one.provider.npi for one in story.providers)}),
        members=story.members,
        behaviours=story.behaviours,
        seed=seed,
    )
