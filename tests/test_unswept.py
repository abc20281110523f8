"""Python's search for cycles rests while many rows are read, and only then."""

import gc

import pytest

from store.base import unswept


def test_it_rests_inside_and_goes_on_behind():
    assert gc.isenabled()
    with unswept():
        assert not gc.isenabled()
        with unswept():
            assert not gc.isenabled()
        assert not gc.isenabled(), "whoever is further out still reads"
    assert gc.isenabled()


def test_it_goes_on_after_a_fault_too():
    with pytest.raises(ValueError, match="no rows"), unswept():
        raise ValueError("no rows")
    assert gc.isenabled()
