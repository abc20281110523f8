"""The chart of a brand's waits, as its page and its pictures show it."""

from model.rows import Standing
from web import charts, words
from web.desk import Desk
from web.parts import Chart


def chart(desk: Desk, row: Standing) -> Chart | None:
    """None where there is nothing to draw."""
    path = f"/brands/{row.slug}"
    return charts.waits(
        row,
        words.family_place(row.family),
        desk.cite(row.name, path),
        f"waits-{row.family}",
        desk.static("plotly.js"),
        desk.pictures(f"{path}/waits", row.family),
    )
