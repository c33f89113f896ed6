"""Where a cancer has spread to, as its wording tells: "metastatic lung cancer to brain and bone", "liver and lung metastases"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from claimwright.coding.joined_sites import sites_of
from claimwright.coding.lexicon import Hit

METASTASES = "metastases"  # the head of the table of conditions with a place
CANCERS = frozenset(
    (
        "cancer",
        "cancers",
        "carcinoma",
        "adenocarcinoma",
        "ca",
        "melanoma",
        "sarcoma",
        "tumor",
        "tumour",
        "neoplasm",
        "malignancy",
        "nsclc",
        "sclc",
        "rcc",
        "hcc",
        "scc",
        "gist",
        "seminoma",
        "lymphoma",
        "cholangiocarcinoma",
        "mesothelioma",
        "neuroblastoma",
    )
)
REACH = 9  # words from "metastatic" to the "to" that tells where
NEAR = 4  # words from there to the first place: "to the right lower lobe of lung"
ADDING = frozenset(("and", "the", "right", "left", "both", "bilateral", "multiple", "his", "her", "also", "to"))


# what is taken for a secondary site where only "metastatic" stands before it (ICD-10-CM, neoplasms described as metastatic)
SECONDARY = frozenset(("bone", "brain", "liver", "lymph node", "mediastinum", "meninges", "peritoneum", "pleura", "adrenal"))


APART = frozenset(("to", "in", "with", "from", "of", "at", "involving"))


def places_of(head: Hit, sites: list[Hit], words: list[str], commas: Sequence[int]) -> list[Hit] | None:
    """The places of a spread; None where the only place is the cancer's own: "metastatic breast cancer"."""
    ahead = words[head.last + 1 : head.last + 1 + REACH]
    if "to" in ahead:
        to = head.last + 1 + ahead.index("to")
        if to == head.last + 1 or not CANCERS.isdisjoint(words[head.first : to]):
            first = next((at for at, site in enumerate(sites) if to < site.first <= to + NEAR), -1)
            return _chain(sites, first, words, commas) if first >= 0 else []
    if found := _before(head, sites, words, commas):
        return found
    others = [site for site in sites if not _own(head, site, words)]
    return sites_of(head, others, words, commas) if others or not sites else None


def _own(head: Hit, site: Hit, words: list[str]) -> bool:
    """Whether a place is where the cancer comes from: "metastatic left breast cancer"."""
    between = words[head.last + 1 : site.first]
    if site.first <= head.last or site.entry.key in SECONDARY or len(between) > NEAR or not APART.isdisjoint(between):
        return False
    return not CANCERS.isdisjoint(words[site.last + 1 : site.last + 4])


def _chain(sites: list[Hit], first: int, words: list[str], commas: Sequence[int]) -> list[Hit]:
    """A place and those that commas or "and" add to it."""
    found = [sites[first]]
    for site in sites[first + 1 :]:
        if not _added(found[-1], site, words, commas):
            break
        found.append(site)
    return found


def _added(one: Hit, other: Hit, words: list[str], commas: Sequence[int]) -> bool:
    between = words[one.last + 1 : other.first]
    return ADDING.issuperset(between) and ("and" in between or any(one.last <= at < other.first for at in commas))


def _before(head: Hit, sites: list[Hit], words: list[str], commas: Sequence[int]) -> list[Hit]:
    """Several places right before the word: "liver, lung and bone metastases"; not that of the cancer itself."""
    found: list[Hit] = []
    for site in reversed(sites):
        if site.last >= head.first:
            continue
        right = site.last == head.first - 1 if not found else _added(site, found[0], words, commas)
        if not right or _of_cancer(site, words):
            break
        found.insert(0, site)
    joined = any("and" in words[a.last + 1 : b.first] for a, b in pairwise(found))
    return found if joined else []


def _of_cancer(site: Hit, words: list[str]) -> bool:
    """Whether a place is that of the cancer: "cancer of the colon"."""
    before = [word for word in words[max(0, site.first - 4) : site.first] if word not in ADDING]
    return len(before) > 1 and before[-1] in ("of", "in") and before[-2] in CANCERS
