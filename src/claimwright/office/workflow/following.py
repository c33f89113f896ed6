"""What a payer's decision means beside the ledger: its row, the claim's lines, denials and state, and the next payer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from operator import attrgetter
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from msgspec import Struct

from claimwright.claims.model import Claim
from claimwright.claims.states import CLOSED, PENDING
from claimwright.coverage.model import Plan
from claimwright.denials.classify import classify
from claimwright.money import dollars
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many, insert_rows, update
from claimwright.office.records.content import pack, unpack_text
from claimwright.office.records.models import (
    ClaimLine,
    ClaimRecord,
    CoverageRecord,
    Denial,
    PlanRecord,
    Practice,
    Remit,
    RemitClaimPart,
    RemitClaimRow,
    User,
)
from claimwright.office.records.outbox import enqueue
from claimwright.office.workflow.trail import at_once, changed, tell, told_before, touched_all
from claimwright.office.workflow.underpayments import Line, Shortfalls
from claimwright.office.workflow.undone import TAKEN_BACK, recheck, worked_as
from claimwright.pricing.model import Price
from claimwright.remits.plan import BY_HAND, NOT_A_DECISION, PlannedClaim, PostingPlan
from claimwright.remits.underpaid import underpayments

WORKED = ("open", "appealed", "corrected")
"""A denial that a payment may still win or lose."""


class Decision(Struct):
    """The row of one CLP, as far as posting changes it."""

    pk: int
    position: int
    claim_id: int | None
    status: str
    reason: str
    hold: str
    next_step: str
    matched_by: str
    score: Decimal | None
    owed_back: bool
    changed: bool = False

    def now(self, **values: Any) -> None:
        """Set what differs."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                self.changed = True


_KEPT = ("claim", "status", "reason", "hold", "next_step", "matched_by", "score")


def decisions(remit: Remit) -> list[Decision]:
    """What a payment decides, in its order."""
    return [Decision(*row) for row in _decided([remit.pk])]


_decided = asked(
    lambda remits: (
        RemitClaimRow.objects.filter(remit__among=remits).order_by("position").values_list("pk", "position", *_KEPT, "owed_back")
    )
)


def follow(
    practice: Practice,
    remit: Remit,
    plan: PostingPlan,
    rows: Mapping[int, Decision],
    claims: Mapping[str, ClaimRecord],
    texts: Mapping[int, str],
    by: User | None,
    today: date,
    *,
    again: bool = False,
) -> Following:
    """Everything that a plan's decisions mean beside the ledger, within `together` or `kept_back`; nothing is written yet."""
    payer = remit.payer.name if remit.payer else plan.remit.payer.name
    desk = Following(practice, remit, payer, list(claims.values()), texts, by, today)
    desk.rows = list(rows.values())
    for planned in sorted(plan.claims, key=lambda planned: not planned.remit_claim.reversal):
        desk.follow(rows[planned.position], planned, claims, again)
    desk.keep_parts(rows, plan, claims)
    return desk


def _recheck(claims: list[ClaimRecord], today: date, by: User | None) -> None:
    going_on = ClaimRecord.objects.filter(primary_claim__among=Many(claim.pk for claim in claims))
    primaries = set(going_on.values_list("primary_claim", flat=True))
    for claim in claims:
        if claim.follow_up or claim.pk in primaries:
            recheck(claim, today, by)


_lines = asked(lambda claims: ClaimLine.objects.filter(claim__among=claims).order_by("number").values_list(*Line._fields))
_denied = asked(
    lambda visits: Denial.objects.filter(claim__encounter__among=visits).order_by().values_list("pk", "claim__encounter")
)
_days_of = asked(
    lambda pks: PlanRecord.objects.filter(pk__among=pks).values_list("pk", Cast("content", TextField()), "payer__appeal_days")
)
_plans = asked(lambda pks: CoverageRecord.objects.filter(pk__among=pks).order_by().values_list("pk", "plan"))


class Following:
    """One payment's decisions, followed claim by claim; what they make is written at the end."""

    def __init__(
        self,
        practice: Practice,
        remit: Remit,
        payer: str,
        records: list[ClaimRecord],
        texts: Mapping[int, str],
        by: User | None,
        today: date,
    ) -> None:
        self.practice, self.remit, self.payer, self.by, self.today = practice, remit, payer, by, today
        self.records, self.texts = records, texts
        self.denials: dict[int, list[Denial]] = defaultdict(list)  # by visit
        denied = dict(_denied({record.encounter_id for record in records}))
        if denied:
            for denial in Denial.objects.filter(pk__among=Many(denied)).select_related("line").order_by("pk"):
                self.denials[denied[denial.pk]].append(denial)
        pks = [record.pk for record in records]
        self.lines: dict[int, list[Line]] = defaultdict(list)  # by claim
        for line in _lines(pks):
            self.lines[line[1]].append(Line(*line))
        self.allowed: dict[int, int | None] = {}  # by line, where it is another now
        self.short = Shortfalls(remit, pks, today)
        self.refused: list[Denial] = []
        self.parts: list[RemitClaimPart] = []
        self.decided_again: list[ClaimRecord] = []
        self.next_payers: dict[str, dict[str, int]] = {}
        self.touched: list[int] = []  # patients
        self.moved: set[int] = set()  # visits
        self.rows: list[Decision] = []

    def write(self) -> None:
        """Write it, within `together`."""
        said = attrgetter("claim_id", *_KEPT[1:], "pk")
        update(RemitClaimRow, _KEPT, [said(row) for row in self.rows if row.changed])
        update(ClaimLine, ("allowed",), [(allowed, pk) for pk, allowed in self.allowed.items()])
        self.short.write()
        insert_rows(self.refused)
        insert_rows(self.parts)
        enqueue(self.practice, "secondary claim", self.next_payers)
        if self.by is not None:
            touched_all(self.practice, self.by, self.touched, "remittance posted")
        if self.decided_again:
            with at_once():
                _recheck(self.decided_again, self.today, self.by)

    def keep_parts(self, rows: Mapping[int, Decision], plan: PostingPlan, claims: Mapping[str, ClaimRecord]) -> None:
        """What each of several claims was told that a payer laid together in one decision."""
        count = Counter(planned.position for planned in plan.posted)
        for planned in plan.posted:
            if count[planned.position] > 1 and planned.match is not None:
                row, claim = rows[planned.position], claims[planned.match.patient_control_number]
                said = pack(planned.remit_claim)
                self.parts.append(RemitClaimPart(row_id=row.pk, part=planned.part, claim=claim, content=said))

    def follow(self, row: Decision, planned: PlannedClaim, claims: Mapping[str, ClaimRecord], again: bool) -> None:
        """Follow one decision."""
        claim = claims.get(planned.match.patient_control_number) if planned.match else None
        if not planned.posts:
            self._park(row, planned, claim)
            return
        again = again or row.status == "parked"
        by_words = planned.matched_by[:40] if claim is not None or planned.matched_by == BY_HAND else ""
        score = _score(planned)
        matched = row.claim_id if planned.part else claim.pk if claim is not None else None  # of several claims, the first
        row.now(status="posted", reason="", hold="", next_step="", claim_id=matched, matched_by=by_words, score=score)
        if claim is None:
            return  # owed back to the payer, for no claim of ours
        self.moved.add(claim.encounter_id)
        if planned.credit or not (planned.lines or planned.remit_claim.reversal):
            key = _number(claim, f"owed-back:{row.pk}", again)
            self._tell(claim, "credit", planned.why[0], key)
            return
        self._take_up(claim, planned, again)
        key = _number(claim, f"posted:{row.pk}" + (f":part{planned.part}" if planned.part else ""), again)
        self._tell(claim, "posted", in_words(self.payer, planned), key, planned.state_after)
        if claim.replaces_id is not None and planned.state_after and not planned.remit_claim.reversal:
            replaced = f"Replaced by {claim.patient_control_number}, which is decided"
            tell(claim.replaces, today=self.today, kind="replaced", text=replaced, key=f"replaced:{claim.pk}", state=CLOSED)
        self.touched.append(claim.patient_id)

    def _tell(self, claim: ClaimRecord, kind: str, text: str, key: str, state: str = "") -> None:
        tell(claim, today=self.today, kind=kind, text=text, key=key, state=state, by=self.by, file=self.remit.file_id)

    def _park(self, row: Decision, planned: PlannedClaim, claim: ClaimRecord | None) -> None:
        sure = claim is not None and (planned.matched_by.endswith("control number") or planned.matched_by == BY_HAND)
        row.now(
            status="parked",
            reason=planned.held_reason[:300],
            hold=planned.hold or "",
            next_step=planned.next_step[:300],
            claim_id=claim.pk if sure and claim else None,
            matched_by=planned.matched_by[:40],
            score=_score(planned),
        )
        if claim is not None and planned.remit_claim.status in NOT_A_DECISION:
            tell(
                claim, today=self.today, kind="pending", text=planned.held_reason, key=f"pending:{row.pk}", state=PENDING
            )  # fmt: skip

    def _take_up(self, claim: ClaimRecord, planned: PlannedClaim, again: bool) -> None:
        """What a decision changes on the claim itself."""
        # A payer that got the claim from another payer answers under the first one's number.
        own = self.remit.payer_id in (claim.payer_id, None)  # None: payers pay under ids that they do not bill under
        if planned.remit_claim.payer_control_number and not claim.payer_control_number and own:
            changed(claim, payer_control_number=planned.remit_claim.payer_control_number)
        if own:
            self._judge_lines(claim, planned)
        if not planned.remit_claim.reversal:
            self._decide_denials(claim, planned, again)
        if again or planned.remit_claim.reversal or told_before(claim, "undone:"):
            self.decided_again.append(claim)
        if planned.crossover and not claim.forwarded:
            changed(claim, forwarded=True)
        if planned.secondary_due and not claim.forwarded:  # a payer that forwards its decision forwards the correction too
            key = f"secondary:{claim.pk}" + (f":again{told_before(claim, 'undone:')}" if again else "")
            self.next_payers[key] = {"claim_id": claim.pk}

    def _judge_lines(self, claim: ClaimRecord, planned: PlannedClaim) -> None:
        """What was allowed against what the contract says; a cent short is underpaid."""
        decided = {line.line: line for line in planned.lines}
        lines = self.lines[claim.pk]
        for row in lines:
            if planned.remit_claim.reversal or row.control_number in decided:
                allowed = None if planned.remit_claim.reversal else decided[row.control_number].allowed
                if allowed != self.allowed.get(row.pk, row.allowed):
                    self.allowed[row.pk] = allowed
        agreed = [
            Price(line=row.number, allowed=row.expected_allowed, working=(), source="")
            for row in lines
            if row.expected_allowed is not None
        ]
        numbers = {row.control_number: row.number for row in lines}
        short = underpayments(numbers, planned.lines, agreed) if agreed else ()
        changed(claim, underpaid=sum(one.short for one in short))
        if planned.remit_claim.reversal:
            self.short.taken_back(lines)
        else:
            self.short.keep(claim, lines, decided, short)

    def _decide_denials(self, claim: ClaimRecord, planned: PlannedClaim, again: bool) -> None:
        """Each refused amount becomes work; work on what is now paid is done."""
        refused = {denial.line for denial in planned.denials}
        paid = {line.line for line in planned.lines} - refused
        known = self.denials[claim.encounter_id]
        for denial in known:
            if denial.remit_id == self.remit.pk or denial.status not in WORKED:
                continue
            line = denial.line.control_number if denial.line else None
            if line in paid | refused:
                changed(denial, status="won" if line in paid else "lost")
        if not planned.denials:
            return
        own = [denial for denial in known if (denial.remit_id, denial.claim_id) == (self.remit.pk, claim.pk)]
        if again:  # what a payment that came in between had settled is open as it was
            for denial in own:
                if denial.status in ("won", "lost", TAKEN_BACK):
                    changed(denial, status=worked_as(denial))
        self._refuse(claim, planned, {(denial.line_id, denial.group, denial.reason) for denial in own})

    @cached_property
    def _days(self) -> dict[int, tuple[int, int]]:
        """How long claims may be filed, and decisions appealed, by the coverages of the claims."""
        coverages: dict[int, int] = dict(_plans({record.coverage_id for record in self.records}))
        plans = _days_of(set(coverages.values()))
        days = {pk: (unpack_text(text, Plan).timely_filing_days, appeal) for pk, text, appeal in plans}
        return {coverage: days[plan] for coverage, plan in coverages.items()}

    def _refuse(self, claim: ClaimRecord, planned: PlannedClaim, known: set[tuple[int | None, str, str]]) -> None:
        lines = {line.control_number: line.pk for line in self.lines[claim.pk]}
        filing, appeal = self._days[claim.coverage_id]
        sent = unpack_text(self.texts[claim.pk], Claim)
        for denial in planned.denials:
            line = lines.get(denial.line)
            named = (line, denial.group, denial.reason)
            if named in known:
                continue
            known.add(named)
            work = classify(
                denial,
                denied_on=self.remit.paid_on,
                claim=sent,
                appeal_days=appeal,
                timely_filing_days=filing,
            )
            made = Denial(
                remit=self.remit,
                claim=claim,
                line_id=line,
                group=denial.group,
                reason=denial.reason,
                remarks=" ".join(denial.remarks)[:40],
                amount=denial.amount,
                category=work.category,
                words=work.words[:300],
                next_step=work.next_step[:300],
                action=work.action,
                deadline=work.deadline,
                denied_on=self.remit.paid_on,
            )
            self.denials[claim.encounter_id].append(made)
            self.refused.append(made)


def _score(planned: PlannedClaim) -> Decimal:
    return _decimal(planned.likeness.score)


@cache
def _decimal(score: float) -> Decimal:
    return Decimal(str(score))


def _number(claim: ClaimRecord, key: str, again: bool) -> str:
    """The key of an event that may happen to a claim more than once: what was undone and is posted again is told again."""
    count = told_before(claim, key) if again else 0
    return f"{key}:again{count}" if count else key


def in_words(payer: str, planned: PlannedClaim) -> str:
    """What a decision did, in a line for the claim's timeline."""
    if planned.undoes is not None or planned.remit_claim.reversal:
        return f"{payer} took back its decision"
    said = [f"{payer} paid ${dollars(sum(line.paid for line in planned.lines))}"]
    shares = {
        "written off by agreement": sum(line.contractual for line in planned.lines),
        "the patient's": sum(line.patient for line in planned.lines),
        "for the next payer": planned.to_next_payer,
    }
    said += [f"${dollars(amount)} {words}" for words, amount in shares.items() if amount]
    if planned.denials:
        reasons = ", ".join(dict.fromkeys(f"{d.group}-{d.reason}" for d in planned.denials))
        said.append(f"${dollars(sum(d.amount for d in planned.denials))} denied ({reasons})")
    if planned.crossover:
        said.append("forwarded to the next payer by itself")
    return ", ".join(said)
