"""Which place on the body a condition speaks of, where both stand apart in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from claimwright.coding.lexicon import Hit, Lexicon
from claimwright.coding.tables import word_list

BEFORE = 2  # words that may stand between a site and the condition after it: "knee joint pain"
AFTER = 9  # between a condition and the site after it: "laceration to the dorsal aspect of the left hand"
LINKING = frozenset(word_list("linking"))
JOINED = frozenset(word_list("joined"))
FIRST = attrgetter("first")


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that lie inside another."""
    if len(hits) < 2:
        return list(hits)
    kept = [
        a for a in hits if not any(b.first <= a.first and a.last <= b.last and a.last - a.first < b.last - b.first for b in hits)
    ]
    kept.sort(key=FIRST)
    return kept


def sites_of(head: Hit, sites: list[Hit], words: list[str], commas: Sequence[int]) -> list[Hit]:
    """The body sites a condition word speaks of."""
    before = [site for site in sites if site.last < head.first and head.first - site.last - 1 <= BEFORE]
    inside = [site for site in sites if head.first <= site.first and site.last <= head.last]
    after = [site for site in sites if head.last < site.first and _linked(head, site, words)]
    if inside:
        return inside[-1:]
    if before and after and before[-1].last in commas and not any(head.last <= at < after[0].first for at in commas):
        before = []  # "burn of the right hand, burn of the left palm"
    if before and head.first - before[-1].last - 1 <= (0 if after else BEFORE):
        return before[-1:]
    if not after:
        return []
    chosen = [after[0]]
    for site in after[1:]:
        between = words[chosen[-1].last + 1 : site.first]
        if len(between) <= 3 and between and all(word in JOINED for word in between) and "and" in between:
            chosen.append(site)
        elif chosen == [after[0]] and not between:
            chosen = [site] if site.entry.words > chosen[0].entry.words else chosen
        else:
            break
    return chosen


def narrowest(found: list[Hit], sites: list[Hit], words: list[str], table: Lexicon) -> list[Hit]:
    """A site beside the found one that is part of it says more: "distal phalanx of the right middle finger"."""
    if len(found) != 1:
        return found
    site = found[0]
    for other in sites:
        first, last = sorted((site, other), key=lambda hit: hit.first)
        between = words[first.last + 1 : last.first]
        near = len(between) <= 4 and all(word in LINKING or word in JOINED or word == "distal" for word in between)
        if other is not site and near and "and" not in between and table.broader.get(other.entry.key) == site.entry.key:
            return [other]
    return found


def _linked(head: Hit, site: Hit, words: list[str]) -> bool:
    between = words[head.last + 1 : site.first]
    return len(between) <= 2 or (len(between) <= AFTER and any(word in LINKING for word in between))


def code_at(table: Lexicon, head: str, site: str) -> str:
    """The code of a condition at a place, or at the wider one that holds it."""
    codes = table.sited[head]
    seen: set[str] = set()
    while site and site not in seen:
        if site in codes:
            return codes[site]
        seen.add(site)
        site = table.broader.get(site, "")
    return ""
