"""Colours and strokes of pictures: the light tokens of the style sheet, by name.

A picture that leaves the site takes no style sheet along, so that every mark says its
own colours. A test holds them against ``static/look.css``.
"""

TOKENS = {
    "paper": "#fbfaf7",
    "ink": "#1b1d1f",
    "soft": "#575a5c",
    "rule": "#d8d6ce",
    "accent": "#a8451a",
    "tone-1": "#103f52",
    "tone-2": "#3c8799",
    "tone-3": "#a9cfd6",
    "tone-4": "#e5e1d6",
    "edge": "#8d8f8c",
    "heat-0": "#f4f2ec",
    "heat-1": "#d6e6e8",
    "heat-2": "#a3cad2",
    "heat-3": "#2f7285",
    "heat-4": "#103f52",
}
FAMILY = "Noto Sans, system-ui, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"

Look = dict[str, str]


def _stroke(token: str, width: str = "1", dashes: str = "", fill: str = "") -> Look:
    look = {
        "fill": TOKENS[fill] if fill else "none",
        "stroke": TOKENS[token],
        "stroke-width": width,
    }
    return look | ({"stroke-dasharray": dashes} if dashes else {})


def _text(token: str, size: str) -> Look:
    return {"fill": TOKENS[token], "font-size": size}


LOOKS: dict[str, Look] = {
    "": _text("ink", "14"),
    "chart-label": _text("ink", "13"),
    "mark-soft": _text("soft", "12"),
    "mark-grid": _stroke("rule"),
    "mark-edge": _stroke("edge", dashes="4 4"),
    "mark-line": _stroke("tone-1", "2"),
    "mark-other": _stroke("edge"),
    "mark-line mark-beside": _stroke("soft", "1.5", "6 4"),
    "mark-dotted": _stroke("tone-1", "2", "2 5"),
    "mark-band": {"fill": TOKENS["tone-3"], "fill-opacity": ".45"},
    "mark-spot": _stroke("paper", fill="tone-2"),
    "mark-spot--this": _stroke("paper", fill="accent"),
    "mark-spot mark-spot--inside": _stroke("tone-2", "2", fill="paper"),
    "mark-range": {"fill": TOKENS["tone-2"]},
    "mark-day": _stroke("edge"),
    "mark-day mark-day--none": _stroke("accent", dashes="2 2"),
    "mark-heat mark-heat--none": {"fill": "none"},
    **{f"tone-{n}": {"fill": TOKENS[f"tone-{n}"]} for n in (1, 2, 3)},
    "tone-4": _stroke("edge", fill="tone-4"),
    **{
        f"mark-heat mark-heat-{shade}": _stroke("paper", fill=f"heat-{shade}")
        for shade in range(5)
    },
    **{
        f"mark-on-heat-{shade}": _text("paper" if shade > 2 else "ink", "12")
        for shade in range(5)
    },
}
"""Attributes of a mark by the classes it has in a page."""
