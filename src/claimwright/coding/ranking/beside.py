"""What stands around a code's words: the words next to them, and other codes that lay claim to the same words."""

from __future__ import annotations

import numpy as np

from claimwright.coding.ranking import runs
from claimwright.coding.ranking.words import Text

BESIDE = (
    *("before_taken", "before_times", "after_taken", "after_times", "span"),
    *("rival_around", "rival_longer", "rival_same", "rival_inside", "rivals"),
)


def neighbors(
    text: Text, first: np.ndarray, last: np.ndarray, taken: np.ndarray, times: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, ...]:
    """How often annotators took the word before and the one after, how often each stands in the corpus, and words between."""
    share, sentence = np.where(np.isnan(taken), 0.0, taken), text.sentences
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, len(text.words) - 1)
    earlier = (before < first) & (sentence[before] == sentence[first])
    later = (after > last) & (sentence[after] == sentence[last])
    return (
        np.where(earlier & ~edges[0, first], share[before], 0.0),
        np.where(earlier, times[before], -1),
        np.where(later & ~edges[1, last], share[after], 0.0),
        np.where(later, times[after], -1),
        last - first,
    )


def rivals(first: np.ndarray, last: np.ndarray, strength: np.ndarray) -> tuple[np.ndarray, ...]:
    """The strongest other code whose words hold these, are more, are the same, lie within; and how many share any."""
    strength, reach = strength.astype(np.float32), int(last.max()) + 1
    places, place = np.unique(first * reach + last, return_inverse=True)
    first, last = np.divmod(places, reach)
    order = np.lexsort((-strength, place))
    begin = runs.starts(place[order])
    count = runs.sizes_of(begin, len(order))
    best = strength[order[begin]]
    same = best[place]
    same[order[begin]] = np.where(count > 1, strength[order[np.minimum(begin + 1, len(order) - 1)]], 0)

    one, other = runs.meeting(first, last)
    size = last - first
    longer, shorter = size[other] > size[one], size[other] < size[one]
    around = (first[other] <= first[one]) & (last[other] >= last[one])
    inside = (first[other] >= first[one]) & (last[other] <= last[one])

    def most(kind: np.ndarray) -> np.ndarray:
        found = np.zeros(len(places), dtype=np.float32)
        np.maximum.at(found, one[kind], best[other[kind]])
        return found[place]

    meets = np.bincount(one, weights=count[other], minlength=len(places)) + count - 1
    return most(around & longer), most(longer), same, most(inside & shorter), meets[place]
