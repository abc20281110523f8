"""Editions go in once and stay as they are."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert
from sqlmodel import SQLModel, col, select

from model import Edition, EditionRows, Standing
from store.base import Part, raw
from store.errors import EditionExists

if TYPE_CHECKING:
    import polars as pl


class Editions(Part):
    def save_edition(
        self,
        edition: Edition,
        standings: "pl.DataFrame",
        parts: list[tuple[str, bytes]],
    ) -> Edition:
        """Keeps an edition, its lines and its frozen input, or nothing at all.

        ``standings`` has the columns of ``model.Standing``; ``id`` and ``edition_id``
        are given here, columns that are missing get their default. Returns the edition
        with its id. Raises EditionExists.
        """
        with self._database.writing() as session:
            taken = select(Edition.id).where(Edition.name == edition.name)
            if session.exec(taken).first() is not None:
                raise EditionExists(edition.name)
            values = edition.model_dump(exclude={"id"})
            kept = Edition(**values)
            session.add(kept)
            session.flush()
            assert kept.id is not None
            _insert_standings(raw(session), standings, kept.id)
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
                .order_by(col(Edition.day_to).desc(), col(Edition.made_at).desc())
            )
            old = list(session.exec(query))[keep:]
            ids = [edition.id for edition in old]
            for table in (EditionRows, Standing):
                session.connection().execute(
                    delete(table).where(col(table.edition_id).in_(ids))
                )
            session.connection().execute(
                delete(Edition).where(col(Edition.id).in_(ids))
            )
        return [edition.name for edition in old]


def _insert_standings(
    connection: Connection, standings: "pl.DataFrame", edition_id: int
) -> None:
    columns = _table(Standing).columns
    unknown = set(standings.columns) - set(columns.keys())
    if unknown:
        raise ValueError(f"a standing has no {', '.join(sorted(unknown))}")
    names = [name for name in standings.columns if name not in ("id", "edition_id")]
    defaults = {
        name: column.default.arg
        for name, column in columns.items()
        if name not in standings.columns and column.default is not None
    }
    names_in = ["edition_id", *names, *defaults]
    rows = _filled(standings.select(names), columns).rows()
    fixed = tuple(defaults.values())
    _many(
        connection, "standing", names_in, [(edition_id, *row, *fixed) for row in rows]
    )


def _filled(standings: "pl.DataFrame", columns: Any) -> "pl.DataFrame":
    """A null where the table has none means the column's default."""
    return standings.with_columns(
        standings[name].fill_null(columns[name].default.arg)
        for name in standings.columns
        if columns[name].default is not None and standings[name].null_count()
    )


def _many(
    connection: Connection, table: str, names: list[str], rows: list[tuple[Any, ...]]
) -> None:
    """Many rows at once, the way each database likes best."""
    quoted = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        if rows:
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows
            )
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor().copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _table(row: type[SQLModel]) -> Any:
    return row.__table__  # type: ignore[attr-defined]
