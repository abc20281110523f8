"""How fast an answer comes: response curves of brands, channels and industries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from model.rows import Standing
from model.words import Level, Status
from scoring.method import LIMITS, METHOD, Limits
from web import words
from web.desk import Desk
from web.drawing import drawing
from web.parts import Block, Cell, Drawing, Link, Table
from web.tables import Data
from web.tongue import t, tn
from web.views.details import crossing
from web.views.details.curve_drawing import (
    FOOT_PX,
    HEAD_PX,
    TALL,
    TIMES,
    Curve,
    dashes,
    figure,
    of_hundred,
    panel,
    stack,
)

COLUMNS = (
    "slug", "family", "channel", "of", "waited_s", "part", "share", "share_low",
    "share_high", "n", "still_watched",
)  # fmt: skip


def brand(desk: Desk, row: Standing) -> Block | None:
    """The curve of a brand in a family."""
    said = desk.book.details(Level.BRAND, row.slug).get(("curve", row.family, ""))
    if said is None:
        return None
    curve = read(row, row.name, said)
    where = words.family_place(row.family)
    return Block(
        id=f"curve-{row.family}",
        title=t("How fast an answer comes"),
        text=_text(desk, curve, row, row.name, where),
        drawing=_drawing(desk, curve, where, f"/brands/{row.slug}", row.family),
        table=_table(curve, where),
        folded=True,
        links=_links(desk, f"/brands/{row.slug}/curve"),
    )


def channels(desk: Desk, row: Standing) -> Block | None:
    """The curves of a brand's channels in a family, where it has several."""
    told = desk.book.details(Level.CHANNEL, row.slug)
    names = desk.channels()
    curves = [
        read(line, names.get(line.channel, line.channel), told[key])
        for line in sorted(
            desk.book.channels(row.slug), key=lambda line: -line.inquiries
        )
        if (key := ("curve", row.family, line.channel)) in told
    ]
    if not curves:
        return None
    where = words.family_place(row.family)
    return Block(
        id=f"curves-{row.family}",
        title=t("How fast, channel by channel"),
        drawing=_panels(desk, curves, row, where),
        table=side_by_side(
            curves,
            t(
                "%(name)s %(where)s, channel by channel: of 100, answered by then",
                name=row.name,
                where=where,
            ),
        ),
        folded=True,
        links=desk.downloads(f"/brands/{row.slug}/curve"),
    )


def industry(desk: Desk, slug: str, family: str) -> Block | None:
    """The pooled curve of an industry, beside the mean of all industries."""
    row = desk.book.industries.get(family, {}).get(slug)
    said = desk.book.details(Level.INDUSTRY, slug).get(("curve", family, ""))
    if row is None or said is None:
        return None
    curve = read(row, t(row.name), said)
    number, shares = _mean(desk, family)
    beside = list(zip(TIMES, shares, strict=False))
    dashed = dashes(number) if beside else ()
    where = words.family_place(family)
    who = t("brands in %(industry)s", industry=t(row.name))
    return Block(
        id=f"curve-{family}",
        title=t("How fast an answer comes"),
        text=(*_text(desk, curve, row, who, where), *dashed),
        drawing=_drawing(
            desk, curve, where, f"/industries/{slug}", family, beside, dashed
        ),
        table=_table(curve, where, [share for _, share in beside]),
        folded=True,
        links=_links(desk, f"/industries/{slug}/curve"),
    )


def read(row: Standing, name: str, said: Mapping[str, Any]) -> Curve:
    """What the edition says, with the printed waits of the standing. Older editions
    may know more times than are read now; they are left out."""
    share, low, high = (
        tuple(value / 10_000 for value in said.get(end, ())[: len(TIMES)])
        for end in ("share", "low", "high")
    )
    return Curve(
        name=name,
        n=said["n"],
        share=share,
        low=low,
        high=high,
        seen=tuple(said.get("seen", ())),
        inside=sum(time <= row.t3_s for time in TIMES[: len(share)]),
        limits=(row.t1_s, row.t2_s, row.t3_s),
        median=row.median_wait_s,
        p90=row.p90_wait_s,
        answered_only=row.status == Status.ANSWERED_ONLY,
    )


def _text(
    desk: Desk, curve: Curve, row: Standing, who: str, where: str
) -> tuple[str, ...]:
    basis = words.counted(curve.n, "inquiry", "inquiries")
    if curve.answered_only:
        return (
            t(
                "Of %(inquiries)s to %(who)s %(where)s that we know to have been"
                " answered within %(limit)s: what part had the answer by then, in per"
                " cent. We know only answered conversations here, so the line ends at"
                " 100 %% whatever is left unanswered, and it has no interval.",
                inquiries=basis,
                who=who,
                where=where,
                limit=words.limit(row.t3_s),
            ),
        )
    first = t(
        "Of 100 people who write to %(who)s %(where)s, how many have an answer by then?"
        " The upright lines are the three limits of the score: %(limits)s. The pale"
        " band is where the true share lies, %(sure)s sure at each moment by itself,"
        " from %(basis)s.",
        who=who,
        where=where,
        limits=words.listed([words.limit(limit) for limit in curve.limits]),
        sure=words.percent(METHOD.confidence.value),
        basis=_weighed(row, basis),
    )
    if curve.median:
        half = t("The point on the line at 50 is the typical wait.")
        first = f"{first} {half}"
    sure = crossing.sure(desk.book, row)
    if sure:
        wait = words.typical_wait(row)
        half = t("The typical wait is %(wait)s; %(sure)s.", wait=wait, sure=sure)
        first = f"{first} {half}"
    return (first, *_dotted(curve, row))


def _weighed(row: Standing, basis: str) -> str:
    """Clumps, in words; nothing where the edition withholds it."""
    if row.n_eff is None or round(row.n_eff) >= row.inquiries:
        return basis
    return tn(
        "%(inquiries)s that came in clumps and say as much as %(n)s independent one",
        "%(inquiries)s that came in clumps and say as much as %(n)s independent ones",
        round(row.n_eff),
        inquiries=basis,
    )


def _dotted(curve: Curve, row: Standing) -> tuple[str, ...]:
    if not curve.seen:
        return ()
    return (
        t(
            "Beyond %(limit)s the line is dotted: an estimate from those still without"
            " an answer whom we went on watching (after %(wait)s we still watched"
            " %(seen)s of %(all)s). It is not part of any share, score or place.",
            limit=words.limit(row.t3_s),
            wait=words.duration(curve.times[-1]),
            seen=words.number(curve.seen[-1]),
            all=words.number(curve.n),
        ),
    )


def _links(desk: Desk, path: str) -> tuple[Link, ...]:
    return (
        *desk.downloads(path),
        Link(t("How the curve is made"), desk.url("/method") + "#curve"),
    )


def _drawing(
    desk: Desk,
    curve: Curve,
    where: str,
    path: str,
    family: str,
    beside: Sequence[tuple[int, float]] = (),
    dashed: Sequence[str] = (),
) -> Drawing:
    return drawing(
        f"curve-{family}-drawing",
        name=curve.name,
        of=_of(curve, where),
        marks=panel(curve, TALL, beside),
        height=HEAD_PX + TALL + FOOT_PX,
        cite=desk.cite(curve.name, path),
        figure=figure(curve, TALL, beside),
        foot=FOOT_PX,
        script=desk.static("plotly.js"),
        **_told(curve, dashed),
        takes=desk.pictures(f"{path}/curve", family),
    )


def _told(curve: Curve, dashed: Sequence[str]) -> dict[str, str]:
    """What a picture of the curve says beside its title; ``dashed``: of the line that
    it is compared with, if there is one."""
    unit, n = t("of 100 inquiries"), t("%(n)s inquiries", n=words.number(curve.n))
    if curve.answered_only:
        unit = t("% of answered inquiries")
        n = t("%(n)s answered inquiries", n=words.number(curve.n))
    notes = [t("Upright lines: the three limits of the score.")]
    if curve.low:
        sure = words.percent(METHOD.confidence.value)
        notes.append(
            t("Pale band: %(sure)s interval at each moment by itself.", sure=sure)
        )
    if len(curve.share) > curve.inside:
        notes.append(t("Dotted: an estimate beyond the horizon."))
    notes += dashed
    if curve.point and not curve.answered_only:
        notes.append(t("The point on the line at 50 is the typical wait."))
    return {"unit": unit, "n": n, "note": " ".join(notes)}


def _of(curve: Curve, where: str) -> str:
    return words.beside(_what(curve, where), f"n = {words.number(curve.n)}")


def _what(curve: Curve, where: str) -> str:
    if curve.answered_only:
        return t(
            "The answer was there by then, in %% of answered inquiries %(where)s",
            where=where,
        )
    return t("Answered by then, of 100 inquiries %(where)s", where=where)


def _panels(desk: Desk, curves: Sequence[Curve], row: Standing, where: str) -> Drawing:
    marks, height = stack([(titled(curve), curve) for curve in curves])
    return drawing(
        f"curves-{row.family}-drawing",
        name=row.name,
        of=t("Answered by then, of 100 inquiries %(where)s, by channel", where=where),
        marks=marks,
        height=height,
        cite=desk.cite(row.name, f"/brands/{row.slug}"),
        unit=t("of 100 inquiries; % of the answered where only those are known"),
        n=words.counted(sum(curve.n for curve in curves), "inquiry", "inquiries"),
        note=t("Pale bands: intervals at each moment by itself, where known."),
        takes=desk.pictures(f"/brands/{row.slug}/channels", row.family),
    )


def titled(curve: Curve) -> str:
    """What stands above one of several panels."""
    title = f"{curve.name}, {words.counted(curve.n, 'inquiry', 'inquiries')}"
    if curve.answered_only:
        return t("%(curve)s, answered only", curve=title)
    return title


def _table(curve: Curve, where: str, beside: Sequence[float] = ()) -> Table:
    share = t("% of the answered") if curve.answered_only else t("Answered, of 100")
    more = (t("All industries"),) if beside else ()
    return Table(
        caption=words.titled(curve.name, _what(curve, where)),
        headings=(t("Waited"), share, t("Still watched"), *more),
        rows=tuple(_rows(curve, beside)),
        narrow=True,
    )


def _rows(curve: Curve, beside: Sequence[float]) -> Iterable[tuple[Cell, ...]]:
    for at, time in enumerate(curve.times):
        watched = _watched(curve, at)
        more = (
            (
                Cell(
                    text=of_hundred(beside[at]) if at < len(beside) else "", number=True
                ),
            )
            if beside
            else ()
        )
        yield (
            Cell(
                text=words.duration(time),
                note=t("estimate") if at >= curve.inside else "",
            ),
            _share(curve, at),
            Cell(text="" if watched is None else words.number(watched), number=True),
            *more,
        )


def _share(curve: Curve, at: int) -> Cell:
    note = ""
    if curve.low:
        ends = (of_hundred(curve.low[at]), of_hundred(curve.high[at]))
        note = words.RANGE.join(ends)
    return Cell(text=of_hundred(curve.share[at]), number=True, note=note)


def _watched(curve: Curve, at: int) -> int | None:
    """Everybody within the horizon. None: nothing is known of the unanswered."""
    if curve.answered_only:
        return None
    return curve.n if at < curve.inside else curve.seen[at - curve.inside]


def side_by_side(curves: Sequence[Curve], caption: str) -> Table:
    """A column a curve; blank where one has ended."""
    longest = max(len(curve.share) for curve in curves)
    return Table(
        caption=caption,
        headings=(t("Waited"), *(curve.name for curve in curves)),
        rows=tuple(
            (
                Cell(text=words.duration(TIMES[at])),
                *(
                    _share(curve, at) if at < len(curve.share) else Cell(text="")
                    for curve in curves
                ),
            )
            for at in range(longest)
        ),
        narrow=len(curves) < 4,
    )


def _mean(desk: Desk, family: str) -> tuple[int, list[float]]:
    """Of how many industries, and its shares; none where there is no such line."""
    said = desk.book.details(Level.INDUSTRY, "").get(("curve", family, ""))
    if said is None:
        return 0, []
    return said["n"], [value / 10_000 for value in said["share"]]


def brand_table(desk: Desk, slug: str) -> Data:
    """One line a point, of each family and of its channels. Raises NotHere."""
    return brands_table(desk, [slug])


def brands_table(desk: Desk, slugs: Iterable[str]) -> Data:
    """The same, brand by brand."""
    points: list[tuple[Any, ...]] = []
    for slug in slugs:
        desk.book.known(slug)
        points += _points(desk, slug, Level.BRAND)
    return Data(COLUMNS, tuple(points), desk.about())


def industry_table(desk: Desk, slug: str) -> Data:
    """The same of an industry; slug '' is the mean of all. Raises NotHere."""
    desk.book.industry_known(slug)
    return Data(COLUMNS, tuple(_points(desk, slug, Level.INDUSTRY)), desk.about())


def _points(desk: Desk, slug: str, level: Level) -> Iterable[tuple[Any, ...]]:
    more = (slug, Level.CHANNEL) if level is Level.BRAND else ("", level)
    for whose, at in ((slug, level), more):
        told = dict(desk.book.details(at, whose))
        for (topic, family, channel), said in told.items():
            if topic == "curve":
                key = (whose or None, family, channel or None, said.get("of", "all"))
                yield from _lines(key, LIMITS_OF[family], said)


LIMITS_OF: dict[str, Limits] = {
    family.value: limits for family, limits in LIMITS.items()
}


def _lines(
    key: tuple[Any, ...], limits: Limits, said: Mapping[str, Any]
) -> Iterable[tuple[Any, ...]]:
    """``n`` are inquiries; of a mean of industries it is these."""
    shares, seen = said["share"], said.get("seen", ())
    inside = sum(time <= limits.t3 for time in TIMES[: len(shares)])
    rated = "low" in said
    for at, time in enumerate(TIMES[: len(shares)]):
        late = at >= inside
        yield (
            *key,
            time,
            "estimate" if late else "count",
            shares[at] / 10_000,
            said["low"][at] / 10_000 if rated else None,
            said["high"][at] / 10_000 if rated else None,
            said["n"],
            (seen[at - inside] if late else said["n"]) if rated else None,
        )
