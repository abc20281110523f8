"""What would move a brand up, on its page."""


def text(tag):
    return " ".join(tag.get_text(" ").split())


def test_the_larger_gain_is_named_and_nothing_is_forecast(get):
    heading = get("/brands/northwind-air").find(id="whatif-social")
    said = text(heading.find_next("p"))
    assert said.startswith(
        "Ten more of 100 answered, as fast as it answers now would help Northwind Air"
        " most: the score would be 72 instead of 66."
    )
    assert "nothing is forecast" in said
    rows = heading.find_next("table").select("tbody tr")
    assert [text(row) for row in rows] == [
        "As it is 66 (61–71) 1st of 3",
        "Ten more of 100 answered, as fast as it answers now 72 (67–77) 1st of 3",
        "Every answer an hour sooner 68 (63–73) 1st of 3",
    ]


def test_where_nothing_would_help_it_is_said(get):
    heading = get("/brands/sly-air").find(id="whatif-social")
    assert "Neither would move the score" in text(heading.find_next("p"))
    assert len(heading.find_next("table").select("tbody tr")) == 2


def test_the_unranked_are_told_nothing(get):
    assert get("/brands/half-seen").find(id="whatif-social") is None


def test_the_table_to_take_away(client):
    rows = client.get("/brands/northwind-air/whatif.json").json["rows"]
    assert [row["change"] for row in rows] == ["now", "more", "sooner"]
    assert rows[1] == {
        "slug": "northwind-air", "family": "social", "change": "more", "score": 72.2,
        "score_low": 67.0, "score_high": 77.0, "place": 1, "of": 3,
    }  # fmt: skip
    assert client.get("/brands/nobody/whatif.csv").status_code == 404
