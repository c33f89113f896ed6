"""What a verb says when it will not."""

from __future__ import annotations


class Refused(Exception):
    """What the user asked may not be done now; the message tells them why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
