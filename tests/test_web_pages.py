"""What the pages say, in each of the states a standing may be in."""

import pytest

from fixtures_web import getter, site
from web import words

ADDRESSES = (
    "/", "/?industry=banks", "/?family=reviews", "/?sort=wait", "/?sort=-name",
    "/industries", "/industries?family=reviews", "/industries/airlines",
    "/industries/banks?family=reviews", "/brands/northwind-air",
    "/brands/credit-elan", "/brands/sly-air", "/brands/tiny-bank",
    "/brands/one-day-air", "/brands/half-seen", "/brands/answered", "/search",
    "/search?q=air", "/editions", "/editions/2026-Q2",
    "/editions/2026-Q2/brands/northwind-air", "/editions/2026-Q3/industries",
    "/editions/2026-Q2/industries/airlines", "/editions/2026-Q3/method",
    "/editions/2026-Q3/sources", "/editions/2026-Q3/data", "/method", "/sources",
    "/data", "/about", "/patterns", "/audits", "/audits/do-they-answer-2026",
    "/editions/2026-Q2/audits", "/editions/2026-Q2/audits/do-they-answer-2026",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_keeps_the_house_rules(get, address):
    get(address)


def text(tag) -> str:
    return " ".join(tag.get_text(" ").split())


def row(page, name):
    (found,) = (
        each for each in page.select("tr.row") if each.select_one("th a").text == name
    )
    return found


def test_the_leaderboard_puts_the_ranked_first_and_the_others_under_their_own_line(get):
    page = get("/")
    ranked, others = page.select("table.standings tbody")
    assert [text(a) for a in ranked.select("th > a")] == [
        "Northwind Air", "Crédit Élan", "Sly <Air> & Söhne",
    ]  # fmt: skip
    assert text(others.select_one(".standings__group")) == "Listed, not ranked"
    assert [text(a) for a in others.select("th > a")] == [
        "Answered & Co", "Half Seen", "One Day Air", "Tiny Bank",
    ]  # fmt: skip


def test_every_number_of_a_row_has_its_interval_and_its_n(get):
    first = row(get("/"), "Northwind Air")
    cells = {td["class"][0]: text(td) for td in first.select("td")}
    assert cells == {
        "col-place": "1st to 2nd of 3 , surely in the upper third",
        "col-score": "Score 66 , between 61–71",
        "col-hundred": "80 of 100 within a day (75–85)",
        "col-wait": "Typical wait: 3 h 10 min 1 h 30 min to 6 h",
        "col-inquiries": "1,000 inquiries from 900 people",
    }


def test_the_bar_is_a_hundred_people(get):
    for svg in get("/").select("svg.bar"):
        people = [int(rect["width"]) for rect in svg.select("rect")]
        assert sum(people) == 100
    bar = row(get("/"), "Northwind Air").select_one("svg.bar")
    assert bar["aria-label"] == (
        "Of 100 people: 41 within an hour, 39 within a day, 3 within three days,"
        " 17 no answer by then"
    )


@pytest.mark.parametrize(
    ("name", "said", "score"),
    [
        ("Tiny Bank", "Too few to rank: 12 more inquiries from 7 more people", True),
        ("One Day Air", "came on a few days, as if all had come on only 4 days", True),
        ("Half Seen", "Withheld: we saw only 63 % of the period", False),
        ("Answered & Co", "only answered conversations", False),
    ],
)
def test_what_is_not_ranked_says_why(get, name, said, score):
    found = row(get("/"), name)
    assert said in text(found)
    assert bool(found.select(".whisker")) is score
    assert bool(found.select("svg.bar")) is score
    assert not found.select(".col-place b")


def test_answered_only_shows_its_wait_and_no_rate(get):
    said = text(row(get("/"), "Answered & Co"))
    assert "59 min among those answered" in said
    assert "of 100" not in said


def test_filters_say_in_a_sentence_what_is_chosen(get):
    page = get("/?industry=banks&sort=wait")
    assert text(page.select_one(".chosen")) == (
        "Showing 4 brands in Banks, written to on social networks, shortest typical"
        " wait first. Show all industries"
    )
    assert page.select_one(".chosen a")["href"] == "/?sort=wait"
    assert page.select_one("#industry option[selected]")["value"] == "banks"
    assert page.select_one("input[name=sort]")["value"] == "wait"


def test_families_are_never_mixed(get):
    page = get("/?family=reviews")
    assert [text(a) for a in page.select("tbody th > a")] == ["Northwind Air"]
    assert "within a week" in text(page.select_one(".key"))


def test_sorting_needs_no_script_and_can_be_turned(get):
    def names(address):
        return [text(a) for a in get(address).select("tbody th > a")]

    assert names("/?sort=name") == names("/?sort=-name")[::-1]
    waits = names("/?sort=wait")
    assert waits[:2] == ["Crédit Élan", "Answered & Co"]
    assert waits[-1] == "Half Seen"  # not known comes last, not first
    page = get("/?sort=wait")
    heading = page.select_one("th.col-wait")
    assert heading["aria-sort"] == "ascending"
    assert heading.a["href"] == "/?sort=-wait"
    assert get("/?sort=-wait").select_one("th.col-wait")["aria-sort"] == "descending"


def test_an_industry_ranks_its_own_brands(get):
    page = get("/industries/airlines")
    assert "1st of 2" in text(row(page, "Northwind Air"))
    assert "50 have an answer within a day" in text(page.select_one(".say"))
    assert "mean score of its 3 ranked brands is 40 (35–46)" in text(
        page.select_one(".sure")
    )


def test_an_industry_of_few_brands_has_no_score(get):
    found = row(get("/industries"), "Banks")
    assert "Fewer than three ranked brands, so no score" in text(found)
    assert not found.select(".whisker")
    assert "half had no answer" in text(found.select_one(".col-wait"))
    page = get("/industries")
    wait = text(row(page, "Airlines").select_one(".col-wait"))
    assert wait == "Typical wait: 15 h 10 h to 24 h"
    assert text(row(page, "Airlines").select_one("th small")) == "1st to 2nd of 2"
    assert "where the true figure lies, 95 % sure" in text(page.select_one(".key"))
    assert "Fewer than three" in text(get("/industries/banks").select_one(".sure"))


def test_a_brand_opens_with_a_sentence_to_repeat(get):
    page = get("/brands/northwind-air")
    assert text(page.select_one(".say")) == (
        "Of 100 people who write to Northwind Air on social networks, 83 get an answer"
        " within three days, 41 of them within an hour. Half of all who wrote had one"
        " within 3 h 10 min ."
    )
    assert "between 78 and 88 of 100" in text(page.select_one(".sure"))
    assert len(page.select(".dots circle")) == 2 * 100


def test_the_dots_and_the_sentence_are_the_same_people(get):
    page = get("/brands/northwind-air")
    dots = page.select_one(".dots")
    assert len(dots.select("circle:not(.tone-4)")) == 83
    assert len(dots.select("circle.tone-1")) == 41
    unsure = [i for i, dot in enumerate(dots.select("circle"))
              if "dots__unsure" in dot["class"]]  # fmt: skip
    assert (unsure[0], unsure[-1]) == (78, 87)


def test_a_brand_is_told_where_it_stands_and_where_to_write(get):
    page = get("/brands/northwind-air")
    facts = {text(d.dt): text(d.dd) for d in page.select(".family .facts > div")[:4]}
    assert (
        facts["Place on social networks"] == "1st to 2nd of 3 surely in the upper third"
    )
    assert facts["Place in Airlines"] == "1st of 2"
    assert facts["Score"] == "66 of 100; 95 % sure between 61 and 71 What the score is"
    assert page.select_one(".facts a")["href"] == "/method#score"
    advice = text(page.select_one(".advice"))
    assert advice.startswith(
        "Write on Bluesky. Answered within a day: Bluesky 90 of 100"
    )
    links = {a.text: a["href"] for a in page.select(".presences a")}
    assert links == {
        "northwind.example": "https://bsky.app/profile/northwind.example",
        "northwind@social.example": "https://social.example/@northwind",
    }
    jump = page.select_one('.first a[href="#write"]')
    assert jump.text == "Accounts to write to"
    assert page.select_one(f"h2{jump['href']}").text == "Where to write"


def test_a_brand_is_told_when_surely_fewer_have_an_answer(get):
    when = [text(each) for each in get("/brands/northwind-air").select(".first .sure")]
    assert (
        "At night surely fewer people have an answer within a day than on weekdays by"
        " day: 7 to 20 fewer of 100." in when
    )
    assert not any("weekend" in each for each in when), "its interval holds nought"
    said = text(get("/brands/sly-air").select_one(".first"))
    assert "surely" not in said, "more people have one at the weekend"


def test_each_channel_and_account_stands_apart(get):
    page = get("/brands/northwind-air")
    tables = page.select("table.plain:not(.plain--narrow)")
    table = next(each for each in tables if "channel by channel" in each.text)
    names = [text(th) for th in table.select("tbody th")]
    assert names == [
        "Bluesky",
        "Mastodon",
        "Mastodon: northwind@social.example",
        "Mastodon: help@social.example",
    ]
    waits = [text(tr.select("td")[2]) for tr in table.select("tbody tr")]
    assert waits[0] == "3 h 10 min 45 min to 4 h"
    assert waits[1] == "9 h 6 h to 15 h"
    assert waits[2:] == ["3 h 10 min", "3 h 10 min"], "accounts have no curve"


def test_a_brand_over_the_editions(get):
    table = get("/brands/northwind-air").select_one("table.history")
    lines = [text(tr) for tr in table.select("tbody tr")]
    assert lines[0].startswith("2026-Q3 (this edition) July to September 2026")
    assert lines[1].startswith("2026-Q2 April to June 2026")
    assert "60 , between 55–65" in lines[1]
    assert not get("/brands/tiny-bank").select("table.history")


def test_nobody_answered_is_said_without_arithmetic_tricks(get):
    page = get("/brands/sly-air")
    assert text(page.select_one(".say")) == (
        "Of 100 people who write to Sly <Air> & Söhne on social networks, none gets an"
        " answer within three days. More than half of all who wrote had none after"
        " three days ."
    )


@pytest.mark.parametrize("slug", ["half-seen", "answered"])
def test_withheld_figures_are_nowhere_on_the_page(get, slug):
    page = get(f"/brands/{slug}")
    assert not page.select(".dots, .whisker, .place, .advice")
    assert page.select_one(".state")
    assert "of 100" not in text(page.select_one("main"))


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("half-seen", "we have seen too little of it."),
        (
            "answered",
            "we know only of those who had an answer. Half of them had it within"
            " 59 min.",
        ),
    ],
)
def test_what_cannot_be_said_is_said_in_a_sentence(get, slug, said):
    page = get(f"/brands/{slug}")
    name = page.h1.text
    assert text(page.select_one(".say")) == (
        f"We cannot say how many people {name} answers on social networks: {said}"
    )


def test_what_was_seen_is_the_same_figure_wherever_it_stands(get):
    """Not 63 % in one place and 64 % in another."""
    page = get("/brands/half-seen")
    assert "we saw only 63 % of the period" in text(page.select_one(".state"))
    assert "we saw 63 % of the period" in text(page.select_one(".facts"))
    assert words.seen(0.7999) == words.per_cent(79)
    assert words.seen(0.9999) == words.per_cent(99)


def test_a_citation_is_set_as_it_is_to_be_copied(get):
    for address in ("/brands/northwind-air", "/data"):
        cited = get(address).select_one(".cite i")
        assert cited.text == "Answerable, edition 2026-Q3"
        assert "*" not in cited.parent.text


def test_the_chart_and_the_table_hold_the_same_figures(get):
    import json

    import plotly.graph_objects as go

    page = get("/brands/northwind-air")
    figure = page.select_one("figure.chart")
    data = json.loads(figure.select_one(".chart__data").text)
    table = figure.find_next_sibling("details")
    rows = [
        [text(cell) for cell in tr.select("th, td")] for tr in table.select("tbody tr")
    ]
    bars = [text(t) for t in figure.select(".chart__figure")]
    assert data["data"][0]["y"] == [row[0] for row in rows]
    assert [f"{n:,}" for n in data["data"][0]["x"]] == [row[1] for row in rows] == bars
    assert sum(data["data"][0]["x"]) == 1_000
    assert rows[-1] == ["no answer by then", "170", ""]
    assert rows[-2][2] == "830"
    # Plotly itself must accept every word of it
    go.Figure(data=data["data"], layout=data["layout"])
    assert "template" not in data["layout"]


def test_the_citation_is_inside_the_picture(get):
    figure = get("/brands/northwind-air").select_one("figure.chart")
    cited = text(figure.select_one(".chart__cite"))
    assert "Answerable, edition 2026-Q3" in cited
    assert "method 1" in cited
    assert "/editions/2026-Q3/brands/northwind-air" in cited
    title = text(figure.select_one("figcaption"))
    assert title == (
        "Northwind Air 1,000 inquiries on social networks, by time to the first answer"
    )


def test_a_name_cannot_break_out_of_the_chart(get):
    figure = get("/brands/sly-air").select_one("figure.chart")
    assert "<" not in figure.select_one(".chart__data").decode_contents()
    assert "Sly <Air>" in figure.select_one("figcaption").text
    assert not figure.select("air")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("northwind", "Northwind Air"),
        ("Nortwind Ayr", "Northwind Air"),
        ("credit elan", "Crédit Élan"),
        ("CREDIT ÉLAN", "Crédit Élan"),
        ("southwind airways", "Northwind Air"),
        ("sohne", "Sly <Air> & Söhne"),
        ("banks", "Banks"),
    ],
)
def test_search_forgives_accents_spelling_and_old_names(get, asked, first):
    found = get(f"/search?q={asked}").select(".found li")
    assert text(found[0].a) == first


def test_search_says_why_a_former_name_matched(get):
    assert "formerly Southwind Airways" in text(
        get("/search?q=southwind").select_one(".found li")
    )


@pytest.mark.parametrize("asked", ["zzzzqqqq", "%F0%9F%92%A9", "...", "%00"])
def test_search_without_a_hit_says_so(get, asked):
    page = get(f"/search?q={asked}")
    assert not page.select(".found")


def test_a_pinned_page_stays_in_its_edition(get):
    page = get("/editions/2026-Q2/brands/northwind-air")
    assert "60" in text(page.select_one(".facts"))
    inner = [a["href"] for a in page.select(".top a, .crumb a, .foot__nav a")]
    assert all(href.startswith("/editions/2026-Q2") for href in inner)
    assert page.select_one(".older a")["href"] == "/brands/northwind-air"
    assert not get("/brands/northwind-air").select(".older")


def test_the_editions_are_a_chain(get):
    page = get("/editions")
    newer, older = ([text(td) for td in tr] for tr in page.select("tbody tr"))
    newer, older = ([cell for cell in row if cell] for row in (newer, older))
    assert newer[:5] == ["2026-Q3", "July to September 2026", "7", "1,290", "1"]
    assert newer[5:7] == ["1" * 12, "2" * 12]
    assert newer[7] == older[8]
    assert older[7] == "none: the first"
    assert newer[9] == older[9] == "holds"
    assert "All 2 links hold" in text(page)
    assert "answerable verify 2026-Q3.zip" in text(page)


def test_the_method_page_prints_every_choice(get):
    from scoring.method import METHOD

    page = get("/method")
    said = text(page.select_one("main"))
    for choice in METHOD.choices().values():
        assert " ".join(choice.why.split()) in said
    assert "how often it is right stands below" in said
    assert "174" in said


def test_every_choice_of_the_method_has_a_title():
    from scoring.method import METHOD
    from web.views.method import TITLES

    assert set(METHOD.choices()) <= set(TITLES)


def test_every_reason_to_leave_out_has_words():
    from model import Reason
    from web.views.method import LEFT_OUT

    names = {reason.name.lower() for reason in Reason if reason != Reason.COUNTED}
    assert set(LEFT_OUT) == names | {"other_kind", "same_day"}


def test_sources_say_what_failed_and_since_when(get):
    page = get("/sources")
    said = text(page.select_one("section.source--failing"))
    assert said.startswith("Mastodon The last look had a problem.")
    assert "social.example did not answer <in time>" in said
    assert "last complete: 4 October 2026" in said
    assert "Why it is off No budget is set" in text(page.select_one("main"))
    assert "1 source has a problem now" in text(page.select_one(".lede")).replace(
        "\u00a0", " "
    )


def test_a_long_table_has_pages(world_var, monkeypatch, get):
    from web.views import listing

    monkeypatch.setattr(listing, "PAGE", 2)
    fresh = getter(site(world_var))
    second = fresh("/?page=2")
    assert text(second.select_one(".pager")) == (
        "3 to 4 of 7 brands Previous page Next page"
    )
    before, after = (a["href"] for a in second.select(".pager a"))
    assert (before, after) == ("/", "/?page=3")
    assert fresh("/?page=4").select(".pager a[rel=prev]")
    assert "no page 5" in text(fresh("/?page=5", 404).select_one("main"))


def test_nothing_measured_says_so_and_how_to_begin(empty, tmp_path):
    fetch = getter(empty)
    for address in ("/", "/industries", "/brands/any", "/search?q=x", "/data"):
        page = fetch(address)
        assert text(page.h1) == "Nothing has been measured yet"
        assert "answerable publish" in text(page.select_one("main"))
    for address in ("/about", "/method", "/sources", "/patterns"):
        fetch(address)
    fetch("/editions/2026-Q3", 404)
    fetch("/nope", 404)
    assert not (tmp_path / "nowhere").exists(), "reading must make no file"


@pytest.mark.slow
def test_sample_data_says_so_on_every_page(sample_var):
    fetch = getter(site(sample_var))
    for address in ("/", "/industries", "/method", "/sources", "/data", "/editions"):
        notice = fetch(address).select_one(".notice")
        assert text(notice).startswith("Sample data: fictional brands.")
        assert notice.a["href"] == "/about#measure"
    assert fetch("/about").select("#measure")
    brand = fetch("/").select_one("tbody th a")["href"]
    assert not fetch(brand).select(".presences a"), "fictional accounts lead nowhere"
    fetch("/nope", 404)
