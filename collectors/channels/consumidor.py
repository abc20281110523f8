"""Consumidor.gov.br: complaints to companies on Brazil's public platform.

Its open data: one file a month, one row for every complaint that was closed in it, in
the platform's own columns (dados.mj.gov.br, "Base Completa"; looked at 2026-11-22).
Fields are parted by semicolons or tabs; files come packed and are to be unpacked first.
An inquiry is a complaint, its answer the company's; both are known by the day.

Known gaps
----------
- Times are days. A wait is the difference of two days, so it can be off by almost one;
  the limits on complaint boards are days for that reason. The platform's own count of
  days leaves out some of its own steps and is used only where the day of the answer is
  missing.
- A complaint is in the data once it is closed, at most some thirty days after its
  answer was due, and those answered are closed later than those that were not. So the
  youngest 30 days of a file are not taken for known: import the months after a period
  as well.
- Rows have no number. What makes a row is the row itself, so a correction by the
  platform is another complaint; two complaints alike in every column are told apart by
  their order.
- Nobody is named, so that every complaint is its own person.
- A complaint that the platform found not to be the company's own is left out.

History
-------
2026-11-22: first version.
"""

from collections import Counter
from pathlib import Path

import polars as pl

from collectors import columns, files, hashing
from collectors.base import Channel, Known
from model import DAY
from model.frames import IMPORTED, conform
from model.looks import Reading
from model.words import FoundBy, Kind, Step

NEEDED = (
    "Data Abertura",
    "Data Resposta",
    "Data Finalização",
    "Tempo Resposta",
    "Nome Fantasia",
    "Respondida",
)
COLUMNS = (
    *NEEDED, "Gestor", "Canal de Origem", "Região", "UF", "Cidade", "Sexo",
    "Faixa Etária", "Ano Abertura", "Mês Abertura", "Data Análise", "Data Recusa",
    "Prazo Resposta", "Prazo Analise Gestor", "Segmento de Mercado", "Área", "Assunto",
    "Grupo Problema", "Problema", "Como Comprou Contratou", "Procurou Empresa",
    "Situação", "Avaliação Reclamação", "Nota do Consumidor", "Análise da Recusa",
)  # fmt: skip
MARKS = ";\t,"
SETTLED = 30
"""Days by which a complaint can be closed later than another asked on the same day."""
LONGEST_WAIT = 365
"""Days of the platform's own count that are believed; real files reach 738,654."""

EARLIEST, LATEST = 16_000, 40_000
"""Days since 1970: the platform began in 2014."""


def read_file(path: Path, *, secret: bytes, as_of: int | None, known: Known) -> Reading:
    """Reads one month. Raises UnreadableFile when it is no such file."""
    table = files.read_csv(path, files.read_bytes(path), NEEDED, MARKS)
    kept, refused = _sift(_parsed(table.frame), as_of)
    inquiries = _hashed(columns.one_spelling(kept), secret)
    return Reading(
        channel=CHANNEL.slug,
        inquiries=inquiries,
        read=table.read,
        refused=columns.positive(Counter(table.refused) + refused),
        notes=table.notes + columns.unknown(table.frame.columns, COLUMNS),
        since=columns.earliest(inquiries, ["asked_at"]),
        as_of=_until(kept, as_of),
    )


def _parsed(frame: pl.DataFrame) -> pl.DataFrame:
    """Days since 1970 (null: none given, or none) and what a row is known by."""
    said = pl.col("Respondida").str.strip_chars().str.to_uppercase()
    days = pl.col("Tempo Resposta").str.strip_chars().str.replace(r"[.,]0+$", "")
    refusal = (
        pl.col("Análise da Recusa").str.strip_chars().str.to_lowercase()
        if "Análise da Recusa" in frame.columns
        else pl.lit("")
    )
    row = pl.concat_str(pl.col(sorted(frame.columns)), separator="\x1f")
    return frame.select(
        channel=pl.lit(CHANNEL.slug),
        account=pl.col("Nome Fantasia").str.strip_chars(),
        opened=_day("Data Abertura"),
        has_opened=pl.col("Data Abertura").str.strip_chars() != "",
        replied=_day("Data Resposta"),
        has_replied=pl.col("Data Resposta").str.strip_chars() != "",
        closed=_day("Data Finalização"),
        said=said,
        days=days.cast(pl.Int64, strict=False),
        upheld=refusal == "procedente",
        row=pl.concat_str(row, row.cum_count().over(row), separator="\x1f"),
    ).with_columns(
        replied=pl.coalesce(
            "replied",
            pl.when(pl.col("days").is_between(0, LONGEST_WAIT)).then(
                pl.col("opened") + pl.col("days")
            ),
        )
    )


def _day(name: str) -> pl.Expr:
    """A day as dd/mm/yyyy or ISO, an hour behind it ignored."""
    text = pl.col(name).str.strip_chars().str.slice(0, 10)
    day = pl.coalesce(
        text.str.to_date("%d/%m/%Y", strict=False),
        text.str.to_date("%Y-%m-%d", strict=False),
    ).cast(pl.Int32)
    return pl.when(day.is_between(EARLIEST, LATEST)).then(day).cast(pl.Int64)


def _sift(frame: pl.DataFrame, as_of: int | None) -> tuple[pl.DataFrame, Counter[str]]:
    opened, replied = pl.col("opened"), pl.col("replied")
    answered = pl.col("said") == "S"
    end = pl.lit(None if as_of is None else as_of // DAY, pl.Int64)
    return columns.sift(
        frame,
        {
            "the company is missing": pl.col("account") == "",
            "the company is longer than 300 characters": (
                pl.col("account").str.len_chars() > 300
            ),
            "the company holds control characters": pl.col("account").str.contains(
                r"\p{Cc}"
            ),
            "the day of opening is missing": ~pl.col("has_opened"),
            "the day of opening is not a day since 2014": opened.is_null(),
            "the platform found it not to be the company's own": pl.col("upheld"),
            "whether it was answered is not said": ~pl.col("said").is_in(["S", "N"]),
            "not answered, with the day of an answer": (
                ~answered & pl.col("has_replied")
            ),
            "answered on a day that is not known": answered & replied.is_null(),
            "answered before it was opened": answered & (replied < opened),
            "opened after the time the source stops knowing": opened > end,
            "answered after the time the source stops knowing": (
                answered & (replied > end)
            ),
        },
    )


def _hashed(rows: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    answered = pl.col("said") == "S"
    people = rows.select(pl.format(CHANNEL.slug + "|{}", "row")).to_series()
    return conform(
        rows.select(
            "channel",
            "account",
            hashing.keys(rows["row"]).alias("key"),
            hashing.authors(people, rows["opened"] * DAY, secret).alias("author"),
            (pl.col("opened") * DAY).alias("asked_at"),
            pl.when(answered).then(pl.col("replied") * DAY).alias("answered_at"),
            step=pl.when(answered).then(int(Step.UNJUDGED)).otherwise(int(Step.NONE)),
            kind=pl.lit(int(Kind.COMPLAINT)),
            found_by=pl.lit(int(FoundBy.LIST)),
            addressed=pl.lit(1),
        ),
        IMPORTED,
    )


def _until(rows: pl.DataFrame, as_of: int | None) -> int | None:
    """Up to when everything opened is in the data: closing takes its time. A file so
    short that nothing is settled yet is known up to its first day."""
    if rows.is_empty():
        return None
    latest = columns.latest(rows, ["closed", "replied", "opened"])
    first = columns.earliest(rows, ["opened"])
    assert latest is not None
    assert first is not None
    end = latest if as_of is None else min(as_of // DAY, latest)
    return max(end - SETTLED, first) * DAY


CHANNEL = Channel(
    slug="consumidor",
    title="Consumidor.gov.br",
    source="https://www.consumidor.gov.br",
    licence="Open data of Brazil's Ministry of Justice; only days are kept.",
    terms="Open data, free to use with its source.",
    cannot_see=(
        "Hours of the day; complaints that are not closed yet; answers by telephone or"
        " mail that the company did not enter."
    ),
    says_kind=True,
    read_file=read_file,
)
