"""When X is listened to: drawn by lot, as long as the budget lasts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from collectors.channels.x.asking import LONGEST, any_of
from collectors.channels.x.sampling import SHORTEST, UNKNOWN, Plan, Stretch, stretch

HOUR, DAY = 3_600, 86_400
SECRET = b"a secret of sixteen"


@given(day=st.integers(0, 40_000), lasting=st.integers(1, DAY))
def test_a_stretch_begins_on_its_day_and_is_the_same_for_all(day, lasting):
    drawn = stretch("Acme", day, lasting, SECRET)
    assert drawn == stretch("acme", day, lasting, SECRET)
    assert drawn.since // DAY == day
    assert drawn.until - drawn.since == min(lasting, DAY)


def test_stretches_are_spread_over_the_day_and_known_to_nobody_outside():
    hours = Counter(
        stretch("acme", day, 600, SECRET).since % DAY // HOUR for day in range(2_400)
    )
    assert len(hours) == 24
    assert all(60 < n < 145 for n in hours.values())
    other = [stretch("acme", day, 600, b"another secret") for day in range(50)]
    assert other != [stretch("acme", day, 600, SECRET) for day in range(50)]


def test_how_long_is_listened_to_follows_from_what_there_was():
    assert Plan().lasting(5) == UNKNOWN
    busy = Plan().learnt(1_000, 1_000)
    assert busy.lasting(5) == SHORTEST
    assert busy.lasting(1_001) == 1_000
    assert Plan().learnt(0, 900).lasting(60) == DAY
    assert busy.learnt(0, 1_000).posts == 800


def test_a_plan_is_kept_and_read_again():
    plan = Plan(5, (Stretch(1, 2),), 1.5, 3.0, {"1": "2"})
    assert Plan.read(plan.said()) == plan
    assert Plan.read(None) == Plan()


def test_each_day_is_drawn_once():
    first = Plan().draw("acme", Stretch(10, 12), 5, SECRET)
    assert (first.drawn, len(first.ahead)) == (11, 2)
    assert first.draw("acme", Stretch(11, 12), 5, SECRET) == first
    assert first.draw("acme", Stretch(9, 11), 5, SECRET) == first
    assert len(first.draw("acme", Stretch(11, 14), 5, SECRET).ahead) == 4


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 50)), max_size=5))
def test_parts_cover_what_was_drawn_once(drawn):
    plan = Plan(ahead=tuple(Stretch(s, s + n) for s, n in drawn))
    parts = list(plan.parts(20, 80))
    covered = [second for part in parts for second in range(*part)]
    wanted = {n for s, until in plan.ahead for n in range(s, until) if 20 <= n < 80}
    assert sorted(wanted) == covered


@given(st.lists(st.text("abc ", min_size=1, max_size=60), max_size=40))
def test_questions_are_as_long_as_they_may_be_and_no_longer(terms):
    questions = list(any_of("always", terms))
    assert all(len(each) <= LONGEST for each in questions)
    said = [
        term
        for each in questions
        for term in each.removeprefix("always (").removesuffix(")").split(" OR ")
    ]
    assert said == terms
