"""What a payer's decision means beside the ledger: its row, the claim's lines, denials and state, and the next payer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import prefetch_related_objects

from claimwright.claims.model import Claim
from claimwright.claims.states import CLOSED, PENDING
from claimwright.denials.classify import classify
from claimwright.money import dollars
from claimwright.office.records.bulk import in_parts, insert_rows
from claimwright.office.records.content import pack
from claimwright.office.records.convert import plan_of
from claimwright.office.records.models import ClaimRecord, Denial, Practice, Remit, RemitClaimPart, RemitClaimRow, User
from claimwright.office.records.outbox import enqueue_all
from claimwright.office.workflow.trail import changed, tell, together, told_before, touched
from claimwright.office.workflow.underpayments import keep_shortfalls, taken_back
from claimwright.office.workflow.undone import TAKEN_BACK, recheck, worked_as
from claimwright.pricing.model import Price
from claimwright.remits.plan import BY_HAND, NOT_A_DECISION, PlannedClaim, PostingPlan
from claimwright.remits.underpaid import underpayments

WORKED = ("open", "appealed", "corrected")
"""A denial that a payment may still win or lose."""


def follow(
    practice: Practice,
    remit: Remit,
    plan: PostingPlan,
    rows: Mapping[int, RemitClaimRow],
    claims: Mapping[str, ClaimRecord],
    contents: Mapping[int, Claim],
    by: User | None,
    today: date,
    *,
    again: bool = False,
) -> set[int]:
    """Everything that a plan's decisions mean beside the ledger; the visits on which something moved."""
    records = list(claims.values())
    prefetch_related_objects(records, "lines__underpaid")
    payer = remit.payer.name if remit.payer else plan.remit.payer.name
    with together(records):
        desk = _Desk(practice, remit, payer, records, contents, by, today)
        in_turn = sorted(plan.claims, key=lambda planned: not planned.remit_claim.reversal)
        moved = {desk.follow(rows[planned.position], planned, claims, again) for planned in in_turn}
        desk.keep_parts(rows, plan, claims)
        desk.write()
    for claim in desk.decided_again:
        recheck(claim, today, by)
    return moved - {None}  # type: ignore[return-value]


class _Desk:
    """One payment's decisions, followed claim by claim; what they make is written at the end."""

    def __init__(
        self,
        practice: Practice,
        remit: Remit,
        payer: str,
        records: list[ClaimRecord],
        contents: Mapping[int, Claim],
        by: User | None,
        today: date,
    ) -> None:
        self.practice, self.remit, self.payer, self.contents, self.by, self.today = practice, remit, payer, contents, by, today
        self.denials: dict[int, list[Denial]] = defaultdict(list)  # by visit
        for some in in_parts({record.encounter_id for record in records}):
            for denial in Denial.objects.filter(claim__encounter__in=some).select_related("claim", "line").order_by("pk"):
                self.denials[denial.claim.encounter_id].append(denial)
        self.refused: list[Denial] = []
        self.parts: list[RemitClaimPart] = []
        self.decided_again: list[ClaimRecord] = []
        self.next_payers: dict[str, dict[str, int]] = {}

    def write(self) -> None:
        insert_rows(self.refused)
        insert_rows(self.parts)
        enqueue_all(self.practice, "secondary claim", self.next_payers)

    def keep_parts(self, rows: Mapping[int, RemitClaimRow], plan: PostingPlan, claims: Mapping[str, ClaimRecord]) -> None:
        """What each of several claims was told that a payer laid together in one decision."""
        count = Counter(planned.position for planned in plan.posted)
        for planned in plan.posted:
            if count[planned.position] > 1 and planned.match is not None:
                row, claim = rows[planned.position], claims[planned.match.patient_control_number]
                said = pack(planned.remit_claim)
                self.parts.append(RemitClaimPart(row=row, part=planned.part, claim=claim, content=said))

    def follow(self, row: RemitClaimRow, planned: PlannedClaim, claims: Mapping[str, ClaimRecord], again: bool) -> int | None:
        """Follow one decision; the visit on which something moved."""
        claim = claims.get(planned.match.patient_control_number) if planned.match else None
        if not planned.posts:
            self._park(row, planned, claim)
            return None
        again = again or row.status == "parked"
        by_words = planned.matched_by[:40] if claim is not None or planned.matched_by == BY_HAND else ""
        score = Decimal(str(planned.likeness.score))
        matched = row.claim_id if planned.part else claim.pk if claim is not None else None  # of several claims, the first
        changed(row, status="posted", reason="", hold="", next_step="", claim_id=matched, matched_by=by_words, score=score)
        if claim is None:
            return None  # owed back to the payer, for no claim of ours
        if planned.credit or not (planned.lines or planned.remit_claim.reversal):
            key = _number(claim, f"owed-back:{row.pk}", again)
            self._tell(claim, "credit", planned.why[0], key)
            return claim.encounter_id
        self._take_up(claim, planned, again)
        key = _number(claim, f"posted:{row.pk}" + (f":part{planned.part}" if planned.part else ""), again)
        self._tell(claim, "posted", in_words(self.payer, planned), key, planned.state_after)
        if claim.replaces_id is not None and planned.state_after and not planned.remit_claim.reversal:
            replaced = f"Replaced by {claim.patient_control_number}, which is decided"
            tell(claim.replaces, today=self.today, kind="replaced", text=replaced, key=f"replaced:{claim.pk}", state=CLOSED)
        touched(self.practice, self.by, claim.patient, "remittance posted")
        return claim.encounter_id

    def _tell(self, claim: ClaimRecord, kind: str, text: str, key: str, state: str = "") -> None:
        tell(claim, today=self.today, kind=kind, text=text, key=key, state=state, by=self.by, file=self.remit.file)

    def _park(self, row: RemitClaimRow, planned: PlannedClaim, claim: ClaimRecord | None) -> None:
        sure = claim is not None and (planned.matched_by.endswith("control number") or planned.matched_by == BY_HAND)
        changed(
            row,
            status="parked",
            reason=planned.held_reason[:300],
            hold=planned.hold or "",
            next_step=planned.next_step[:300],
            claim_id=claim.pk if sure and claim else None,
            matched_by=planned.matched_by[:40],
            score=Decimal(str(planned.likeness.score)),
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
        rows = list(claim.lines.all())
        for row in rows:
            one = decided.get(row.control_number)
            if planned.remit_claim.reversal:
                changed(row, allowed=None)
            elif one is not None:
                changed(row, allowed=one.allowed)
        agreed = [
            Price(line=row.number, allowed=row.expected_allowed, working=tuple(row.price_working), source=row.price_source)
            for row in rows
            if row.expected_allowed is not None
        ]
        short = underpayments(self.contents[claim.pk], planned.lines, agreed)
        changed(claim, underpaid=sum(one.short for one in short))
        if planned.remit_claim.reversal:
            taken_back(rows)
        else:
            keep_shortfalls(claim, rows, self.remit, decided, short, self.today)

    def _decide_denials(self, claim: ClaimRecord, planned: PlannedClaim, again: bool) -> None:
        """Each refused amount becomes work; work on what is now paid is done."""
        refused = {denial.line for denial in planned.denials}
        paid = {line.line for line in planned.lines} - refused
        known = self.denials[claim.encounter_id]
        for denial in known:
            line = denial.line.control_number if denial.line else None
            if denial.remit_id != self.remit.pk and denial.status in WORKED and line in paid | refused:
                changed(denial, status="won" if line in paid else "lost")
        if not planned.denials:
            return
        own = [denial for denial in known if (denial.remit_id, denial.claim_id) == (self.remit.pk, claim.pk)]
        if again:  # what a payment that came in between had settled is open as it was
            for denial in own:
                if denial.status in ("won", "lost", TAKEN_BACK):
                    changed(denial, status=worked_as(denial))
        self._refuse(claim, planned, {(denial.line_id, denial.group, denial.reason) for denial in own})

    def _refuse(self, claim: ClaimRecord, planned: PlannedClaim, known: set[tuple[int | None, str, str]]) -> None:
        lines = {line.control_number: line for line in claim.lines.all()}
        filing = plan_of(claim.coverage.plan).timely_filing_days
        for denial in planned.denials:
            line = lines.get(denial.line)
            named = (line.pk if line else None, denial.group, denial.reason)
            if named in known:
                continue
            known.add(named)
            work = classify(
                denial,
                denied_on=self.remit.paid_on,
                claim=self.contents[claim.pk],
                appeal_days=claim.payer.appeal_days,
                timely_filing_days=filing,
            )
            made = Denial(
                remit=self.remit,
                claim=claim,
                line=line,
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
