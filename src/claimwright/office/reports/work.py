"""One thing to do, and how urgent it is."""

from datetime import date

import msgspec


class Work(msgspec.Struct):
    """One thing to do. `kind` and `pk` say where; `due` when it is too late."""

    kind: str  # visit, encounter, claim, denial, parked, remit, ready, underpaid, deposits, credit, refund, statements
    pk: int
    icon: str
    title: str
    why: str
    step: str
    amount: int | None = None
    due: date | None = None
    due_words: str = ""

    def rank(self, today: date) -> tuple[int, int, int]:
        """Too late, this week, this month, later; then by money."""
        days = (self.due - today).days if self.due else 90
        bucket = 0 if days <= 1 else 1 if days <= 7 else 2 if days <= 30 else 3
        return bucket, -(self.amount or 0), days
