"""Kinds for the messages of a file, in the file's order."""

from pathlib import Path

import polars as pl

import jobs
from collectors.files import as_utf8, read_bytes, read_csv
from language.kinds import judged
from model import Kind


def classify(path: Path, column: str, language: str | None = None) -> pl.DataFrame:
    """Columns kind, language (both text) and supported, one row a message.

    ``language`` is said of all messages; None: guessed for each. Raises UnreadableFile,
    and jobs.Failed where rows cannot be placed: the order would be lost.
    """
    data, _ = as_utf8(path, read_bytes(path))
    table = read_csv(path, data, [column])
    if table.refused:
        why = "; ".join(f"{rows}: {what}" for what, rows in table.refused.items())
        raise jobs.Failed(
            f"{path}: rows that cannot be read ({why}); repair them, for every message"
            " must have its row"
        )
    texts = table.frame[column]
    said = None if language is None else pl.repeat(language, len(texts), eager=True)
    words = {kind.value: kind.name.lower() for kind in Kind}
    kind = pl.col("kind").replace_strict(words, return_dtype=pl.String)
    return judged(texts, said).select(kind, "language", "supported")
