"""Files that came and went, and one file laid out as segments."""

from django.db.models import QuerySet

from claimwright.office.records.models import File, Patient, Practice

LIMIT = 2000  # segments shown; the whole file can be downloaded


def listed(practice: Practice, direction: str = "", kind: str = "") -> QuerySet[File]:
    """Files, newest first, without their content."""
    rows = File.objects.filter(practice=practice).defer("content")
    if direction in ("in", "out"):
        rows = rows.filter(direction=direction)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("answers").order_by("-created_on", "-id")


def patients_in(file: File) -> QuerySet[Patient]:
    """The patients that a file is known to be about; an answer is about those of what it answers."""
    files = [pk for pk in (file.pk, file.answers_id) if pk]
    found = [
        Patient.objects.filter(claims__file__in=files),
        Patient.objects.filter(claims__events__file=file),
        Patient.objects.filter(claims__remit_rows__remit__file=file),
        Patient.objects.filter(claims__remit_parts__row__remit__file=file),
        Patient.objects.filter(coverages__checks__file__in=files),
        Patient.objects.filter(coverages__authorization_requests__file__in=files),
        Patient.objects.filter(guarantor__statements__pdf=file),
    ]
    numbers = {pk for rows in found for pk in rows.filter(practice=file.practice_id).values_list("pk", flat=True)}
    return Patient.objects.filter(pk__in=numbers)


def segments(content: bytes) -> list[tuple[str, str]]:
    """An X12 file as (segment name, the rest); any other text as lines with no name."""
    text = content.decode("utf-8", "replace").lstrip("\ufeff")
    if text.startswith("ISA") and len(text) > 106:
        parts = [part.strip("\r\n ") for part in text.split(text[105])]
        return [_split(part, text[3]) for part in parts if part][:LIMIT]
    if text.startswith("TA1") or "*" not in text:
        return [("", line) for line in text.splitlines()][:LIMIT]
    return [_split(part.strip(), "*") for part in text.split("~") if part.strip()][:LIMIT]


def _split(segment: str, separator: str) -> tuple[str, str]:
    name, _, rest = segment.partition(separator)
    return name, separator + rest if rest else ""
