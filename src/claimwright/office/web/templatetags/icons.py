"""One set of stroke icons on a 16 px grid, drawn for claimwright, and the shape of every state."""

# ruff: noqa: E501

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS = {
    "today": '<path d="M8 2v1.5M8 12.5V14M2 8h1.5M12.5 8H14M3.8 3.8l1 1M11.2 11.2l1 1M3.8 12.2l1-1M11.2 4.8l1-1"/><circle cx="8" cy="8" r="2.6"/>',
    "schedule": '<rect x="2.25" y="3" width="11.5" height="10.75" rx="2"/><path d="M2.25 6.5h11.5M5.5 1.75v2.5M10.5 1.75v2.5"/>',
    "patients": '<circle cx="6" cy="5.25" r="2.5"/><path d="M1.75 13.5c.3-2.6 2-4 4.25-4s3.95 1.4 4.25 4M10.75 3a2.4 2.4 0 0 1 0 4.5M12 9.8c1.3.6 2.1 1.8 2.25 3.7"/>',
    "coding": '<path d="M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5M9 3 7 13"/>',
    "claims": '<path d="M4 1.75h5.5L13 5.25v9H4z"/><path d="M9.25 2v3.5h3.5M6.25 8.25h4.5M6.25 11h4.5"/>',
    "remittances": '<rect x="1.75" y="3.75" width="12.5" height="8.5" rx="1.5"/><circle cx="8" cy="8" r="1.9"/><path d="M4 6.2v3.6M12 6.2v3.6"/>',
    "denials": '<path d="M8 1.9 14.1 8 8 14.1 1.9 8z"/><path d="M8 5.2v3.4M8 10.7v.1"/>',
    "statements": '<path d="M3.5 1.75h9v12.5L10.7 13 9.3 14.2 8 13l-1.3 1.2L5.3 13l-1.8 1.25z"/><path d="M6 5.25h4M6 8h4"/>',
    "reports": '<path d="M2 14h12M4 11.5v-4M8 11.5v-8M12 11.5v-6"/>',
    "settings": '<path d="M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7"/><circle cx="10.75" cy="4.5" r="1.75"/><circle cx="5.25" cy="11.5" r="1.75"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "check": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "cross": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "right": '<path d="m6 3.5 4.5 4.5L6 12.5"/>',
    "left": '<path d="M10 3.5 5.5 8l4.5 4.5"/>',
    "external": '<path d="M9.5 2.5h4v4M13.5 2.5 7.5 8.5M12 9.5v4H2.5V4h4"/>',
    "file": '<path d="M4 1.75h5.5L13 5.25v9H4z"/><path d="M9.25 2v3.5h3.5"/>',
    "upload": '<path d="M8 10.5v-8M4.75 5.5 8 2.25 11.25 5.5M2.5 10.5v3h11v-3"/>',
    "send": '<path d="M14 2 7 9M14 2 9.75 14 7 9 2 6.25z"/>',
    "refresh": '<path d="M13.25 6.5A5.5 5.5 0 0 0 3.4 5M2.75 9.5A5.5 5.5 0 0 0 12.6 11M3 2v3.25h3.25M13 14v-3.25H9.75"/>',
    "shield": '<path d="M8 1.75 13.25 4v4c0 3.2-2.2 5.3-5.25 6.25C4.95 13.3 2.75 11.2 2.75 8V4z"/><path d="m5.75 8 1.6 1.6 3-3.2"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.75V8l2.25 1.5"/>',
    "question": '<circle cx="8" cy="8" r="6"/><path d="M6.2 6.3a1.85 1.85 0 1 1 2.6 1.7c-.6.3-.8.6-.8 1.25M8 11.4v.1"/>',
    "key": '<circle cx="5" cy="11" r="2.75"/><path d="M7 9l6-6M10.5 5.5l2 2"/>',
    "moon": '<path d="M13.25 9.75A5.75 5.75 0 0 1 6.25 2.75a5.75 5.75 0 1 0 7 7z"/>',
    "out": '<path d="M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6.5"/>',
    "bank": '<path d="M2 6 8 2.5 14 6zM3 13.5h10M4.25 6.5v5M8 6.5v5M11.75 6.5v5"/>',
    "scale": '<path d="M8 2v12M4.5 14h7M2.5 4.5h11M4 4.5 2 9h4zM12 4.5 10 9h4z"/>',
    "user": '<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 14c.35-2.9 2.4-4.5 5.25-4.5s4.9 1.6 5.25 4.5"/>',
    "note": '<path d="M3 2.5h10v8L10 13.5H3z"/><path d="M13 10.5h-3v3M5.5 5.5h5M5.5 8h5"/>',
}

# One word, one colour (the class), one shape.
SHAPES = {
    "draft": '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.2"/>',
    "held": '<rect x="2.5" y="2.5" width="11" height="11" rx="2"/><path d="M6.3 5.8v4.4M9.7 5.8v4.4"/>',
    "ready": '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>',
    "sent": '<path d="M4 12 12.5 3.5M6 3.5h6.5V10"/>',
    "accepted": '<circle cx="8" cy="8" r="5.5"/><path d="m5.4 8.2 1.8 1.8 3.4-3.8"/>',
    "rejected": '<path d="M5.5 2.5h5l3 3v5l-3 3h-5l-3-3v-5z"/><path d="m6 6 4 4M10 6l-4 4"/>',
    "pending": '<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3l2 1.4"/>',
    "paid": '<circle cx="8" cy="8" r="6" fill="currentColor" stroke="none"/><path class="knock" d="m5.3 8.2 1.9 1.9 3.5-4"/>',
    "part paid": '<circle cx="8" cy="8" r="5.5"/><path d="M2.5 8a5.5 5.5 0 0 0 11 0z" fill="currentColor"/>',
    "denied": '<path d="M8 1.5 14.5 8 8 14.5 1.5 8z" fill="currentColor" stroke="none"/><path class="knock" d="M8 5v3.6M8 10.9v.1"/>',
    "appealed": '<path d="M3 8a5 5 0 0 1 9-3M13 8a5 5 0 0 1-9 3M12.2 2v3H9.2M3.8 14v-3h3"/>',
    "patient": '<circle cx="8" cy="5.25" r="2.5"/><path d="M3.25 13.5c.3-2.6 2.2-4 4.75-4s4.45 1.4 4.75 4"/>',
    "closed": '<circle cx="8" cy="8" r="5.5"/><path d="M4.2 4.2l7.6 7.6"/>',
    # files, remittances, visits, coverage and denials borrow the same shapes
}
SAME_AS = {
    "new": "ready",
    "written": "sent",
    "read": "accepted",
    "parked": "held",
    "posted": "paid",
    "aside": "closed",
    "void": "closed",
    "partly": "part paid",
    "scheduled": "draft",
    "booked": "draft",
    "checked in": "ready",
    "done": "accepted",
    "no show": "closed",
    "cancelled": "closed",
    "to code": "ready",
    "query": "pending",
    "coded": "accepted",
    "billed": "sent",
    "asked": "pending",
    "active": "accepted",
    "inactive": "rejected",
    "not asked": "draft",
    "open": "denied",
    "corrected": "sent",
    "won": "paid",
    "lost": "closed",
    "written off": "closed",
    "taken back": "closed",
    "late": "rejected",
    "due": "pending",
    "failed": "rejected",
    "reject": "rejected",
    "deny": "denied",
    "warn": "pending",
    "advise": "draft",
    "certified": "accepted",
    "in part": "part paid",
    "in review": "pending",
    "not needed": "closed",
    "not authorized": "rejected",
    "used up": "rejected",
    "call": "pending",
    "received": "accepted",
    "wanted": "pending",
    "unknown": "rejected",
    "decided": "accepted",
    "proposed": "pending",
    "approved": "ready",
    "issued": "paid",
    "declined": "rejected",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon; its neighbour says the words."""
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', mark_safe(ICONS[name]))


@register.simple_tag
def state(word: str) -> SafeString:
    """A state: its word, its colour, its shape."""
    kind = word if word in SHAPES else SAME_AS.get(word, "draft")
    shape = mark_safe(SHAPES[kind])
    return format_html(
        '<span class="state s-{}"><svg class="icon" viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        kind.replace(" ", "-"),
        shape,
        word,
    )
