"""Field audits in the database: kept apart, added to, and frozen."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

import audit_example
from collectors.audits import read_protocol
from fixtures_store import table
from jobs import Failed
from jobs.auditing import AuditImport, import_audit
from model.audits import AuditResult
from settings import Settings
from store import ChangedProtocol, Store, UnknownAudit, migration

NOW = audit_example.FEBRUARY + 300 * 86_400
SLUG = "do-they-answer-2026"
OBSERVED = ("inquiry", "response", "coverage", "publication", "account", "brand",
            "edition", "standing", "edition_rows", "edition_detail")  # fmt: skip

Take = Callable[..., AuditImport]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path / "var", database_url="")


@pytest.fixture
def take(store: Store, settings: Settings, tmp_path: Path) -> Take:
    """Imports the example, or rows of it, with lines of its protocol changed."""

    def take(
        rows: list[dict[str, Any]] | None = None, now: int = NOW, **changed: str
    ) -> AuditImport:
        paths = audit_example.files(tmp_path, rows, **changed)
        return import_audit(store, settings, paths, now=now)

    return take


def messages(store: Store) -> list[Mapping[str, Any]]:
    return [row.model_dump() for row in store.audit_messages(SLUG)]


def rows(**values: Any) -> list[dict[str, Any]]:
    """The example, with cells of its second row (which was not answered) changed."""
    found = audit_example.rows()
    found[1] |= values
    return found


def test_the_example_comes_in_whole(store: Store, take: Take) -> None:
    done = take()
    assert (done.audit, done.protocol, done.result, done.frozen) == (
        SLUG, "new", 1, True,
    )  # fmt: skip
    (report,) = done.files
    assert (report.read, report.kept, report.new) == (26, 26, 26)
    assert done.flags == ()
    book = store.audit(SLUG)
    assert book is not None
    assert book.result is not None
    assert book.audit.first_seen_at == NOW
    assert book.protocol.planned_messages == 26
    assert book.result.protocol_digest == book.protocol.digest() == book.audit.digest
    assert book.result.previous == ""
    assert [past.number for past in book.past] == [1]
    (line,) = store.audits()
    assert line.figures == book.result.figures


def test_the_same_files_twice_change_nothing(store: Store, take: Take) -> None:
    take()
    before = [table(store, name) for name in ("audit", "audit_message", "audit_result")]
    done = take(now=NOW + 5)
    assert (done.protocol, done.result, done.frozen) == ("as it was", 1, False)
    assert (done.files[0].same, done.files[0].new, done.files[0].changed) == (26, 0, 0)
    after = [table(store, name) for name in ("audit", "audit_message", "audit_result")]
    assert after == before


def test_nothing_observed_is_touched(store: Store, take: Take) -> None:
    take()
    assert [table(store, name) for name in OBSERVED] == [[]] * len(OBSERVED)
    assert store.editions() == []
    assert list(store.tally_slices(0, 30_000, NOW)) == []


def test_every_import_is_a_run(store: Store, take: Take) -> None:
    take(rows(arm="rage"))
    (run,) = store.runs("audit")
    assert (run.what, run.outcome, run.rows_read, run.rows_kept) == (
        "import", "ok", 26, 25,
    )  # fmt: skip
    assert run.refused == '{"arm is not one of the protocol\'s": 1}'


def test_a_protocol_may_come_before_its_results(
    store: Store, settings: Settings, tmp_path: Path, take: Take
) -> None:
    early = audit_example.FEBRUARY - 3_600
    (protocol, _) = audit_example.files(tmp_path)
    done = import_audit(store, settings, [protocol], now=early)
    assert (done.protocol, done.result, done.files) == ("new", None, ())
    book = store.audit(SLUG)
    assert book is not None
    assert (book.result, book.past) == (None, ())
    (line,) = store.audits()
    assert line.figures is None
    take()
    book = store.audit(SLUG)
    assert book is not None
    assert book.audit.first_seen_at == early
    assert len(book.past) == 1


def test_a_protocol_is_never_changed(store: Store, take: Take) -> None:
    take()
    with pytest.raises(Failed, match=r"never changed \(question\).*replaces") as no:
        take(question='"Something else?"')
    assert SLUG in str(no.value)
    assert len(messages(store)) == 26
    assert store.runs("audit")[0].outcome == "failed"
    done = take(id='"second"', replaces=f'"{SLUG}"', question='"Something else?"')
    assert done.protocol == "new"
    book = store.audit(SLUG)
    assert book is not None
    assert book.replaced_by == ("second",)
    assert [line.protocol.id for line in store.audits()] == [SLUG, "second"]


def test_what_changed_in_a_protocol_is_said(
    store: Store, tmp_path: Path, take: Take
) -> None:
    take()
    lines = (f"{name} = 'x'" for name in ("title", "question", "organisation",
                                          "sampling", "analysis"))  # fmt: skip
    path = tmp_path / "other.toml"
    path.write_text(
        "\n".join(
            [f"id = '{SLUG}'", *lines, "arms = ['question']", "planned_messages = 1",
             "horizon_hours = 1", "registered_at = 2026-01-01T00:00:00Z",
             "registered_url = 'https://a.example'"]
        )
    )  # fmt: skip
    with pytest.raises(ChangedProtocol, match="and more"):
        store.register_audit(read_protocol(path), NOW)


def test_answers_that_come_later_make_a_second_result(store: Store, take: Take) -> None:
    take()
    sent = audit_example.rows()[1]["sent_at"]
    done = take(rows(answered_at=sent + 60, answer_step="canned"), now=NOW + 9)
    assert (done.files[0].changed, done.files[0].same) == (1, 25)
    assert (done.result, done.frozen) == (2, True)
    book = store.audit(SLUG)
    assert book is not None
    assert book.result is not None
    assert [past.number for past in book.past] == [2, 1]
    assert book.result.previous == book.past[1].digest
    assert '"answered": 3' in book.result.figures
    assert messages(store)[1]["answered_at"] == sent + 60


def test_what_was_seen_is_not_taken_back(store: Store, take: Take) -> None:
    """The earliest answer stands, the longest watch, the first exclusion, in any
    order of files."""
    first = audit_example.rows()[1]
    sent, watched = first["sent_at"], first["watched_until"]
    files = [
        rows(answered_at=sent + 99, answer_step="canned", excluded="wrong-account"),
        rows(answered_at=sent + 50, answer_step="substantive"),
        rows(automatic_at=sent + 9, watched_until=watched + 5),
        rows(automatic_at=sent + 5, watched_until=watched - 5),
    ]
    kept = []
    for turn, order in enumerate((files, files[::-1])):
        for each in order:
            take(each, id=f'"turn-{turn}"')
        row = store.audit_messages(f"turn-{turn}")[1].model_dump()
        kept.append({k: v for k, v in row.items() if k not in ("id", "audit_id")})
    assert kept[0] == kept[1]
    assert kept[0]["answered_at"] == sent + 50
    assert kept[0]["automatic_at"] == sent + 5
    assert kept[0]["step"] == 4
    assert kept[0]["watched_until"] == watched + 5
    assert kept[0]["excluded"] == "wrong-account"


def test_who_wrote_may_be_said_later(store: Store, take: Take) -> None:
    take(rows(author=""))
    assert messages(store)[1]["author"] is None
    done = take()
    assert done.files[0].changed == 1
    assert messages(store)[1]["author"] is not None


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"arm": "mention"}, "arm"),
        ({"brand": "brand-09"}, "brand"),
        ({"channel": "bluesky"}, "channel"),
        ({"account": "other"}, "account"),
        ({"sent_at": audit_example.FEBRUARY}, "sent_at"),
    ],
)
def test_a_message_does_not_become_another(
    store: Store, take: Take, values: dict[str, Any], name: str
) -> None:
    take()
    done = take(rows(**values))
    said = f"an earlier file has this message with another {name}: that stands"
    assert done.files[0].refused == {said: 1}
    assert done.files[0].kept == 25
    assert done.frozen is False


def test_an_account_is_the_same_in_another_case(take: Take) -> None:
    take()
    done = take(rows(account="BRAND-02@social.example"))
    assert done.files[0].same == 26


@pytest.mark.parametrize(
    ("statement", "table_name"),
    [
        ("UPDATE audit SET protocol = '{}'", "a registered protocol"),
        ("UPDATE audit_result SET figures = '{}'", "the result of an audit"),
    ],
)
def test_protocols_and_results_cannot_be_changed(
    store: Store, take: Take, statement: str, table_name: str
) -> None:
    take()
    with (
        pytest.raises(DatabaseError, match=f"{table_name} is never changed"),
        store._database.writing() as session,
    ):
        session.connection().execute(text(statement))


def test_the_migration_goes_down_and_up_again_with_data(
    store: Store, take: Take
) -> None:
    take()
    migration.migrate(store._database, "0002")
    with store._database.connect() as connection:
        left = set(inspect(connection).get_table_names())
    assert not {name for name in left if name.startswith("audit")}
    assert "edition" in left
    store.migrate()
    assert store.schema_is_current()
    assert store.audits() == []
    assert take().result == 1


def test_an_audit_nobody_knows(store: Store) -> None:
    assert store.audit("nobody") is None
    for ask in (
        lambda: store.audit_messages("nobody"),
        lambda: store.merge_audit("nobody", []),
        lambda: store.keep_audit_result("nobody", AuditResult()),
    ):
        with pytest.raises(UnknownAudit, match="there is no audit 'nobody'"):
            ask()


class TestWhatIsRefused:
    def test_two_protocols_or_none(
        self, store: Store, settings: Settings, tmp_path: Path
    ) -> None:
        protocol, results = audit_example.files(tmp_path)
        for paths, number in (([results], 0), ([protocol, protocol, results], 2)):
            with pytest.raises(Failed, match=f"found {number} protocols"):
                import_audit(store, settings, paths)
        assert store.audits() == []

    def test_a_protocol_of_the_future(self, store: Store, take: Take) -> None:
        with pytest.raises(Failed, match="registered_at to be in the past"):
            take(now=audit_example.FEBRUARY - 90 * 86_400)
        assert store.audits() == []

    def test_a_bad_file_keeps_the_good_ones_out(
        self, store: Store, settings: Settings, tmp_path: Path
    ) -> None:
        paths = audit_example.files(tmp_path)
        bad = tmp_path / "bad.csv"
        bad.write_text("when,who\n1,2\n")
        with pytest.raises(Failed, match=r"bad.csv: expected the columns"):
            import_audit(store, settings, [*paths, bad], now=NOW)
        assert store.audits() == []
        (run,) = store.runs("audit")
        assert (run.outcome, run.rows_kept) == ("failed", 0)

    def test_what_cannot_have_happened_yet(self, store: Store, take: Take) -> None:
        done = take(now=audit_example.FEBRUARY + 60 * 86_400)
        (report,) = done.files
        assert report.kept == 5
        assert set(report.refused) == {
            "sent_at is later than this import",
            "watched_until is later than this import",
        }
        assert done.flags == (
            "26 messages were planned and 5 are here.",
            "18 brands were planned and 5 were written to.",
        )

    def test_without_the_moment_it_is_now(
        self, store: Store, settings: Settings, tmp_path: Path
    ) -> None:
        done = import_audit(store, settings, audit_example.files(tmp_path))
        assert done.files[0].kept == 26
