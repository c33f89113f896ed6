"""Held claims: grouped by what to fix, mended with one key or many at once, checked again at once."""

from __future__ import annotations

from itertools import groupby
from typing import Any, TypeVar

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from claimwright.codesets.icd10cm import IcdCode
from claimwright.edits.fix_diagnoses import CHOSEN
from claimwright.edits.fixes import Fix, makers
from claimwright.edits.registry import FIVE_TEN, all_edits
from claimwright.office.clock import today
from claimwright.office.records.models import ClaimFinding, ClaimRecord
from claimwright.office.reports import claims as reports
from claimwright.office.web.access import CODING, looked_at_all, mine, roles
from claimwright.office.web.shell import back, do, page
from claimwright.office.workflow import claims as verbs
from claimwright.office.workflow.fixes import Fixed, apply_fix, apply_fixes, choices_of, fixes_of
from claimwright.office.workflow.rules import edits_of
from claimwright.payers.edits import all_payer_edits

AROUND = ("patient", "payer", "practice", "replaces", "encounter", "coverage__plan__payer", "coverage__patient")
K, T = TypeVar("K"), TypeVar("T")
OFFERED = 50  # claims of an edit for which fixes are worked out at once


class Row(msgspec.Struct):
    """A finding with the fix offered for it, and the codes to choose from."""

    finding: Any
    fix: Fix | None
    choices: tuple[IcdCode, ...] = ()


@roles(*CODING)
def held(request: HttpRequest) -> HttpResponse:
    """Held claims by the edit that holds them; what is offered for each is filled in by `edit`."""
    groups = reports.held_by_edit(request.practice)  # type: ignore[attr-defined]
    claims = {finding.claim_id: finding.claim for group in groups for finding in group.claims}
    context = {
        "groups": [
            (group, [Row(finding, None) for finding in group.claims], group.edit in makers() or group.edit in CHOSEN)
            for group in groups
        ],
        "count": len(claims),
        "charge": sum(claim.charge for claim in claims.values()),
        "oldest": min((claim.first_service for claim in claims.values()), default=None),
        "states": reports.by_state(request.practice),  # type: ignore[attr-defined]
    }
    return page(request, "claims/held.html", context)


@roles(*CODING)
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """An edit: what it says, since when, by which source, and the claims it holds now; for HTMX only those."""
    practice = request.practice  # type: ignore[attr-defined]
    known = next((one for one in (*all_edits(), *edits_of(practice), *all_payer_edits()) if one.id == name), None)
    groups = [group for group in reports.held_by_edit(practice) if group.edit == name]
    if known is None and not groups:
        raise Http404
    group = groups[0] if groups else None
    context = {
        "name": name,
        "known": known,
        "always": known is not None and known.since == FIVE_TEN,
        "forms": ", ".join(sorted(known.forms)) if known else "",
        "mends": (makers()[name].make.__doc__ or "") if name in makers() else "",
        "opens": name in makers() and makers()[name].opens,
        "group": group,
        "rows": _rows(request, name, group.claims if group else []),
        "next": request.GET.get("next") or request.path,
    }
    return page(request, "claims/_held_rows.html" if "rows" in request.GET else "claims/edit.html", context)


def _rows(request: HttpRequest, name: str, findings: list[ClaimFinding]) -> list[Row]:
    """Each finding with what is offered for it; nothing is worked out where the edit has no safe fix and nothing to choose."""
    fixes: dict[tuple[int, int], list[Fix]] = {}
    choices: dict[tuple[int, int], list[tuple[IcdCode, ...]]] = {}
    if name in makers() or name in CHOSEN:
        ids = list(dict.fromkeys(finding.claim_id for finding in findings))[:OFFERED]
        records = ClaimRecord.objects.filter(practice=request.practice, pk__in=ids).select_related(*AROUND)  # type: ignore[attr-defined]
        records = records.prefetch_related("encounter__documents", "patient__authorizations__plan")
        for record in records:
            for found, fix in fixes_of(record, today(), request.user):  # type: ignore[arg-type]
                if fix.edit == name:
                    fixes.setdefault((record.pk, found.line), []).append(fix)
            for found, codes in choices_of(record, today(), request.user) if name in CHOSEN else ():  # type: ignore[arg-type]
                if found.edit == name:
                    choices.setdefault((record.pk, found.line), []).append(codes)
        looked_at_all(request, [record.patient for record in records], "fixes offered")
    keyed = [(finding, (finding.claim_id, finding.line)) for finding in findings]
    return [Row(finding, _next(fixes, key), _next(choices, key) or ()) for finding, key in keyed]


def with_offers(request: HttpRequest, record: ClaimRecord, findings: list[ClaimFinding]) -> list[Row]:
    """A claim's findings, each with the fix offered for it and the codes to choose from."""
    named = {finding.edit for finding in findings}
    fixes: dict[tuple[str, int], list[Fix]] = {}
    choices: dict[tuple[str, int], list[tuple[IcdCode, ...]]] = {}
    for found, fix in fixes_of(record, today(), request.user) if named & makers().keys() else ():  # type: ignore[arg-type]
        fixes.setdefault((fix.edit, found.line), []).append(fix)
    for found, codes in choices_of(record, today(), request.user) if named & CHOSEN else ():  # type: ignore[arg-type]
        choices.setdefault((found.edit, found.line), []).append(codes)
    keyed = [(finding, (finding.edit, finding.line)) for finding in findings]
    return [Row(finding, _next(fixes, key), _next(choices, key) or ()) for finding, key in keyed]


def _next(offered: dict[K, list[T]], key: K) -> T | None:
    kept = offered.get(key)
    return kept.pop(0) if kept else None


@require_POST
@roles(*CODING)
def fix(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the fix offered for one finding, or the code chosen for it."""
    record = mine(ClaimRecord, request, pk)
    line = request.POST.get("line", "")
    done, fine = do(
        request,
        apply_fix,
        at=f"claim-{record.pk}",
        claim_id=record.pk,
        edit=request.POST.get("edit", ""),
        line=int(line) if line.isdigit() else 0,
        code=request.POST.get("code", ""),
    )
    if fine:
        messages.success(request, _told(done))
    return back(request, "held")


def _told(done: Fixed) -> str:
    now = "ready to send" if not done.left else f"still held by {done.left}"
    return f"{done.words}: claim {done.number} is {now}."


def _picked(request: HttpRequest) -> list[tuple[str, list[int]]]:
    """The ticked findings ("12:MOD-25") of this practice's claims, by edit."""
    pairs = [value.partition(":") for value in request.POST.getlist("pick")]
    picked = sorted({(name, int(pk)) for pk, _, name in pairs if pk.isdigit() and name})
    ours = set(
        ClaimRecord.objects.filter(practice=request.practice, pk__in=[pk for _, pk in picked]).values_list("pk", flat=True)  # type: ignore[attr-defined]
    )
    return [(name, [pk for _, pk in some if pk in ours]) for name, some in groupby(picked, key=lambda one: one[0])]


def _fixed(request: HttpRequest, trial: bool) -> list[tuple[str, Fixed]]:
    who = {"practice": request.practice, "by": request.user, "today": today()}  # type: ignore[attr-defined]
    return [
        (name, one)
        for name, pks in _picked(request)
        for one in apply_fixes(**who, claim_ids=pks, edit=name, trial=trial)  # type: ignore[arg-type]
    ]


@require_POST
@roles(*CODING)
def preview(request: HttpRequest) -> HttpResponse:
    """What the offered fixes would do to each ticked claim, before anything is done."""
    found = _fixed(request, trial=True)
    ids = [one.claim_id for _, one in found]
    claims = ClaimRecord.objects.filter(practice=request.practice, pk__in=ids).select_related("patient", "payer").in_bulk()  # type: ignore[attr-defined]
    looked_at_all(request, [claim.patient for claim in claims.values()], "fixes previewed")
    context = {
        "rows": [(name, claims[one.claim_id], one) for name, one in found],
        "can": sum(not one.refused for _, one in found),
        "next": request.POST.get("next", ""),
    }
    return page(request, "claims/fixes.html", context)


@require_POST
@roles(*CODING)
def fix_many(request: HttpRequest) -> HttpResponse:
    """Apply the offered fixes to the ticked claims: each whole or not at all."""
    done = [one for _, one in _fixed(request, trial=False)]
    mended = [one for one in done if not one.refused]
    if done:
        said = f"Mended {len(mended)} of {len(done)}: {sum(not one.left for one in mended)} ready to send."
        messages.success(request, said)
    for one in done:
        if one.refused:
            messages.warning(request, f"Claim {one.number} was left as it is: {one.refused}")
    return back(request, "held")


@require_POST
@roles(*CODING)
def check(request: HttpRequest) -> HttpResponse:
    """Check claims again with what was mended."""
    ready = 0
    picks = [value.partition(":")[0] for value in request.POST.getlist("pick")]
    chosen = sorted({int(pk) for pk in (*request.POST.getlist("claim"), *picks) if pk.isdigit()})
    for record in ClaimRecord.objects.filter(practice=request.practice, pk__in=chosen):  # type: ignore[attr-defined]
        findings, fine = do(request, verbs.scrub_claim, at=f"claim-{record.pk}", claim_id=record.pk)
        ready += fine and not any(finding.stops for finding in findings)
    if chosen:
        messages.success(request, f"Checked {len(chosen)}: {ready} ready, {len(chosen) - ready} still held.")
    return back(request, "held")
