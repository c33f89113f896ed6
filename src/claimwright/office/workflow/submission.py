"""Ready claims leave in batches, one file a payer; nothing that an edit stops ever enters one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet

from claimwright.claims.model import Claim
from claimwright.claims.states import HELD, READY, SENT
from claimwright.findings import Finding
from claimwright.office.records.claimstore import claim_of, save_findings
from claimwright.office.records.convert import billing_provider, payer_of
from claimwright.office.records.models import Authorization, ClaimRecord, File, PayerRecord, Practice, User
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.claims import check
from claimwright.office.workflow.coding import DIAGNOSIS
from claimwright.office.workflow.compose import charge_lines
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import control_number, envelope_to, keep_file
from claimwright.office.workflow.trail import books, changed, event_number, tell
from claimwright.x12.professional import write_837p


@transaction.atomic
def submit_batch(
    *, practice: Practice, by: User | None, today: date, claim_ids: Sequence[int] | None = None, hold: bool = False
) -> list[File]:
    """Write one 837P a payer for the claims given, or for all that are ready. Each is checked once more on the way out.

    A claim that an edit stops now is held and the others go; of claims named one by one nothing goes, unless `hold`.
    """
    books(practice)
    rows = ClaimRecord.objects.select_for_update(of=("self",)).filter(practice=practice)
    if claim_ids is not None:
        claims = list(_with_parties(rows.filter(pk__in=claim_ids)))
        if len(claims) < len(set(claim_ids)):
            raise Refused("Some of these claims are not in this practice.")
        if waiting := [claim for claim in claims if claim.state != READY]:
            first = waiting[0]
            raise Refused(f"Claim {first.patient_control_number} is {first.state}; only ready claims are sent.")
    else:
        claims = list(_with_parties(rows.filter(state=READY)))
    leaving = _checked(claims, today, by)
    if claim_ids is not None and not hold and len(leaving) < len(claims):
        held = [claim.patient_control_number for claim in claims if claim.state == HELD]
        raise Refused(f"An edit now stops {', '.join(held)}; nothing was sent.")
    by_payer: dict[int, list[ClaimRecord]] = defaultdict(list)
    for claim in leaving:
        by_payer[claim.payer_id].append(claim)
    return [_send(practice, batch[0].payer, batch, today, by) for _, batch in sorted(by_payer.items())]


def _with_parties(rows: QuerySet[ClaimRecord]) -> QuerySet[ClaimRecord]:
    return rows.select_related(
        "patient", "payer", "coverage__plan__payer", "encounter__patient", "encounter__provider", "practice"
    ).order_by("pk")


def _checked(claims: Sequence[ClaimRecord], today: date, by: User | None) -> list[ClaimRecord]:
    """The claims that every edit lets go today, with the whole batch in sight; the others are held."""
    contents: dict[int, Claim] = {claim.pk: claim_of(claim) for claim in claims}
    leaving = []
    for claim in claims:
        if claim.frequency == "8":
            leaving.append(claim)
            continue
        batch = tuple(content for pk, content in contents.items() if pk != claim.pk)
        findings = [*check(claim, today, batch, len(leaving)), *_outdated(claim, contents[claim.pk])]
        stops = [finding for finding in findings if finding.stops]
        if not stops:
            leaving.append(claim)
            continue
        save_findings(claim, findings)
        text = f"Held on the way out: {stops[0].message}"
        number = event_number(claim, "scrubbed", "held")
        tell(claim, today=today, kind="held", text=text, key=f"scrub:{number}", state=HELD, by=by, stops=stops)
        del contents[claim.pk]  # the other of two duplicates may go
    return leaving


def _outdated(record: ClaimRecord, claim: Claim) -> list[Finding]:
    """A claim that no longer says what the coder decided and the ledger holds is not sent."""
    if record.primary_claim_id:
        return []
    encounter = record.encounter
    codes = tuple(row.code for row in encounter.codes.all() if row.system == DIAGNOSIS)
    said = {(line.control_number, line.procedure, line.modifiers, line.charge) for line in claim.lines}
    try:
        lines = charge_lines(encounter)
    except Refused:
        lines = []
    held = {(number, line.service.procedure, line.service.modifiers, line.charge) for number, line in lines}
    if said == held and codes == tuple(one.code for one in claim.diagnoses):
        return []
    message = "The codes or charges changed after this claim was checked."
    return [Finding(code="CLAIM-OUTDATED", severity="error", message=message, fix="Check the claim again: it takes them up.")]


def _send(practice: Practice, payer: PayerRecord, batch: Sequence[ClaimRecord], today: date, by: User | None) -> File:
    envelope = envelope_to(practice, payer, today)
    reference = f"B{next_number(practice, 'batch'):08d}"
    submitter = billing_provider(practice)
    content = write_837p([claim_of(claim) for claim in batch], envelope, submitter, payer_of(payer), reference)
    number = control_number(envelope)
    file = keep_file(
        practice,
        direction="out",
        kind="837P",
        name=f"{payer.payer_id}-{number}.837",
        content=content,
        today=today,
        control_number=number,
    )
    for claim in batch:
        sending = event_number(claim, "sent")
        changed(claim, file=file, sent_on=today)
        text = f"Sent to {payer.name} in {file.name}"
        tell(claim, today=today, kind="sent", text=text, key=f"sent:{sending}", state=SENT, by=by, file=file)
        if claim.encounter.state == "coded":
            changed(claim.encounter, state="billed")
        if claim.frequency == "1" and sending == 1:
            _use_authorization(claim)
    return file


def _use_authorization(claim: ClaimRecord) -> None:
    """Count down what the payer authorized (P24); a correction or a second sending uses nothing more."""
    content = claim_of(claim)
    held = Authorization.objects.filter(patient=claim.patient)
    if content.prior_authorization:
        for line in content.lines:
            of_line = held.filter(number=content.prior_authorization, procedure=line.procedure)
            of_line.update(used=F("used") + int(line.units))
    if content.referral_number and not _same_day(claim).filter(content__referral_number=content.referral_number).exists():
        days = len({line.first_service for line in content.lines})
        held.filter(number=content.referral_number, procedure="").update(used=F("used") + days)


def _same_day(claim: ClaimRecord) -> QuerySet[ClaimRecord]:
    """The patient's other claims of the day that have left: a visit is one, however many claims tell of it."""
    sent = ClaimRecord.objects.filter(patient=claim.patient, first_service=claim.first_service, sent_on__isnull=False)
    return sent.exclude(pk=claim.pk)
