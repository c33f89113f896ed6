"""A code as it is built: seven axes, each with its value, its words and its rule."""

from __future__ import annotations

from typing import Literal

from claimwright.coding.model import Evidence
from claimwright.parties import Struct

UNKNOWN = "_"
SURGICAL = ("section", "body system", "root operation", "body part", "approach", "device", "qualifier")
OTHERS = {
    "3": ("section", "body system", "root operation", "body system or region", "approach", "substance", "qualifier"),
    "4": ("section", "body system", "root operation", "body system", "approach", "function or device", "qualifier"),
    "5": ("section", "body system", "root operation", "body system", "duration", "function", "qualifier"),
    "6": ("section", "body system", "root operation", "body system", "duration", "qualifier", "qualifier"),
    "8": ("section", "body system", "root operation", "body region", "approach", "method", "qualifier"),
    "B": ("section", "body system", "root type", "body part", "contrast", "qualifier", "qualifier"),
}
Kind = Literal["op", "aux"]


def names(section: str) -> tuple[str, ...]:
    """What the seven characters of a section are called."""
    return OTHERS.get(section, SURGICAL)


class Axis(Struct):
    """One character of a code. `value` is _ where the record does not tell it."""

    name: str
    value: str
    why: str
    evidence: tuple[Evidence, ...] = ()


class Built(Struct):
    """A code with its axes. `kind` aux: reported only where the hospital's policy says so."""

    axes: tuple[Axis, ...]
    anchor: Evidence  # the words that name what was done
    kind: Kind
    rule: str
    place: int  # the sentence, for the order of the note

    @property
    def code(self) -> str:
        """Seven characters, _ where one is not known."""
        return "".join(axis.value for axis in self.axes)

    @property
    def missing(self) -> tuple[str, ...]:
        """Axes that the record does not tell."""
        return tuple(axis.name for axis in self.axes if axis.value == UNKNOWN)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The operation's words first, then those of its axes."""
        return tuple(dict.fromkeys((self.anchor, *(words for axis in self.axes for words in axis.evidence))))
