"""Where to write: what is said of a brand's channels, and how sure it is."""

import pytest

from fixtures_web import REVIEWS, SOCIAL, line
from model.rows import Standing
from model.words import DAY
from web.views.standing import advice

NAMES = {"a": "Bluesky", "b": "Mastodon", "c": "Google Play", "d": "Discourse"}


def ranked(channel, share, low, high, n=200):
    ends = {"share_t2": share, "share_t2_low": low, "share_t2_high": high}
    return channel_of(channel, inquiries=n, authors=n, **{
        name: value / 100 for name, value in ends.items()
    })  # fmt: skip


def channel_of(channel, **changes):
    changes = {**SOCIAL, "level": "channel", "channel": channel, **changes}
    return Standing(edition_id=1, **line("x", "X", "banks", **changes))


FEW = channel_of("b", status="too_few", inquiries=38, authors=23)
OF_SHARES = "Answered within a day: "


@pytest.mark.parametrize(
    ("others", "lead"),
    [
        (
            [("b", 41, 33, 50), ("c", 18, 12, 25)],
            "Bluesky and Mastodon surely answer more people than Google Play; which of"
            " the two answers more is not sure.",
        ),
        (
            [("b", 41, 33, 50), ("c", 18, 12, 25), ("d", 9, 5, 14)],
            "Bluesky and Mastodon surely answer more people than Google Play and"
            " Discourse; which of the two answers more is not sure.",
        ),
        (
            [("b", 41, 33, 50), ("d", 40, 31, 49), ("c", 18, 12, 25)],
            "Bluesky, Mastodon and Discourse surely answer more people than Google"
            " Play; which of the better ones answers most is not sure.",
        ),
        (
            [("b", 30, 20, 40), ("c", 18, 12, 25)],
            "Bluesky surely answers more people than Google Play; for Mastodon that is"
            " not sure.",
        ),
        (
            [("d", 41, 34, 48), ("b", 30, 20, 40), ("c", 18, 12, 25)],
            "Bluesky and Discourse surely answer more people than Google Play; for"
            " Mastodon that is not sure.",
        ),
        ([("b", 28, 23, 34), ("c", 18, 12, 25)], "Write on Bluesky."),
        (
            [("b", 41, 33, 50), ("c", 30, 20, 35)],
            "No channel surely answers more people than the others.",
        ),
    ],
)
def test_what_is_sure_of_channels_is_said_and_nothing_more(others, lead):
    channels = [*(ranked(*each) for each in others), ranked("a", 42, 35, 49)]
    said = advice(channels, NAMES)
    assert said.lead == lead
    assert said.rest.startswith(f"{OF_SHARES}Bluesky 42 of 100 (35–49, 200\u00a0inq")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (FEW, "Too few to rank: 12 more inquiries from 7 more people needed."),
        (
            channel_of("b", status="answered_only", inquiries=90),
            "No rate: this source holds only answered conversations.",
        ),
        (
            ranked("b", 90, 85, 95).model_copy(
                update={**REVIEWS, "t1_s": 2 * DAY, "t2_s": 5 * DAY}
            ),
            "The shortest wait counted there is two days.",
        ),
    ],
)
def test_a_channel_that_is_not_compared_says_why(other, why):
    said = advice([ranked("a", 42, 35, 49), other], NAMES)
    assert said.lead == "It cannot be said which channel answers more people."
    assert said.rest.replace("\u00a0", " ") == (
        f"{OF_SHARES}Bluesky 42 of 100 (35–49, 200 inquiries). Not compared: Mastodon."
        f" {why}"
    )


def test_it_says_so_beside_channels_that_are_compared_too():
    said = advice([FEW, ranked("a", 42, 35, 49), ranked("c", 18, 12, 25)], NAMES)
    assert said.lead == "Write on Bluesky."
    assert "Google Play 18 of 100" in said.rest
    assert "Not compared: Mastodon. Too few to rank" in said.rest


def test_no_figure_is_said_of_channels_none_of_which_is_known():
    other = channel_of("c", status="low_coverage", coverage=0.634)
    said = advice([FEW, other], NAMES)
    assert said.lead == "It cannot be said which channel answers more people."
    assert said.rest.startswith("Not compared: Mastodon. Too few to rank")
    assert "Not compared: Google Play. Withheld: we saw only 63" in said.rest
    assert "of 100" not in said.rest


def test_nothing_is_advised_where_there_are_no_two_channels():
    assert advice([], NAMES) is None
    assert advice([ranked("a", 42, 35, 49)], NAMES) is None
