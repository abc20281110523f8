"""How far back a round reads a list of reviews, and which lists are none."""

from collectors import reviews


def listing(*pages: list[int], more: bool = True) -> list[reviews.Page]:
    """Pages with reviews of these seconds."""
    return [
        reviews.Page(
            reviews=[
                reviews.Review(id=str(at), author=str(at), at=at, stars=1)
                for at in page
            ],
            more=more or number < len(pages) - 1,
        )
        for number, page in enumerate(pages)
    ]


def test_a_list_is_read_until_it_is_old_enough():
    said = reviews.listed(iter(listing([9, 8], [7, 6], [5, 4])), 7, "here")
    assert [each.at for each in said.reviews] == [9, 8, 7]
    assert said.problem == ""


def test_a_list_that_ends_is_at_its_end_where_lists_do():
    pages = listing([9, 8], [7], more=False)
    assert reviews.listed(iter(pages), 1, "here").problem == ""
    broken = reviews.listed(iter(pages), 1, "here", ends=False)
    assert broken.problem == "here: the list broke off after 3 reviews"
    assert len(broken.reviews) == 3


def test_a_list_that_repeats_itself_is_not_read_for_ever():
    said = reviews.listed(iter(listing([9, 8], [9, 8], [9, 8])), 1, "here")
    assert said.problem == "here: the list repeats itself after 2 reviews"


def test_a_list_too_long_for_a_round_is_given_up_on():
    pages = listing(*([at] for at in range(1_000, 0, -1)))
    said = reviews.listed(iter(pages), 1, "here")
    assert said.problem == f"here: more than {reviews.MOST_PAGES} reviews for one round"
    assert said.busy
