"""What a check says: what is wrong, where, why, and how to mend it."""

from __future__ import annotations

import msgspec

# X12 checks: error (a payer or the guide rejects), warning, info.
# Edits: reject (the payer would not take the claim), deny (it would not pay it), warn, advise.
STOPS = frozenset({"error", "reject", "deny"})


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with a file or a claim. Holds no name, birth date or member id."""

    code: str
    severity: str
    message: str
    fix: str = ""
    citation: str = ""
    edit: str = ""
    file: str = ""
    transaction: str = ""
    version: str = ""
    claim: str = ""  # the patient control number
    line: int = 0  # the file's segment line for X12 findings; the service line for edits, 0 = whole claim
    loop: str = ""
    segment: str = ""
    element: str = ""
    snip: int = 0  # the SNIP level of an X12 finding

    @property
    def stops(self) -> bool:
        """Whether a claim with this finding must not leave."""
        return self.severity in STOPS


def mid_sentence(text: str) -> str:
    """A sentence's words where they go on after others: begun small, but for names such as BPR02."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
