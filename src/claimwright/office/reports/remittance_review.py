"""One payment under review: what posts and why, what is held and what to do about it, what is in the books."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db.models import Count, Q, QuerySet, Sum

from claimwright.office.records.models import LedgerEntry, LedgerEvent, Remit, RemitClaimRow
from claimwright.office.reports.remittances import ClaimShown, shown
from claimwright.remits.planned import BY_HAND, PlannedClaim, PlannedProviderAdjustment, PostingPlan
from claimwright.remits.rules import provider_words

SHOWS = {"held": ("parked",), "post": ("new",), "posted": ("posted",), "aside": ("aside",)}


class Decision(msgspec.Struct):
    """One CLP of the worklist: what was said, what is planned, what was posted."""

    shown: ClaimShown
    parts: list[PlannedClaim]  # the plan, where it is not settled yet
    moved: list[tuple[str, int]]  # what is in the books, by account

    @property
    def row(self) -> Any:
        return self.shown.row

    @property
    def will_post(self) -> bool:
        """Certain, and not in the books yet."""
        return bool(self.parts) and all(part.posts for part in self.parts)

    @property
    def state(self) -> str:
        """One word: to post, parked, posted, aside."""
        return "ready" if self.will_post else "parked" if self.row.status == "new" and self.parts else self.row.status

    @property
    def reason(self) -> str:
        """Why it waits, now."""
        held = next((part for part in self.parts if not part.posts), None)
        return held.held_reason if held else self.row.reason if self._waits else ""

    @property
    def next_step(self) -> str:
        """What a person does."""
        held = next((part for part in self.parts if not part.posts), None)
        return held.next_step if held else self.row.next_step if self._waits else ""

    @property
    def _waits(self) -> bool:
        return not self.will_post and self.row.status not in ("posted", "aside")

    @property
    def matched_by(self) -> str:
        """What the match rests on; nothing where no claim was matched."""
        by = self.row.matched_by or next((part.matched_by for part in self.parts), "")
        if by == BY_HAND:
            return by if self.row.claim_id else ""
        return f"matched by {by}" if by else ""

    @property
    def sums(self) -> dict[str, int]:
        """What it moves, by where it goes."""
        return _sums(self.parts)


def _sums(parts: Sequence[PlannedClaim]) -> dict[str, int]:
    lines = [line for part in parts for line in part.lines]
    return {
        "paid": sum(line.paid for line in lines) + sum(part.credit for part in parts),
        "written off": sum(line.contractual for line in lines),
        "the patient's": sum(line.patient for line in lines),
        "for the next payer": sum(line.to_next_payer for line in lines),
        "denied, stays open": sum(line.denied for line in lines),
    }


class Beside(msgspec.Struct):
    """One provider-level adjustment: the account it goes to and why."""

    reason: str
    words: str
    reference: str
    effect: int  # on the payment: positive raises it
    account: str
    why: str
    held_reason: str
    next_step: str
    posted: bool


def rows_of(remit: Remit, show: str = "") -> QuerySet[RemitClaimRow]:
    """The decisions in the order of the file; of a payment not posted yet all, or those of one kind."""
    rows = remit.claims.select_related("claim__patient").defer("claim__content").order_by("position")
    return rows.filter(status__in=SHOWS[show]) if show in SHOWS else rows


def decisions(remit: Remit, rows: list[RemitClaimRow], plan: PostingPlan | None) -> list[Decision]:
    """The rows of one page, each with its plan or with what it moved."""
    planned: dict[int, list[PlannedClaim]] = defaultdict(list)
    for claim in plan.claims if plan else ():
        planned[claim.position].append(claim)
    moved = _moved(remit, {row.position for row in rows if row.status == "posted"})
    return [
        Decision(shown(row), planned.get(row.position, []) if row.status == "new" else [], moved.get(row.position, []))
        for row in rows
    ]


def _moved(remit: Remit, positions: set[int]) -> dict[int, list[tuple[str, int]]]:
    """What stands in the books of each decision, by account."""
    if not positions:
        return {}
    start = f"remit:{remit.key}:"
    standing = LedgerEvent.objects.filter(remit=remit, key__startswith=start, undone_by=None).values_list("pk", "key")
    place: dict[int, int] = {}
    for pk, key in standing:
        found = re.match(r"\d+", key[len(start) :])
        if found and int(found[0]) in positions:
            place[pk] = int(found[0])
    entries = LedgerEntry.objects.filter(event__in=place).order_by().values_list("event", "account")
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event, account, amount in entries.annotate(total=Sum("amount")):
        sums[place[event]][account] += amount
    return {
        position: [(account, total) for account, total in sorted(by.items(), key=lambda one: one[0] != "cash") if total]
        for position, by in sums.items()
    }


def planned_sums(plan: PostingPlan) -> dict[str, Any]:
    """What posting now would do, in sums: of the decisions that post and of those that wait."""
    return {
        "posts": len({claim.position for claim in plan.posted}),
        "waits": len({claim.position for claim in plan.held}),
        "waiting": sum(abs(claim.remit_claim.paid) for claim in plan.held if not claim.part),
        "sums": _sums(plan.posted),
        "reason": plan.held_reason,
        "next_step": plan.next_step,
    }


def beside(remit: Remit, plan: PostingPlan | None, rules: Mapping[str, Any]) -> list[Beside]:
    """The provider-level adjustments with their accounts, before posting and after."""
    planned: dict[int, PlannedProviderAdjustment] = {one.position: one for one in plan.provider} if plan else {}
    standing = LedgerEvent.objects.filter(remit=remit, kind="provider_adjustment", undone_by=None)
    posted = set(standing.filter(undoes=None).values_list("key", flat=True))
    found = []
    for position, said in enumerate(remit.content.get("provider_adjustments", [])):
        rule = rules.get(said["reason"])
        one = planned.get(position)
        held = one.held_reason if one else "" if rule else "The posting rules have no account for it."
        found.append(
            Beside(
                reason=said["reason"],
                words=rule.words if rule else provider_words(said["reason"]),
                reference=said.get("reference", ""),
                effect=-said["amount"],
                account=(rule.account or "") if rule else "",
                why=_why(said["reason"], -said["amount"], rule),
                held_reason=held,
                next_step=one.next_step if one else "",
                posted=any(key.startswith(f"plb:{remit.key}:{position}") for key in posted),
            )
        )
    return found


def _why(reason: str, effect: int, rule: Any) -> str:
    words = rule.words if rule else provider_words(reason)
    return f"{words[:1].upper()}{words[1:]}: it {'raises' if effect > 0 else 'lowers'} the payment."


def totals(remit: Remit) -> dict[str, dict[str, int]]:
    """How many decisions and how much money stand in each state."""
    rows = remit.claims.order_by().values_list("status").annotate(count=Count("id"), paid=Sum("paid"))
    return {status: {"count": count, "paid": paid} for status, count, paid in rows}


def posted_by_account(remit: Remit) -> list[dict[str, Any]]:
    """What this remittance moved in the ledger and we have not undone; sums to zero. What a later one took back is that one's."""
    theirs = ~Q(remit=remit) & Q(kind="reversal", undone_by=None)
    ours = LedgerEvent.objects.filter(Q(remit=remit) | Q(undoes__in=remit.ledger_events.all()) & ~theirs)
    sums = LedgerEntry.objects.filter(event__in=ours).order_by("account").values("account").annotate(total=Sum("amount"))
    return [row for row in sums if row["total"]]


def taken_back(remit: Remit) -> list[dict[str, Any]]:
    """The later remittances that took something of this one back, as it stands: number, trace, day and cash."""
    standing = LedgerEntry.objects.filter(event__undoes__remit=remit, event__kind="reversal", event__undone_by=None)
    entries = standing.exclude(event__remit=remit).exclude(event__remit=None).filter(account="cash")
    rows = entries.order_by("event__remit__paid_on", "event__remit").values(
        "event__remit", "event__remit__trace", "event__remit__paid_on"
    )
    rows = rows.annotate(total=Sum("amount"))
    return [{name.removeprefix("event__remit__").replace("event__", ""): said for name, said in row.items()} for row in rows]
