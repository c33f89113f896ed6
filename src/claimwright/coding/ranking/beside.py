"""What stands around a code's words: the words next to them, and other codes that lay claim to the same words."""

from __future__ import annotations

import numpy as np

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
    first, last, strength = first.astype(np.int32), last.astype(np.int32), strength.astype(np.float32)  # small squares
    meets = (first[:, None] <= last) & (last[:, None] >= first)
    np.fill_diagonal(meets, False)
    size = last - first
    longer, shorter = size > size[:, None], size < size[:, None]
    around = (first <= first[:, None]) & (last >= last[:, None])
    inside = (first >= first[:, None]) & (last <= last[:, None])
    kinds = (meets & around & longer, meets & longer, meets & around & inside, meets & inside & shorter)
    return (*(np.where(kind, strength, np.float32(0)).max(1) for kind in kinds), meets.sum(1))
