"""One database, SQLite or PostgreSQL, and the few rules each needs.

SQLite: whatever may write begins IMMEDIATE, because a transaction that starts as a
reader and then writes fails at once where it should wait. Connections are opened for
each transaction and closed after it (``guard`` says why); that costs 0.2 ms.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlmodel import Session

from store.errors import WrongAddress
from store.guard import guard

if TYPE_CHECKING:
    import polars as pl

BUSY_MS = 5_000
SETTLE_MS = 2_000
"""So long, others who want to write inquiries may wait behind us."""

WRITES = "answerable_writes"


TOGETHER = 3
"""Two that read inquiries, and one for what else a period was watched with."""


class Database:
    """Opens transactions on one database."""

    def __init__(self, address: str, var: Path | None = None) -> None:
        """``var``: the folder for what a server's database keeps beside it."""
        self.url = _url(address)
        self.path: Path | None = None
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self.path = Path(str(self.url.database)).resolve()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.guard = guard(self.path)
            self.engine = _sqlite_engine(self.url)
        else:
            self.engine = create_engine(self.url, pool_pre_ping=True)
        self.columns = self._columns(var)
        self._writing = self.engine.execution_options(**{WRITES: True})

    def close(self) -> None:
        self.engine.dispose()

    def _columns(self, var: Path | None) -> Path | None:
        """The folder of the columns kept (``kept``); None: there is no place."""
        if self.path is not None:
            return self.path.with_name(f"{self.path.name}.columns")
        if var is None:
            return None
        url = self.url
        which = f"{url.host} {url.port} {url.database} {sorted(url.query.items())}"
        return var / "columns" / sha256(which.encode()).hexdigest()[:16]

    @contextmanager
    def connect(self, *, writes: bool = False) -> Iterator[Connection]:
        """A connection that has begun nothing yet."""
        with ExitStack() as stack:
            if self.sqlite:
                stack.enter_context(self.guard.rows())
            engine = self._writing if writes else self.engine
            yield stack.enter_context(engine.connect())

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session whose objects outlive it."""
        with self.connect() as connection, self._session(connection) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: everything or, after any exception, nothing."""
        with (
            self.connect(writes=True) as connection,
            self.transaction(connection) as session,
        ):
            yield session

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[Session]:
        """``writing`` on a connection that may write and has begun nothing yet."""
        with connection.begin(), self._session(connection) as session:
            yield session
            session.flush()

    @staticmethod
    def _session(connection: Connection) -> Session:
        return Session(connection, expire_on_commit=False, autoflush=False)

    @contextmanager
    def columnar(self) -> Iterator[Any]:
        """An ADBC connection, one snapshot for as long as it is open."""
        if self.sqlite:
            import adbc_driver_sqlite.dbapi as sqlite

            with self.guard.columns(), sqlite.connect(str(self.path)) as connection:
                yield connection
            return
        import adbc_driver_postgresql.dbapi as postgres

        address = self.url.set(drivername="postgresql")
        with postgres.connect(
            address.render_as_string(hide_password=False)
        ) as connection:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            yield connection

    @contextmanager
    def columnar_together(self) -> Iterator[list[Any]]:
        """TOGETHER connections of ADBC that see one snapshot, to be read at the same
        time; one alone where that cannot be had (PostgreSQL, or somebody is writing
        just now).

        The first begins after the others; if nothing was committed since before all of
        them, they see the same.
        """
        if not self.sqlite:
            with self.columnar() as connection:
                yield [connection]
            return
        with ExitStack() as stack:
            first, *others = (
                stack.enter_context(self.columnar()) for _ in range(TOGETHER)
            )
            first.adbc_connection.set_autocommit(True)
            before = _data_version(first)
            for other in others:
                _data_version(other)
            first.adbc_connection.set_autocommit(False)
            yield [first, *(others if _data_version(first) == before else ())]

    @contextmanager
    def settled(self) -> Iterator[bool]:
        """No transaction is under way that writes inquiries, so that a snapshot taken
        in here holds all ids up to its highest. False: one did not end in time.

        On SQLite it is always so, for there is one writer at a time, who numbers rows
        upwards.
        """
        if self.sqlite:
            yield True
            return
        with self.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {SETTLE_MS}")
            try:
                connection.exec_driver_sql("LOCK TABLE inquiry IN SHARE MODE")
            except OperationalError:
                settled = False
            else:
                settled = True
            yield settled

    def select(self, statement: str) -> "pl.DataFrame":
        """What one statement yields, as columns."""
        import polars as pl

        with self.columnar() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            frame = pl.from_arrow(cursor.fetch_arrow_table())
            assert isinstance(frame, pl.DataFrame)
            return frame


def _data_version(connection: Any) -> int:
    """A number that changes whenever another connection commits. Asking for it begins
    a transaction that had not begun (https://sqlite.org/pragma.html)."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])


def _url(address: str) -> URL:
    """The address with the driver we use. Raises WrongAddress."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise WrongAddress(
            f"{address!r} is no database address; expected sqlite:///PATH or"
            " postgresql://USER@HOST/NAME"
        ) from None
    if url.get_backend_name() == "sqlite" and url.database not in (
        None,
        "",
        ":memory:",
    ):
        return url.set(drivername="sqlite")
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise WrongAddress(
        f"a database of kind {url.drivername!r} cannot be used; expected"
        " sqlite:///PATH (a file, not memory) or postgresql://USER@HOST/NAME"
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where `begin` says
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = NORMAL")
        # What is erased is overwritten, as far as that costs no writing of its own.
        raw.execute("PRAGMA secure_delete = FAST")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
