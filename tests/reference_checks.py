"""Our figures beside independent ones, as tables: what docs/reference-checks.md prints.

The references were computed by other people's code (pandas, lifelines) from the same
public files; neither is part of the project. A test holds the page to these tables;
``WRITE_TABLES=1 pytest tests/test_reference_checks.py`` writes them into it anew.
"""

import io
import math
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from collectors import hashing
from collectors.channels import google_play
from convert_twcare_ibm import convert
from fixtures_store import ROOT, SHARED
from jobs import registry
from jobs.importing import ImportReport, import_files
from jobs.publishing import publish
from jobs.standings import standings
from model import DAY
from settings import Settings
from store import Store

PAGE = ROOT / "docs" / "reference-checks.md"
DATA = SHARED / "data"
REFERENCE = DATA / "reference"
TWCS = {
    "pritul1520": DATA / "twcs" / "pritul2_twcs_test.csv",
    "catarina1000": DATA / "twcs" / "catarina_mdias" / "sample_head_1000.csv",
    "kaggle_sample93": DATA / "twcs" / "kaggle_sample.csv",
}
PLAY = DATA / "appreviews" / "winterlimited_google_play_reviews.csv"
IBM = DATA / "twcare_ibm" / "dev.json"
HORIZON = 3 * DAY
EVEN = "the reference takes the upper of two middle waits"
LATE = "answers after 72 h do not count"
UNANSWERED = "the unanswered are not in our median"


@contextmanager
def imported(format: str, path: Path) -> Iterator[tuple[Store, ImportReport]]:
    """A fresh store with the project's registry and one file in it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        store = Store(settings.database)
        try:
            store.migrate()
            registry.load(store)
            (report,) = import_files(store, settings, format, [path])
            yield store, report
        finally:
            store.close()


def rows(store: Store) -> pl.DataFrame:
    """What was stored: channel, account, key, wait (null: unanswered), asked_at."""
    return store._database.select(
        "SELECT account.channel, account.account, inquiry.key, inquiry.found_by,"
        " inquiry.asked_at, inquiry.answered_at - inquiry.asked_at AS wait"
        " FROM inquiry JOIN account ON account.id = inquiry.account_id"
    )


def by_account(store: Store, stored: pl.DataFrame) -> pl.DataFrame:
    """`standings --by account --kind all --count messages` over the whole span."""
    asked = stored["asked_at"]
    first, last = asked.min(), asked.max()
    assert isinstance(first, int)
    assert isinstance(last, int)
    edition = publish(store, first // DAY, last // DAY + 1)
    return standings(store, edition.name, by="account", kind="all", count="messages")


def lower_median(waits: Sequence[float]) -> float | None:
    """The k-th wait, k = ceil(n / 2)."""
    return sorted(waits)[(len(waits) + 1) // 2 - 1] if waits else None


# Customer Support on Twitter


def twcs_inquiries(name: str, stored: pl.DataFrame) -> pl.DataFrame:
    """Every opening of a file, ours and the reference's, and how the two compare.

    brand and theirs: of the reference (null: unattributed, unanswered); account and
    wait: ours; what: one of the words of ``twcs_summary``.
    """
    path = REFERENCE / f"twcs_{name}_inquiries.csv"
    theirs = pl.read_csv(path, infer_schema=False, empty_string_is_null=True)
    both = theirs.select(
        key=hashing.keys(theirs["tweet_id"]),
        brand="brand",
        theirs=pl.col("first_response_s").cast(pl.Float64).cast(pl.Int64),
    ).join(stored.select("key", "account", "wait"), on="key", how="full", coalesce=True)
    brand, account = pl.col("brand"), pl.col("account")
    a, b = pl.col("theirs"), pl.col("wait")
    return both.with_columns(
        what=pl.when(brand.is_null() & account.is_null())
        .then(pl.lit("nobody's in both"))
        .when(brand.is_null() | account.is_null() | (brand != account))
        .then(pl.lit("of another company"))
        .when(a.is_null() & b.is_null())
        .then(pl.lit("unanswered in both"))
        .when(a.is_null())
        .then(pl.lit("answered in ours alone: below a follow-up"))
        .when(a == b)
        .then(pl.lit("same company, same wait"))
        .otherwise(pl.lit("another wait"))
    )


def twcs_summary() -> list[str]:
    """For each file, how many openings compare how."""
    found = {}
    for name, path in TWCS.items():
        with imported("twcs", path) as (store, _):
            found[name] = twcs_inquiries(name, rows(store))["what"].value_counts()
    counts = {name: dict(each.iter_rows()) for name, each in found.items()}
    words = sorted({word for each in counts.values() for word in each}, reverse=True)
    lines = [["opening", *TWCS]]
    lines += [[w, *(str(counts[name].get(w, 0)) for name in TWCS)] for w in words]
    lines.append(["all", *(str(sum(counts[name].values())) for name in TWCS)])
    return table(lines)


def twcs_by_account(name: str = "pritul1520") -> list[str]:
    """Each account's line beside the reference's, and why they differ."""
    with imported("twcs", TWCS[name]) as (store, _):
        stored = rows(store)
        ours = by_account(store, stored)
    theirs = pl.read_csv(REFERENCE / f"twcs_{name}_by_brand.csv")
    openings = twcs_inquiries(name, stored)
    lines = [["account", "inquiries", "reference", "median, s", "reference", "why"]]
    both = theirs.filter(pl.col("brand") != "__ALL__").join(
        ours, left_on="brand", right_on="account", how="full", coalesce=True,
        suffix="_ours",
    )  # fmt: skip
    for row in both.sort("brand").iter_rows(named=True):
        of = openings.filter(account=row["brand"])
        why = "; ".join(_why(of, row["median_wait_s"], row["km_median_s"]))
        lines.append(
            [
                row["brand"],
                str(row["inquiries_ours"]),
                str(row["inquiries"]),
                str(row["median_wait_s"]),
                f"{row['km_median_s']:.0f}",
                why,
            ]
        )
    return table(lines)


def _why(openings: pl.DataFrame, ours: int, theirs: float) -> list[str]:
    """Every reason for which an account's line differs from the reference's.

    Raises AssertionError when either figure is not what the openings make it, or when
    a difference is left without a reason.
    """
    attributed = openings.filter(pl.col("brand").is_not_null())
    direct = attributed["theirs"].to_list()
    waits = openings["wait"].drop_nulls().to_list()
    in_time = [wait for wait in waits if wait <= HORIZON]
    assert ours == lower_median(in_time)
    assert theirs == _kaplan_meier(direct)
    assert openings.height == attributed.height
    below = attributed.filter(
        pl.col("theirs").is_null() & pl.col("wait").is_not_null()
    ).height
    censored = [math.inf if wait is None else wait for wait in direct]
    reasons = {
        f"{below} answered below a follow-up": below,
        LATE: ours != theirs and len(in_time) < len(waits),
        UNANSWERED: ours != theirs and len(waits) < openings.height,
        EVEN: ours != theirs and theirs != lower_median(censored),
    }
    why = [reason for reason, applies in reasons.items() if applies]
    assert why or ours == theirs
    return why


def _kaplan_meier(waits: list[int | None]) -> float:
    """The reference's median: the first time at which half or fewer still wait.

    Its survival curve is the exponential of a sum of logarithms, as lifelines has it.
    Nobody of these was censored before the last answer.
    """
    answered = sorted(wait for wait in waits if wait is not None)
    at_risk, logarithm = len(waits), 0.0
    for wait in sorted(set(answered)):
        left = at_risk - answered.count(wait)
        logarithm += math.log(left) - math.log(at_risk) if left else -math.inf
        if math.exp(logarithm) <= 0.5:
            return float(wait)
        at_risk = left
    return math.inf


# Google Play


def play_by_app() -> list[str]:
    """Each app's line beside the reference's."""
    with imported("google_play", PLAY) as (store, report):
        stored = rows(store)
        ours = by_account(store, stored)
    assert report.refused == {google_play.EDITED: 32}
    theirs = pl.read_csv(
        REFERENCE / "appreviews_by_app__winterlimited_google_play_reviews.csv"
    )
    lines = [
        [
            "app", "reviews kept + refused", "reference", "replied + refused",
            "reference", "replied, %", "reference", "median, h", "reference",
            "replied in 24 h", "reference", "counted, in the table",
        ]
    ]  # fmt: skip
    for row in theirs.sort("app").iter_rows(named=True):
        of = stored.filter(account=row["app"])
        edited = row["reviews"] - of.height
        waits = of["wait"].drop_nulls()
        share = (len(waits) + edited) / (of.height + edited) * 100
        (line,) = ours.filter(account=row["app"]).iter_rows(named=True)
        lines.append(
            [
                row["app"],
                f"{of.height} + {edited}", str(row["reviews"]),
                f"{len(waits)} + {edited}", str(row["replied"]),
                f"{share:.2f}", f"{row['pct_replied']:.2f}",
                f"{(waits.median() or 0) / 3600:.3f}",  # type: ignore[operator]
                f"{row['median_hours_to_reply']:.3f}",
                str((waits <= DAY).sum()),
                f"{row['pct_replied_24h'] * row['reviews'] / 100:.0f}",
                f"{line['answered_t1']} of {line['inquiries']}",
            ]
        )  # fmt: skip
    return table(lines)


# IBM's conversations


def ibm_by_account() -> list[str]:
    """Each company's line: all that can be said without a reference of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ibm.csv"
        buffer = io.StringIO(newline="")
        convert(IBM, buffer)
        path.write_text(buffer.getvalue())
        with imported("interactions", path) as (store, _):
            stored = rows(store)
            ours = by_account(store, stored)
    lines = [["account", "conversations", "median, s", "status"]]
    for row in ours.sort("account").iter_rows(named=True):
        of = stored.filter(account=row["account"])
        assert of.height == row["inquiries"]
        in_time = [wait for wait in of["wait"].to_list() if wait <= HORIZON]
        assert lower_median(in_time) == row["median_wait_s"]
        lines.append(
            [row["account"], str(row["inquiries"]), str(row["median_wait_s"]),
             row["status"]]
        )  # fmt: skip
    return table(lines)


def table(lines: list[list[str]]) -> list[str]:
    """A Markdown table; the first line is its head."""
    head, *rest = lines
    ruled = [head, ["---"] * len(head), *rest]
    return ["| " + " | ".join(line).rstrip() + " |" for line in ruled]


TABLES: dict[str, Callable[[], list[str]]] = {
    "twcs openings": twcs_summary,
    "twcs accounts": twcs_by_account,
    "google play": play_by_app,
    "ibm": ibm_by_account,
}


def printed(page: str, name: str) -> list[str]:
    """The table of that name as the page has it."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", page, re.DOTALL)
    return found[1].splitlines() if found else []


def write(name: str) -> None:
    """Writes a table into the page anew."""
    body = "\n".join(TABLES[name]()) + "\n"
    marks = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
    page = re.sub(
        marks, lambda m: m[1] + body + m[2], PAGE.read_text(), flags=re.DOTALL
    )
    PAGE.write_text(page)
