"""The numbers we chose agree with each other and with what is computed from them."""

import tomllib
from pathlib import Path

from model.words import CHANNEL_FAMILY, FAMILIES, Family
from scoring import VERSION
from scoring.method import CREDITS, LIMITS, METHOD, WAIT_BINS
from scoring.tally import NEVER

ROOT = Path(__file__).parent.parent


def test_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_weights_make_a_hundred_and_the_credits():
    assert sum(METHOD.weights.value) == 100
    assert CREDITS == (100, 58, 16, 0)


def test_every_family_has_limits_and_each_is_a_bar_of_the_chart():
    assert set(LIMITS) == set(FAMILIES) == set(CHANNEL_FAMILY.values()) | {Family.AUDIT}
    for limits in LIMITS.values():
        assert limits.t1 < limits.t2 < limits.t3 == limits.horizon < NEVER
        assert {limits.t1, limits.t2, limits.t3} <= set(WAIT_BINS)
    assert list(WAIT_BINS) == sorted(set(WAIT_BINS))
    assert LIMITS[Family.SOCIAL].t1 == METHOD.limits_social.value[0]
    for family, choice in (
        (Family.SOCIAL, METHOD.limits_social),
        (Family.AUDIT, METHOD.limits_social),
        (Family.REVIEWS, METHOD.limits_reviews),
        (Family.SUPPORT, METHOD.limits_reviews),
        (Family.COMPLAINTS, METHOD.limits_complaints),
    ):
        limits = LIMITS[family]
        assert (limits.t1, limits.t2, limits.t3) == choice.value


def test_every_choice_has_its_reason():
    for name, choice in METHOD.choices().items():
        assert choice.why.endswith("."), name
        assert len(choice.why) > 20, name
