"""Every cell of the office-visit table: problems x data x risk, and every minute of the time bands.

CPT E/M guidelines 2021 (office visits) and 2023 (all others), "Levels of medical decision making": straightforward = minimal
problems, minimal or no data, minimal risk; low; moderate; high. Two of the three elements must be met or exceeded, so a visit
has the highest level that at least two of its elements reach. New patients: 99202-99205, established 99212-99215.
"""

from __future__ import annotations

from itertools import product

import pytest

from claimwright.coding.em_table import data_level, from_elements, from_time

CELLS = list(product(range(1, 5), repeat=3))


def highest_two_reach(elements: tuple[int, ...]) -> int:
    """The rule in its own words: the highest column that at least two of three elements reach (1 straightforward .. 4 high)."""
    return max(column for column in range(1, 5) if sum(element >= column for element in elements) >= 2)


def test_the_table_has_sixty_four_cells():
    assert len(set(CELLS)) == 64


@pytest.mark.parametrize("cell", CELLS, ids=["-".join(map(str, cell)) for cell in CELLS])
def test_a_cell_has_the_level_that_two_of_three_elements_reach(cell):
    """Level 2 is straightforward, 5 is high (99202/99212 .. 99205/99215)."""
    assert from_elements(*cell) == highest_two_reach(cell) + 1


# CPT 2024 and later: the least total minutes on the date of the encounter ("must be met or exceeded")
LEAST = {True: {2: 15, 3: 30, 4: 45, 5: 60}, False: {2: 10, 3: 20, 4: 30, 5: 40}}


@pytest.mark.parametrize("new", [True, False], ids=["new", "established"])
@pytest.mark.parametrize("minutes", range(0, 76))
def test_every_minute_has_the_level_whose_least_time_it_meets(minutes, new):
    reached = [level for level, least in LEAST[new].items() if minutes >= least]
    assert from_time(minutes, new) == max(reached, default=0)


# Data: category 1 = tests, notes, historian (moderate: any 3; limited: any 2, or the historian alone), category 2 = independent
# interpretation, category 3 = discussion with an external professional. Extensive: two of the three categories.
AMOUNTS = list(product(range(0, 5), (False, True), (False, True), (False, True)))


@pytest.mark.parametrize("amount", AMOUNTS, ids=["-".join(str(int(part)) for part in amount) for amount in AMOUNTS])
def test_every_amount_of_data_has_its_level(amount):
    tests, historian, interpretation, discussion = amount
    met = [tests + historian >= 3, interpretation, discussion].count(True)
    limited = tests >= 2 or historian
    assert data_level(*amount) == (4 if met >= 2 else 3 if met == 1 else 2 if limited else 1)
