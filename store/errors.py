"""What can go wrong with the store. The message is a sentence."""


class StoreError(Exception):
    """The root of what the store raises on purpose."""


class WrongAddress(StoreError):
    """The database address is of no kind we can use."""


class OldSchema(StoreError):
    """The database has not been brought to the schema this code needs."""


class NewerSchema(StoreError):
    """The database has a schema of which this code knows nothing."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"{where} has schema {revision!r}, which this version does not know: a"
            " newer one has worked on it; use that one, or a copy made before it did."
            " Nothing was changed"
        )


class NoRoom(StoreError):
    """What is to be stored could not be laid down on disk first."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"{folder}: nothing was stored, for it could not be laid down there first"
            f" ({why}); free some space, or name a folder that has some in TMPDIR"
        )


class EditionExists(StoreError):
    """An edition of that name is there already; editions are never changed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"edition {name!r} exists and editions are never changed;"
            " publish under another name"
        )


class UnknownEdition(StoreError):
    """No edition has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no edition {name!r}")


class StaleLook(StoreError):
    """A look started from a place where the stored state no longer ends."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"another look at {channel} was stored in the meantime;"
            " nothing of this one was kept, look again"
        )


class AlreadyRunning(StoreError):
    """Another worker holds the lock of this database."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"another worker already runs on {where}; exactly one may, so stop"
            " that one first"
        )
