"""Control numbers that were seen, in little memory: a file may have millions of sets, mostly numbered one after another."""

from __future__ import annotations

_PAGE = 12  # bits of a number that are noted in one integer
_PAGES = 20_000  # some 10 MB at most; what comes beyond is not noted, so that a repetition of it is not seen
_WORDS = 20_000


class Controls:
    """A set of control numbers."""

    def __init__(self) -> None:
        self._pages: dict[tuple[int, int], int] = {}
        self._words: set[str] = set()

    def add(self, control: str) -> bool:
        """Note one; whether it was there before. 0001 and 1 are two."""
        if not (control.isascii() and control.isdigit() and len(control) < 10):
            known = control[:99] in self._words
            if not known and len(self._words) < _WORDS:
                self._words.add(control[:99])
            return known
        number = int(control)
        page, bit = (len(control), number >> _PAGE), 1 << (number & ((1 << _PAGE) - 1))
        noted = self._pages.get(page)
        if noted is None and len(self._pages) >= _PAGES:
            return False
        self._pages[page] = (noted or 0) | bit
        return bool((noted or 0) & bit)
