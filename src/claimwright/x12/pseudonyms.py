"""Values replaced by others of the same shape, the same way every time under one key, and not back without it.

Identifiers are permuted within their shape (digits stay digits, letters letters), so that no two become one; words become other
words of their length; days move back by one number of days. Keyed BLAKE2b throughout.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b

from claimwright.identifiers import mbi_valid, npi_with_check_digit

_CONSONANTS, _VOWELS = "BCDFGHJKLMNPRSTVWZ", "AEIOU"
_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_MBI = "ACDEFGHJKMNPQRTUVWXY"
_LONG = 1000  # letters; a longer word is not hashed again for each few of its letters
_OLDEST = 90  # 45 CFR 164.514(b)(2)(i)(C): ages over 89 become "90 or older"
# Three-digit areas of at most 20,000 people (HHS de-identification guidance; census of 2000 and 2010), and a larger one nearby.
_SMALL_AREAS = {
    "036": "030", "059": "054", "063": "060", "102": "100", "203": "200", "205": "200", "369": "350", "556": "551", "692": "680",
    "753": "750", "772": "770", "790": "750", "821": "820", "823": "820", "830": "820", "831": "820", "878": "870", "879": "870",
    "884": "870", "890": "891", "893": "891",
}  # fmt: skip


class Pseudonyms:
    """The replacements under one key. `today` keeps days to come in the days to come."""

    def __init__(self, key: bytes, today: date) -> None:
        self._key = blake2b(key, digest_size=32).digest()
        self.today = today
        self.days = 7 + self._number("days", 15)  # 7 to 21
        self.masked = lru_cache(maxsize=100_000)(self._masked)
        self.word = lru_cache(maxsize=100_000)(self._word)

    def _number(self, text: str, below: int) -> int:
        return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=40).digest()) % below

    # Text and identifiers ------------------------------------------------------------------------------------------

    def _masked(self, value: str) -> str:
        """Any text: an identifier permuted in its shape, words by words."""
        if value.isascii() and len(value) <= 60 and " " not in value.strip() and any(char.isdigit() for char in value):
            return self._npi(value) if re.fullmatch(r"[12]\d{9}", value) else self._identifier(value)
        return re.sub(r"[^\W_]+", lambda found: self.word(found[0]), value)

    def _word(self, word: str) -> str:
        """A word of the same length and case that can be spoken; digits for digits."""
        seed = word.upper() if len(word) <= _LONG else blake2b(word.upper().encode("utf-8", "surrogatepass")).hexdigest()
        for attempt in range(9):
            state = self._number(f"word {attempt} {seed}", 1 << 300)
            made: list[str] = []
            vowel = bool(state & 1)
            state >>= 1
            for char in word:
                alphabet = _DIGITS if char.isdigit() else _LETTERS if len(word) == 1 else _VOWELS if vowel else _CONSONANTS
                if state < 1 << 8:
                    state = self._number(f"word {attempt} {seed} {len(made)}", 1 << 300)
                state, chosen = divmod(state, len(alphabet))
                made.append(alphabet[chosen].lower() if char.islower() else alphabet[chosen])
                vowel = not vowel
            text = "".join(made)
            if text.upper() != word.upper():
                break
        return text

    def _identifier(self, value: str) -> str:
        """Permuted within its shape; zeros at the front and signs stay."""
        mbi = mbi_valid(value.upper())
        first = _DIGITS[3:] if re.fullmatch(r"[3-9]\d{9}", value) else _DIGITS[1:]  # what is no NPI must not become one
        alphabets: list[str] = []
        begun = False
        for place, char in enumerate(value.upper()):
            if char.isdigit():
                whole = begun or char != "0"
                alphabets.append("" if not whole else _DIGITS if begun else first)
            else:
                alphabets.append("" if char not in _LETTERS or _is_clia(value, place) else _MBI if mbi else _LETTERS)
            begun = begun or char in _LETTERS or (char.isdigit() and char != "0")
        places = [place for place, alphabet in enumerate(alphabets) if alphabet]
        shape = "".join(alphabet[:1] or char for alphabet, char in zip(alphabets, value.upper(), strict=True))
        digits = [alphabets[place].index(value[place].upper()) for place in places]
        changed = self._permuted(digits, [len(alphabets[place]) for place in places], shape)
        made = list(value)
        for place, digit in zip(places, changed, strict=True):
            char = alphabets[place][digit]
            made[place] = char.lower() if value[place].islower() else char
        return "".join(made)

    def _npi(self, value: str) -> str:
        """Ten digits that may be an NPI: a right check digit stays right, a wrong one wrong."""
        off = int(value[9]) - int(npi_with_check_digit(value[:9])[9])
        made = value[0] + "".join(map(str, self._permuted([int(char) for char in value[1:9]], [10] * 8, "npi")))
        return made + str((int(npi_with_check_digit(made)[9]) + off) % 10)

    def _permuted(self, digits: list[int], radices: list[int], shape: str) -> list[int]:
        """A number in mixed radix, moved in a secret circle through all of its shape: none stays, no two meet."""
        size = math.prod(radices)
        if size < 2:
            return digits
        number = 0
        for digit, radix in zip(digits, radices, strict=True):
            number = number * radix + digit
        side = math.isqrt(size - 1) + 1
        step = 1 + self._number(f"step {shape}", size - 1)
        number = self._walk((self._walk(number, size, side, shape, back=True) + step) % size, size, side, shape, back=False)
        made: list[int] = []
        for radix in reversed(radices):
            number, digit = divmod(number, radix)
            made.append(digit)
        return made[::-1]

    def _walk(self, number: int, size: int, side: int, shape: str, back: bool) -> int:
        """Four Feistel rounds on a square, again until the number is one of the shape."""
        while True:
            left, right = divmod(number, side)
            for turn in (3, 2, 1, 0) if back else (0, 1, 2, 3):
                if back:
                    left, right = (right - self._number(f"{turn} {shape} {left}", side)) % side, left
                else:
                    left, right = right, (left + self._number(f"{turn} {shape} {right}", side)) % side
            number = left * side + right
            if number < size:
                return number

    # Days and places -----------------------------------------------------------------------------------------------

    def day(self, on: date) -> date:
        """Some days earlier, but not before its quarter: codes stay valid. Order stays; what is to come stays to come."""
        first = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
        floor = max(first, self.today + timedelta(1)) if on > self.today else first
        return max(self._back(on), floor)

    def birth(self, on: date) -> date:
        """As many days earlier as all else; whoever is older than 90 is 90."""
        if on > self.today:
            return max(self._back(on), self.today + timedelta(1))
        return max(self._back(on), date(self.today.year - _OLDEST, 1, 1))

    def _back(self, on: date) -> date:
        return on - timedelta(min(self.days, on.toordinal() - 1))

    def zip(self, value: str) -> str:
        """The three-digit area; anything that is no ZIP code is masked."""
        if not re.fullmatch(r"[0-9]{5}([0-9]{4})?", value):
            return self.masked(value)
        return _SMALL_AREAS.get(value[:3], value[:3]) + "0" * (len(value) - 3)


def _is_clia(value: str, place: int) -> bool:
    return place == 2 and re.fullmatch(r"\d{2}D\d{7}", value) is not None
