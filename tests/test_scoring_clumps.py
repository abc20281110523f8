"""Inquiries put together by day or person, counted in plain Python beside it."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring import clumps
from scoring.clumps import Cells, counted_cells, keyed, people_of

FOUND = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 3)), max_size=30
)
FAR = st.sampled_from([0, 2**22])
"""What is added to each unit: many places make sorting the cheaper way."""


def columns(found):
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1].astype(np.int32), table[:, 2].astype(np.int32)


def told(cells: Cells):
    return {
        (int(entity), int(unit)): classes.tolist()
        for entity, unit, classes in zip(
            cells.entity, cells.unit, cells.classes, strict=True
        )
    }


def expected(found):
    counts: dict[tuple[int, int], list[int]] = {}
    for line, unit, credit in sorted(found):
        counts.setdefault((line, unit), [0, 0, 0, 0])[credit] += 1
    return counts


@given(FOUND, FAR)
def test_cells_are_those_of_plain_python(found, far):
    found = [(line, unit + far, credit) for line, unit, credit in found]
    cells = counted_cells(*columns(found), 6)
    assert told(cells) == expected(found)
    assert list(told(cells)) == list(expected(found))  # in the same order


@given(FOUND, st.booleans())
def test_people_of_one_inquiry_are_counted_and_others_listed(found, ascending):
    if ascending:
        found = sorted(found, key=lambda each: each[1])
    line, author, credit = columns(found)
    people = people_of(line, author, credit, 6)
    alone: Counter[tuple[int, int]] = Counter()
    crowds = []
    for (entity, _), classes in expected(found).items():
        if sum(classes) == 1:
            alone[entity, classes.index(1)] += 1
        else:
            crowds.append((entity, classes))
    assert crowds == list(
        zip(people.entity.tolist(), people.classes.tolist(), strict=True)
    )
    assert people.alone.tolist() == [
        [alone[entity, credit] for credit in range(4)] for entity in range(6)
    ]


def test_a_number_is_short_where_it_fits():
    line, value = np.array([0, 1023]), np.array([7, 2**22 - 1], dtype=np.int32)
    short, long = keyed(line, 1024, 22, value), keyed(line, 1025, 22, value)
    assert (short.dtype, long.dtype) == (np.uint32, np.int64)
    assert short.tolist() == long.tolist() == [7, 2**32 - 1]


def test_many_places_are_not_counted_one_by_one():
    assert clumps.SPARSE * 30 < 6 * 2**22
