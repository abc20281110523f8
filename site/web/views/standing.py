"""A brand's standing as a brand's page says it: the sentence, its figures, a quote, and
where to write."""

from collections.abc import Mapping, Sequence

from model.rows import Standing
from model.words import DAY, Status
from scoring.method import METHOD
from web import build, words
from web.book import Book
from web.desk import Desk
from web.pages import Say
from web.parts import Advice, Fact, Link, Place, Share
from web.tongue import t, tn
from web.views.details import crossing

Compared = tuple[Standing, int]
"""A channel, and which of its three limits is a day."""


def quote(desk: Desk, row: Standing) -> str:
    """The row in one sentence that is right by itself: what, when, how sure, of what,
    and the range of its places."""
    edition = desk.book.edition
    when = words.period(edition.day_from, edition.day_to)
    share, place = build.share(row, 2), build.place(row)
    where = f"{row.name} {words.family_place(row.family)}, {when}"
    n = words.counted(row.inquiries, "inquiry", "inquiries")
    if share is None:
        why = words.status(row) or t("figures are withheld")
        return t("%(where)s: %(why)s (%(n)s).", where=where, why=why, n=n)
    said = t(
        "%(where)s: %(share)s of 100 people had an answer within %(limit)s"
        " (%(interval)s %(ends)s; %(n)s)",
        where=where,
        share=share.text,
        limit=share.limit,
        interval=words.interval(),
        ends=share.interval,
        n=n,
    )
    if place is None:
        return t("%(said)s; not ranked.", said=said)
    low, high = words.ordinal(row.rank_low or 1), words.ordinal(row.rank_high or 1)
    if low == high:
        return t(
            "%(said)s, in %(place)s place of %(of)s.",
            said=said,
            place=low,
            of=place.ranked,
        )
    return t(
        "%(said)s, between %(low)s and %(high)s place of %(of)s.",
        said=said,
        low=low,
        high=high,
        of=place.ranked,
    )


def say(desk: Desk, row: Standing) -> Say | None:
    """The sentence, from the same hundred people as the dots. None: withheld."""
    quick, all_in = build.share(row, 1), build.share(row, 3)
    if quick is None or all_in is None:
        return None
    return Say(
        where=words.family_place(row.family),
        answered=_answered(all_in),
        limit=t("within %(limit)s", limit=all_in.limit),
        first="" if all_in.text == "0" else _quick(quick),
        half=_half(row),
        wait=words.limit(row.t3_s)
        if row.median_wait_s is None
        else words.duration(row.median_wait_s),
        sure=_based_on(desk, row, all_in),
    )


def unsaid(row: Standing) -> str:
    """What a reader is told where shares are withheld; '' where they are not, and where
    ``words.status`` says it all."""
    where = words.family_place(row.family)
    if row.status == Status.LOW_COVERAGE:
        return t(
            "We cannot say how many people %(name)s answers %(where)s: we have seen too"
            " little of it.",
            name=row.name,
            where=where,
        )
    if row.status != Status.ANSWERED_ONLY:
        return ""
    said = t(
        "We cannot say how many people %(name)s answers %(where)s: we know only of"
        " those who had an answer.",
        name=row.name,
        where=where,
    )
    if row.median_wait_s is None:
        return said
    half = t(
        "Half of them had it within %(wait)s.", wait=words.duration(row.median_wait_s)
    )
    return f"{said} {half}"


def _answered(share: Share) -> str:
    if share.text == "0":
        return t("none gets an answer")
    return t("%(n)s get an answer", n=share.text)


def _quick(share: Share) -> str:
    return t("%(n)s of them within %(limit)s", n=share.text, limit=share.limit)


def _based_on(desk: Desk, row: Standing, share: Share) -> str:
    edition = desk.book.edition
    said = t(
        "Based on %(inquiries)s from %(people)s, %(when)s.",
        inquiries=words.counted(row.inquiries, "inquiry", "inquiries"),
        people=words.counted(row.authors, "person", "people"),
        when=words.period(edition.day_from, edition.day_to),
    )
    sure = words.true_share(share.interval)
    return f"{said} {sure}"


def _half(row: Standing) -> str:
    if row.median_wait_s is None:
        return t("More than half of all who wrote had none after")
    return t("Half of all who wrote had one within")


def facts(desk: Desk, row: Standing) -> tuple[Fact, ...]:
    industry = desk.industry(row.industry)
    found = []
    overall, within = build.place(row), build.place(row, in_industry=True)
    if overall:
        label = t("Place %(where)s", where=words.family_place(row.family))
        found.append(
            Fact(label=label, value=overall.words, note=_third(overall), place=overall)
        )
    if within:
        label = t("Place in %(industry)s", industry=industry)
        found.append(
            Fact(label=label, value=within.words, note=_third(within), place=within)
        )
    score = build.score(row)
    if score:
        note = t(
            "of 100; %(sure)s sure between %(ends)s",
            sure=words.percent(METHOD.confidence.value),
            ends=words.between(score.interval),
        )
        found.append(
            Fact(
                label=t("Score"),
                value=score.text,
                note=note,
                score=score,
                about=Link(t("What the score is"), desk.url("/method") + "#score"),
            )
        )
    return (*found, *_waiting(desk.book, row), *_seen(row))


def _third(place: Place) -> str:
    if not place.third:
        return ""
    return t("surely in the %(third)s", third=place.third)


def _waiting(book: Book, row: Standing) -> list[Fact]:
    found = []
    if words.wait_known(row):
        note = words.wait_note(row) or t("half of all who wrote had an answer by then")
        found.append(
            Fact(
                label=t("Typical wait"),
                value=words.typical_wait(row),
                note=words.beside(note, crossing.sure(book, row)),
            )
        )
    if row.p90_wait_s is not None:
        nine = words.duration(row.p90_wait_s)
        label = t("Nine in ten had an answer within")
        sure = crossing.sure(book, row, crossing.NINE)
        found.append(Fact(label=label, value=nine, note=sure))
    if row.posts_per_reply is not None:
        found.append(
            Fact(
                label=t("Posts per reply"),
                value=words.decimal(row.posts_per_reply),
                note=t("its own posts for each answer it gives"),
            )
        )
    return found


def from_people(row: Standing) -> str:
    people = words.counted(row.authors, "person", "people")
    return t("from %(people)s", people=people)


def _seen(row: Standing) -> list[Fact]:
    notes = [from_people(row)]
    if row.lost:
        notes.append(tn("%(n)s lost to view", "%(n)s lost to view", row.lost))
    if row.coverage is not None:
        seen = words.seen(row.coverage)
        notes.append(t("we saw %(seen)s of the period", seen=seen))
    value = words.number(row.inquiries)
    return [Fact(label=t("Inquiries"), value=value, note=words.beside(*notes))]


def advice(channels: list[Standing], names: Mapping[str, str]) -> Advice | None:
    """Where to write: channels whose share within a day is known are compared, and one
    is surely better only when its whole interval lies above; of the others it is said
    why they are not compared. None: there are no two channels."""
    if len(channels) < 2:
        return None
    known = sorted(
        ((row, limit) for row in channels if (limit := _day_limit(row))),
        key=lambda pair: -getattr(pair[0], f"share_t{pair[1]}"),
    )
    said = words.beside(*(_in_a_day(row, limit, names) for row, limit in known))
    figures = t("Answered within a day: %(said)s.", said=said) if known else ""
    left = (_left(row, names) for row in channels if not _day_limit(row))
    return Advice(
        lead=_lead(known, names), rest=" ".join(filter(None, (figures, *left)))
    )


def _lead(known: Sequence[Compared], names: Mapping[str, str]) -> str:
    """What is sure of the channels that are compared, given the best first."""
    if len(known) < 2:
        return t("It cannot be said which channel answers more people.")
    low, _ = _ends(known[0])
    worse = [pair for pair in known if _ends(pair)[1] < low]
    close = [pair for pair in known if pair not in worse]
    if not worse:
        return t("No channel surely answers more people than the others.")
    if len(close) == 1:
        return t("Write on %(channel)s.", channel=_listed(close, names))
    highest = max(_ends(pair)[1] for pair in worse)
    better = [pair for pair in close if _ends(pair)[0] > highest]
    unsure = [pair for pair in close if pair not in better]
    return _surely(len(better), *(_listed(of, names) for of in (better, worse, unsure)))


def _surely(count: int, better: str, worse: str, unsure: str) -> str:
    """``count``: how many are better. ``unsure``: those of which it is not sure on
    which side they are; '' where all are on one."""
    if unsure:
        return tn(
            "%(better)s surely answers more people than %(worse)s; for %(unsure)s that"
            " is not sure.",
            "%(better)s surely answer more people than %(worse)s; for %(unsure)s that"
            " is not sure.",
            count,
            better=better,
            worse=worse,
            unsure=unsure,
        )
    if count == 2:
        return t(
            "%(better)s surely answer more people than %(worse)s; which of the two"
            " answers more is not sure.",
            better=better,
            worse=worse,
        )
    return t(
        "%(better)s surely answer more people than %(worse)s; which of the better ones"
        " answers most is not sure.",
        better=better,
        worse=worse,
    )


def _ends(pair: Compared) -> tuple[float, float]:
    """Of the interval of the share within a day."""
    row, limit = pair
    return getattr(row, f"share_t{limit}_low"), getattr(row, f"share_t{limit}_high")


def _listed(pairs: Sequence[Compared], names: Mapping[str, str]) -> str:
    return words.listed([names.get(row.channel, row.channel) for row, _ in pairs])


def _left(row: Standing, names: Mapping[str, str]) -> str:
    """Why a channel is not compared with others, in whole sentences."""
    shortest = words.limit(build.limits(row)[0])
    why = words.status(row) or t(
        "The shortest wait counted there is %(limit)s", limit=shortest
    )
    channel = names.get(row.channel, row.channel)
    return t("Not compared: %(channel)s. %(why)s.", channel=channel, why=why)


def _day_limit(row: Standing) -> int | None:
    """Which of the row's three limits is a day, if its share there may be said."""
    if row.status != Status.RANKED:
        return None
    limits = build.limits(row)
    number = limits.index(DAY) + 1 if DAY in limits else None
    return number if number and build.share(row, number) else None


def _in_a_day(row: Standing, limit: int, names: Mapping[str, str]) -> str:
    share = build.share(row, limit)
    assert share is not None
    return t(
        "%(channel)s %(share)s of 100 (%(interval)s, %(n)s)",
        channel=names.get(row.channel, row.channel),
        share=share.text,
        interval=share.interval,
        n=words.counted(row.inquiries, "inquiry", "inquiries"),
    )
