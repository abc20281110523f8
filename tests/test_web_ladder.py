"""What a brand's answers are worth, on its page and to take away."""

import csv
import io
from contextlib import closing

from fixtures_web import channels, fill, getter, site
from settings import Settings
from store import Store


def block(page, ident="ladder-social", sentences=2):
    """The sentences and the table under the heading of the block."""
    heading = page.select_one(f"#{ident}")
    start = heading.parent if heading.parent.name == "summary" else heading
    paragraphs = start.find_next_siblings("p")[:sentences]
    said = [p.get_text(" ", strip=True) for p in paragraphs]
    rows = start.find_next("table").select("tbody tr")
    cells = [[c.get_text(" ", strip=True) for c in r.select("th, td")] for r in rows]
    return " ".join(said).replace("\N{NO-BREAK SPACE}", " "), cells


def test_both_shares_stand_beside_each_other_each_with_its_interval(get):
    page = get("/brands/northwind-air")
    said, rows = block(page)
    assert "Of 1,000 inquiries to Northwind Air on social networks" in said
    assert (
        "got an answer that no machine is known to have sent within three days" in said
    )
    assert "and at least 52 % (48–56) one that says something of the matter" in said
    assert (
        "Such an answer came within an hour to at least 21 % (18–24) and within a day"
        " to at least 45 % (41–49)."
    ) in said
    assert "Of 800 answers that could be judged, 130 had nearly the same words" in said
    assert [row[1:] for row in rows] == [
        ["470", "47 (42–52)"],
        ["200", "20 (16–24)"],
        ["130", "13 (10–17)"],
        ["30", ""],
        ["170", ""],
    ]
    assert sum(int(row[1]) for row in rows) == 1_000


def test_how_many_answers_call_the_person_by_name(get):
    said, _ = block(get("/brands/northwind-air"), sentences=4)
    assert said.endswith(
        "Of 800 answers whose words were read, 412 called the person by name: 52 %"
        " (47–56)."
    )
    said, _ = block(get("/brands/answered"), sentences=3)
    assert said.endswith("12 answers whose words were read, 0 called the person by"
                         " name: 0 % (0–26).")  # fmt: skip
    assert "by name" not in get("/brands/sly-air").get_text()


def test_an_older_edition_knows_of_first_answers_alone(get):
    said, _ = block(get("/brands/northwind-air"), "ladder-reviews")
    assert "and 50 % (37–63) one that says something of the matter" in said
    assert "Such an answer came" not in said
    assert "Only the first answer is looked at" in said


def test_copies_among_requests_are_said_to_be_there(get):
    said, _ = block(get("/brands/northwind-air"))
    assert "a copy that only asks to go on in private is not among them" in said
    assert "Only the first answer is looked at" not in said


def test_too_few_judged_answers_make_no_share(get):
    said, rows = block(get("/brands/sly-air"))
    assert (
        "Too few answers of Sly <Air> & Söhne on social networks could be judged"
        in said
    )
    assert [row[1:] for row in rows] == [
        ["0", ""], ["0", ""], ["1", ""], ["9", ""], ["80", ""]
    ]  # fmt: skip


def test_of_answered_conversations_there_is_no_share_of_all(get):
    said, rows = block(get("/brands/answered"))
    assert "Of 173 answered inquiries to Answered & Co" in said
    assert "96 got an answer that says something of the matter" in said
    assert "nothing can be said" in said
    assert [row[1] for row in rows] == ["93", "60", "20", "0"]


def test_a_brand_none_of_whose_answers_was_judged_says_so(get):
    start = get("/brands/credit-elan").select_one("#ladder-social")
    said = start.find_next("p").get_text(" ", strip=True)
    assert said.startswith("That we do not know of Crédit Élan on social networks")
    assert "because we had no words of theirs, or none in a language we read" in said
    assert "Each counts as an answer" in said


def test_where_nobody_was_answered_or_nothing_is_known_nothing_is_said(get):
    assert not get("/brands/half-seen").select("#ladder-social"), "figures withheld"
    older = get("/editions/2026-Q2/brands/northwind-air")
    assert not older.select("#ladder-social"), "it has no details at all"


def test_answers_that_could_not_be_judged_are_explained(get):
    said, _ = block(get("/brands/northwind-air"), sentences=3)
    assert "30 answers could not be judged, because we had no words of theirs" in said
    assert "They count as answers" in said
    said, _ = block(get("/brands/answered"), sentences=3)
    assert "could not be judged" not in said.replace("that could be judged", "")


def test_imported_answers_say_that_files_have_no_words(tmp_path):
    with closing(Store(Settings(var=tmp_path, database_url="").database)) as store:
        fill(store)
        rows = channels()
        for row in rows:
            row.how = "imported"
        store.put_channels(rows)
    page = getter(site(tmp_path))("/brands/northwind-air")
    said, _ = block(page, sentences=3)
    assert "because the files they were imported from give no words of theirs" in said


def test_each_channel_has_a_line(get):
    _, rows = block(get("/brands/northwind-air"), "ladders-social")
    assert rows == [
        ["Bluesky", "600", "67 (60–73)", "17 (12–22)", "5 (3–8)"],
        ["Mastodon", "400", "not known", "not known", "not known"],
    ]
    said, _ = block(get("/brands/northwind-air"), "ladders-social", sentences=1)
    assert "counts any answer within three days, as the figure above does" in said
    assert not get("/brands/sly-air").select("#ladders-social")


def test_an_industry_says_what_its_brands_answers_are_worth(get):
    said, rows = block(get("/industries/airlines"))
    assert (
        "Of 1,400 inquiries on social networks to the 3 brands in Airlines most of"
        " whose answers could be judged, at least 40 % (35–45) got one within three"
        " days that says something of the matter."
    ) in said
    assert (
        "Of 831 answers that could be judged, 180 had nearly the same words as answers"
        " to others: 22 % (18–26). Of these, 49 only asked to go on in private, and the"
        " table has them under such requests. The table goes by the first answer"
    ) in said
    assert [row[1:] for row in rows][0] == ["500", "36 (31–41)"]
    assert not get("/industries/banks").select("#ladder-social")


def test_the_table_to_take_away(client):
    answer = client.get("/brands/northwind-air/ladder.csv")
    assert answer.status_code == 200
    text = "\n".join(
        line for line in answer.text.splitlines() if not line.startswith("#")
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    social = [row for row in rows if row["family"] == "social"]
    whole = [row for row in social if not row["channel"]]
    assert [(r["step"], r["answers"], r["share"], r["share_low"]) for r in whole] == [
        ("substantive", "470", "0.47", "0.418"),
        ("redirect", "200", "0.2", "0.162"),
        ("canned", "130", "0.13", "0.101"),
        ("unjudged", "30", "", ""),
        ("substantive_t1", "210", "0.21", "0.18"),
        ("substantive_t2", "450", "0.45", "0.41"),
        ("substantive_t3", "520", "0.52", "0.475"),
        ("by_name", "412", "0.515", "0.47"),
    ]
    assert [row["inquiries"] for row in whole] == ["1000"] * 7 + ["800"]
    mastodon = [row for row in rows if row["channel"] == "mastodon"]
    assert [(r["inquiries"], r["share"]) for r in mastodon] == [
        *[("400", "")] * 7,
        ("300", "0.5"),
    ]
    trade = client.get("/industries/airlines/ladder.json").get_json()["rows"]
    assert [(r["step"], r["answers"]) for r in trade][0] == ("substantive", 500)
    assert client.get("/industries/nowhere/ladder.csv").status_code == 404
    told = client.get("/brands/answered/ladder.json").get_json()["rows"]
    assert {row["of"] for row in told} == {"answered"}
    assert [(r["step"], r["answers"], r["share"]) for r in told][-2:] == [
        ("substantive_t3", 96, None), ("by_name", 0, 0.0)
    ]  # fmt: skip
    assert client.get("/brands/nobody/ladder.csv").status_code == 404
