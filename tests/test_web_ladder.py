"""What a brand's answers are worth, on its page and to take away."""

import csv
import io


def block(page):
    """The sentences and the table under the heading of the block."""
    start = page.select_one("#ladder-social")
    said = [p.get_text(" ", strip=True) for p in start.find_next_siblings("p")][:2]
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
    assert "and at least 47 % (42–52) one that says something of the matter" in said
    assert "Of 800 answers that could be judged, 130 had nearly the same words" in said
    assert [row[1:] for row in rows] == [
        ["470", "47 (42–52)"],
        ["200", "20 (16–24)"],
        ["130", "13 (10–17)"],
        ["30", ""],
        ["170", ""],
    ]
    assert sum(int(row[1]) for row in rows) == 1_000


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
    assert "93 got an answer that says something of the matter" in said
    assert "nothing can be said" in said
    assert [row[1] for row in rows] == ["93", "60", "20", "0"]


def test_a_brand_without_judged_answers_has_no_such_part(get):
    assert not get("/brands/credit-elan").select("#ladder-social")


def test_the_table_to_take_away(client):
    answer = client.get("/brands/northwind-air/ladder.csv")
    assert answer.status_code == 200
    text = "\n".join(
        line for line in answer.text.splitlines() if not line.startswith("#")
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["step"], r["answers"], r["share"], r["share_low"]) for r in rows] == [
        ("substantive", "470", "0.47", "0.418"),
        ("redirect", "200", "0.2", "0.162"),
        ("canned", "130", "0.13", "0.101"),
        ("unjudged", "30", "", ""),
    ]
    told = client.get("/brands/answered/ladder.json").get_json()
    assert "answered" in str(told)
    assert client.get("/brands/nobody/ladder.csv").status_code == 404
