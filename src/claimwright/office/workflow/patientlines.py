"""Each service line as the guarantor should understand it: from the ledger and what the plans decided."""

from __future__ import annotations

from collections import Counter, defaultdict

from claimwright.codesets.procedures import procedure
from claimwright.money import Cents
from claimwright.office.records.content import unpack
from claimwright.office.records.models import Charge, ClaimLine, Guarantor, LedgerEntry, PriceRow, RemitClaimPart, RemitClaimRow
from claimwright.remits.model import RemitClaim
from claimwright.statements.model import PatientLine


def patient_lines(guarantor: Guarantor) -> list[PatientLine]:
    """The guarantor's lines on which anything is still open, with those of the same visits."""
    money: dict[str, Counter[str]] = defaultdict(Counter)
    since: dict[str, LedgerEntry] = {}
    for entry in LedgerEntry.objects.filter(guarantor=guarantor).exclude(line_control_number="").select_related("event"):
        line = entry.line_control_number
        account = entry.account
        if account == "cash":
            account = "plan" if entry.payer_id else "patient paid"
        money[line][account] += entry.amount
        if account == "patient_ar" and entry.amount > 0:
            since.setdefault(line, entry)
    visits = {
        encounter
        for encounter in LedgerEntry.objects.filter(
            guarantor=guarantor, line_control_number__in=[n for n, m in money.items() if m["patient_ar"] or m["insurance_ar"]]
        ).values_list("encounter_id", flat=True)
    }
    charges = Charge.objects.filter(encounter__in=visits).select_related("encounter__patient", "encounter__provider")
    labels = dict(PriceRow.objects.filter(practice=guarantor.practice).values_list("procedure", "label"))
    numbers = [charge.control_number for charge in charges]
    decided = _decisions(numbers)
    return [_line(charge, money[charge.control_number], since, labels, decided) for charge in charges]


class _Decision:
    """What the plans said of one line."""

    def __init__(self) -> None:
        self.plan = ""
        self.allowed: Cents | None = None
        self.shares: tuple[tuple[str, Cents], ...] = ()


def _line(
    charge: Charge,
    money: Counter[str],
    since: dict[str, LedgerEntry],
    labels: dict[str, str],
    decided: dict[str, _Decision],
) -> PatientLine:
    encounter = charge.encounter
    known = procedure(charge.procedure, encounter.date)
    decision = decided.get(charge.control_number, _Decision())
    became = since.get(charge.control_number)
    return PatientLine(
        visit=encounter.number,
        patient=f"{encounter.patient.first} {encounter.patient.last}",
        on=encounter.date,
        service=labels.get(charge.procedure) or (known.label if known else f"Service {charge.procedure}"),
        charge=charge.amount,
        due=money["patient_ar"],
        plan=decision.plan,
        allowed=decision.allowed,
        plan_paid=money["plan"],
        adjusted=money["contractual"] + money["write_off"],
        patient_paid=money["patient paid"],
        shares=decision.shares,
        insurance_open=money["insurance_ar"],
        provider=str(encounter.provider),
        billed_on=became.event.on if became else None,
    )


def _decisions(numbers: list[str]) -> dict[str, _Decision]:
    """The plan's name, what it allowed, and the patient's shares of the last decision on each line."""
    found: dict[str, _Decision] = defaultdict(_Decision)
    lines = ClaimLine.objects.filter(control_number__in=numbers).select_related("claim__coverage__plan").order_by("claim_id")
    for line in lines:
        decision = found[line.control_number]
        if not decision.plan or line.claim.responsibility == "P":
            decision.plan = line.claim.coverage.plan.name
        if line.allowed is not None and line.claim.responsibility == "P":
            decision.allowed = line.allowed
    claims = {line.claim_id for line in lines}
    rows = RemitClaimRow.objects.filter(claim__in=claims, status="posted", parts=None).exclude(clp_status="22")
    parts = RemitClaimPart.objects.filter(claim__in=claims).exclude(row__clp_status="22").select_related("row__remit")
    told = [(row.remit.paid_on, row.pk, row.content) for row in rows.select_related("remit")]
    told += [(part.row.remit.paid_on, part.row_id, part.content) for part in parts]
    for *_, content in sorted(told, key=lambda one: one[:2]):
        for said in unpack(content, RemitClaim).lines:
            shares = tuple((a.reason, a.amount) for a in said.adjustments if a.group == "PR")
            if said.control_number in numbers:
                found[said.control_number].shares = shares
    return found
