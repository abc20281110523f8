"""Alembic's door to the schema. The store hands it a connection; the `alembic`
command has none and takes the address from the settings."""

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import model  # noqa: F401  # registers the tables


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,  # SQLite cannot alter a column in place
        transactional_ddl=True,  # on SQLite too: we begin transactions ourselves
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    from settings import Settings
    from store.database import Database

    with Database(Settings().database).connect(writes=True) as connection:
        run(connection)
        connection.commit()


main()
