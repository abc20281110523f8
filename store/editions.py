"""Editions go in once and stay as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert
from sqlmodel import Session, SQLModel, col, select

from model import Edition, EditionDetail, EditionRows, Standing
from store.base import Part, raw
from store.database import Database
from store.errors import EditionExists

if TYPE_CHECKING:
    import polars as pl

GIVEN = ("id", "edition_id")
"""Columns of a line that are given as it is kept."""


class Editions(Part):
    def save_edition(
        self,
        edition: Edition,
        standings: "pl.DataFrame",
        parts: list[tuple[str, bytes]],
        details: "pl.DataFrame | None" = None,
    ) -> Edition:
        """Keeps an edition, its lines, details and frozen input, or nothing at all.

        ``standings`` has the columns of ``model.Standing``; ``id`` and ``edition_id``
        are given here, columns that are missing get their default. ``details`` has
        those of ``model.EditionDetail`` but ``edition_id``. Returns the edition with
        its id. Raises EditionExists.
        """
        staged = _halves("standing", _complete(standings))
        if details is not None and len(details):
            staged |= _halves("edition_detail", details)
        with _beside(self._database, staged) as session:
            taken = select(Edition.id).where(Edition.name == edition.name)
            if session.exec(taken).first() is not None:
                raise EditionExists(edition.name)
            values = edition.model_dump(exclude={"id"})
            kept = Edition(**values)
            session.add(kept)
            session.flush()
            assert kept.id is not None
            for name, lines in staged.items():
                _insert(raw(session), name, lines, kept.id)
            if parts:
                session.connection().execute(
                    insert(EditionRows),
                    [
                        {"edition_id": kept.id, "part": part, "parquet": parquet}
                        for part, parquet in parts
                    ],
                )
        return kept

    def last_digest(self, sample: bool) -> str:
        """The chain digest of the edition kept last; '' before the first.

        Provisional editions name the one before them but are no link of the chain:
        they are removed after a while, and a chain must not break.
        """
        query = (
            select(Edition.digest)
            .where(col(Edition.sample) == sample, ~col(Edition.provisional))
            .order_by(col(Edition.id).desc())
        )
        with self._database.reading() as session:
            return session.exec(query.limit(1)).first() or ""

    def prune_provisional(self, keep: int) -> list[str]:
        """Removes all but the newest ``keep`` provisional editions; their names."""
        with self._database.writing() as session:
            query = (
                select(Edition)
                .where(col(Edition.provisional))
                .order_by(
                    col(Edition.day_to).desc(),
                    col(Edition.made_at).desc(),
                    col(Edition.id).desc(),
                )
            )
            old = list(session.exec(query))[keep:]
            ids = [edition.id for edition in old]
            for table in (EditionRows, EditionDetail, Standing):
                session.connection().execute(
                    delete(table).where(col(table.edition_id).in_(ids))
                )
            session.connection().execute(
                delete(Edition).where(col(Edition.id).in_(ids))
            )
        return [edition.name for edition in old]


def _halves(table: str, lines: "pl.DataFrame") -> dict[str, "pl.DataFrame"]:
    """The lines in two parts, to be staged at the same time."""
    middle = len(lines) // 2
    return {f"{table}_0": lines[:middle], f"{table}_1": lines[middle:]}


@contextmanager
def _beside(database: Database, staged: dict[str, "pl.DataFrame"]) -> Iterator[Session]:
    """One transaction; on SQLite it sees each frame as the table ``stage_...``."""
    if database.path is None:
        with database.writing() as session:
            yield session
        return
    from store import staging

    with (
        staging.staged(database, staged) as connection,
        database.transaction(connection) as session,
    ):
        yield session


def _complete(standings: "pl.DataFrame") -> "pl.DataFrame":
    """The lines with every column of the table but those that are given here. A column
    that is missing, or null where the table has none, gets the column's default."""
    import polars as pl

    columns = _table(Standing).columns
    unknown = set(standings.columns) - set(columns.keys())
    if unknown:
        raise ValueError(f"a standing has no {', '.join(sorted(unknown))}")
    return standings.drop(GIVEN, strict=False).with_columns(
        standings[name].fill_null(column.default.arg)
        if name in standings.columns
        else pl.lit(column.default.arg).alias(name)
        for name, column in columns.items()
        if column.default is not None and name not in GIVEN
    )


def _insert(
    connection: Connection, staged: str, lines: "pl.DataFrame", edition_id: int
) -> None:
    """Lines of the table before the last underscore, the way each database likes best:
    from columns, or by COPY."""
    table, _, _ = staged.rpartition("_")
    names = ", ".join(f'"{name}"' for name in lines.columns)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"INSERT INTO {table} (edition_id, {names})"
            f" SELECT {int(edition_id)}, {names} FROM stage_{staged} ORDER BY rowid"
        )
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    statement = f"COPY {table} (edition_id, {names}) FROM STDIN"
    with driver.cursor().copy(statement) as copy:
        for row in lines.iter_rows():
            copy.write_row((edition_id, *row))


def _table(row: type[SQLModel]) -> Any:
    return row.__table__  # type: ignore[attr-defined]
