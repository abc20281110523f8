"""The two files of a field audit, however written: read, or refused in words."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import audit_example
from collectors.audits import Sent, read_protocol, read_results
from collectors.audits.protocol import READ
from collectors.base import UnreadableFile
from importing import quick
from model.audits import UNFORESEEN, Arm, Protocol
from model.frames import AUDITED
from model.words import Step

UNTIL = audit_example.FEBRUARY + 300 * 86_400
SECRET = b"a secret of the tests"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("audit")


def protocol_of(
    folder: Path, content: str | bytes, name: str = "given.toml"
) -> Protocol:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_protocol(path)


def changed(**values: str) -> str:
    """The example's protocol with lines of it set, or ('') left out."""
    lines = [f"{name} = {value}" for name, value in values.items() if value]
    lines += [
        line
        for line in audit_example.PROTOCOL.splitlines()
        if line.partition(" = ")[0] not in values
    ]
    return "\n".join(lines)


class TestProtocol:
    def test_the_example(self, folder):
        read = protocol_of(folder, audit_example.PROTOCOL)
        assert read.id == "do-they-answer-2026"
        assert read.arms == (Arm.COMPLIMENT, Arm.COMPLAINT, Arm.QUESTION, Arm.MENTION)
        assert (read.planned_messages, read.planned_brands) == (26, 18)
        assert read.horizon == 3 * 86_400
        assert read.registered_at == 1_768_910_400  # 2026-01-20T12:00:00Z
        assert list(read.exclusions) == ["wrong-account"]
        assert read.replaces == ""

    def test_json_is_read_alike(self, folder):
        read = protocol_of(folder, audit_example.PROTOCOL)
        said = asdict(read) | {"registered_at": "2026-01-20T13:00:00+01:00"}
        del said["replaces"]
        assert protocol_of(folder, json.dumps(said), "given.json") == read

    def test_what_it_becomes_and_back(self, folder):
        read = protocol_of(folder, audit_example.PROTOCOL)
        assert Protocol.from_json(read.to_json()) == read
        assert dict(read.rows())["exclusions.wrong-account"].startswith("The message")
        assert len(read.digest()) == 64

    def test_layout_changes_nothing_and_words_do(self, folder):
        one = protocol_of(folder, audit_example.PROTOCOL)
        two = protocol_of(folder, changed(title='"""Do brands\n answer strangers\n'
                                                '   in public?"""'))  # fmt: skip
        assert two.digest() == one.digest()
        three = protocol_of(folder, changed(title='"Do brands answer?"'))
        assert three.digest() != one.digest()

    def test_every_field_has_its_reader(self):
        assert set(READ) == {each.name for each in fields(Protocol)}

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"id": ""}, "a field 'id'"),
            ({"id": '"Do They"'}, "'id' to be small letters, digits"),
            ({"id": "'../../etc'"}, "'id' to be small letters"),
            ({"id": f"'{'a' * 65}'"}, "at most 64"),
            ({"id": "12"}, "'id' to be small letters"),
            ({"title": "''"}, "'title' to be a text of 1 to 2000"),
            ({"title": "5"}, "'title' to be a text"),
            ({"title": f"'{'x' * 2001}'"}, "'title' to be a text of 1 to 2000"),
            ({"title": '"a\\u202eb"'}, "without control characters"),
            ({"question": '"write to jane@mail.example"'}, "no '@'"),
            ({"organisation": "'@janeroe'"}, "'organisation' to be without handles"),
            ({"sampling": "'=HYPERLINK(1)'"}, "begins with a letter or a digit"),
            ({"arms": "[]"}, "a list of compliment, complaint, question, mention"),
            ({"arms": "'complaint'"}, "a list of compliment"),
            ({"arms": "['rage']"}, "a list of compliment"),
            ({"arms": "['complaint', 'complaint']"}, "each at most once"),
            ({"arms": "['complaint', 5]"}, "each at most once"),
            ({"planned_messages": "0"}, "a whole number from 1 to 10000"),
            ({"planned_messages": "true"}, "a whole number"),
            ({"planned_messages": "26.0"}, "a whole number"),
            ({"planned_brands": "-1"}, "'planned_brands' to be a whole number"),
            ({"horizon_hours": "2161"}, "a whole number from 1 to 2160"),
            ({"registered_at": "2026-01-20T12:00:00"}, "a time with its zone"),
            ({"registered_at": "2026-01-20"}, "a time with its zone"),
            ({"registered_at": "12:00:00"}, "a time with its zone"),
            ({"registered_at": "1769904000"}, "a time with its zone"),
            ({"registered_at": "'yesterday'"}, "a time with its zone"),
            ({"registered_at": "[[[]]]"}, "a time with its zone"),
            ({"registered_url": "'http://registry.example'"}, "begins with https://"),
            ({"registered_url": "'https://jane@registry.example'"}, "holds no '@'"),
            ({"registered_url": "'https://registry.example/@jane'"}, "holds no '@'"),
            ({"registered_url": "'javascript:alert(1)'"}, "begins with https://"),
            ({"registered_url": "5"}, "begins with https://"),
            ({"registered_url": '"https://a.example/\\u0001"'}, "https://"),
            ({"registered_url": f"'https://a.example/{'x' * 2000}'"}, "https://"),
            ({"replaces": "'A B'"}, "'replaces' to be small letters"),
            ({"author": "'Jane Roe'"}, "no field 'author'"),
        ],
    )
    def test_each_field_is_held_to_what_it_should_be(self, folder, values, said):
        with pytest.raises(UnreadableFile, match="given.toml: expected ") as refused:
            protocol_of(folder, changed(**values))
        assert said in str(refused.value)
        assert "docs/audits.md" in str(refused.value)

    @pytest.mark.parametrize(
        ("exclusions", "said"),
        [
            ("5", "a table of at most 20"),
            ({f"w{n}": "x" for n in range(21)}, "a table of at most 20"),
            ({"Wrong Account": "x"}, "small letters, digits, - and _"),
            ({"x" * 41: "x"}, "at most 40"),
            ({UNFORESEEN: "x"}, "not 'unforeseen'"),
            ({"wrong": "ask jane@mail.example"}, "no '@'"),
        ],
    )
    def test_exclusions(self, folder, exclusions, said):
        read = protocol_of(folder, audit_example.PROTOCOL)
        given = asdict(read) | {
            "registered_at": "2026-01-20T12:00:00Z", "exclusions": exclusions,
        }  # fmt: skip
        del given["replaces"]
        with pytest.raises(UnreadableFile, match="exclusions") as refused:
            protocol_of(folder, json.dumps(given))
        assert said in str(refused.value)

    def test_every_problem_is_named_at_once(self, folder):
        with pytest.raises(UnreadableFile) as refused:
            protocol_of(folder, "id = 'X'\nfame = 1\n" * 1)
        for name in ("'id'", "'fame'", "'title'", "'question'", "'registered_url'"):
            assert name in str(refused.value)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "found an empty file"),
            ("id = 1\nid = 2", "a protocol in TOML: "),
            ("{", "a protocol in JSON: "),
            ('{"id": "a", "id": "b"}', "a field is there twice"),
            ("[" * 5_000, "a protocol in TOML: "),
            ('{"a":' * 60_000, "at most 262144 bytes"),
            ('{"a":' * 20_000, "a protocol in JSON: "),
            ("title = 'Crédit'".encode("latin-1"), "a protocol in UTF-8"),
            (b"PK\x03\x04", "found zip"),
            ("arm,brand\n1,2\n", "a protocol in TOML: "),
        ],
    )
    def test_what_is_no_protocol(self, folder, content, said):
        with pytest.raises(UnreadableFile) as refused:
            protocol_of(folder, content)
        assert said in str(refused.value)
        assert len(str(refused.value)) < 2_000

    def test_a_protocol_that_is_not_there(self, folder):
        with pytest.raises(UnreadableFile, match="a readable file"):
            read_protocol(folder / "nowhere.toml")

    @quick
    @given(content=st.binary(max_size=400))
    @example(content=b"{}")
    @example(content=b'{"id": "\\ud800"}')
    def test_any_bytes(self, folder, content):
        assert self.survives(folder, content) is None

    @quick
    @given(data=st.data())
    def test_damaged_protocols(self, folder, data):
        page = audit_example.PROTOCOL.encode()
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(page)))
            new = data.draw(
                st.binary(max_size=5) | st.sampled_from([b'"', b"=", b"\n"])
            )
            page = page[:at] + new + page[at + data.draw(st.integers(0, 20)) :]
        read = self.survives(folder, page)
        assert read is None or Protocol.from_json(read.to_json()) == read

    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=5,
    )

    @quick
    @given(st.dictionaries(st.sampled_from([*READ, "z"]), values))
    def test_any_object(self, folder, found):
        assert self.survives(folder, json.dumps(found).encode()) is None

    def survives(self, folder: Path, content: bytes) -> Protocol | None:
        try:
            return protocol_of(folder, content)
        except UnreadableFile as problem:
            refused = str(problem)
        assert "given.toml: expected " in refused
        return None


@pytest.fixture(scope="module")
def protocol(folder):
    return protocol_of(folder, audit_example.PROTOCOL)


def read(
    folder: Path,
    protocol: Protocol,
    content: str | bytes,
    as_of: int | None = None,
) -> Sent:
    path = folder / "results.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    sent = read_results(path, protocol, secret=SECRET, until=UNTIL, as_of=as_of)
    assert sent.messages.schema == AUDITED
    assert sent.read == sent.messages.height + sum(sent.refused.values())
    return sent


def one(**values: object) -> str:
    """A table of the example's first row, with cells of it changed."""
    return audit_example.table([audit_example.rows()[0] | values])


class TestResults:
    def test_the_example(self, folder, protocol):
        sent = read(folder, protocol, audit_example.table(audit_example.rows()))
        assert (sent.read, sent.refused, sent.notes) == (26, {}, ())
        waits = sent.messages["answered_at"] - sent.messages["sent_at"]
        assert waits.drop_nulls().to_list() == [38 * 60, 9 * 60]
        assert sent.messages["brand"].n_unique() == 18
        assert sent.messages["author"].n_unique() == 3
        assert sent.messages["step"].to_list().count(Step.UNJUDGED) == 2

    def test_no_name_and_no_reference_is_kept(self, folder, protocol):
        sent = read(folder, protocol, audit_example.table(audit_example.rows()))
        kept = sent.messages.write_csv()
        assert "volunteer" not in kept
        assert "notes/" not in kept

    def test_columns_that_may_be_missing(self, folder, protocol):
        rows = [
            {
                name: value
                for name, value in row.items()
                if name not in ("automatic_at", "answer_step", "excluded", "author")
            }
            for row in audit_example.rows()
        ]
        sent = read(folder, protocol, audit_example.table(rows))
        assert sent.messages.height == 26
        assert sent.messages["author"].null_count() == 26

    @pytest.mark.parametrize("arm", ["Plain mention", "plain_mention", " MENTION "])
    def test_an_arm_however_it_is_written(self, folder, protocol, arm):
        sent = read(folder, protocol, one(arm=arm))
        assert sent.messages["arm"].to_list() == ["mention"]

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"arm": ""}, "arm is missing"),
            ({"arm": "rage"}, "arm is not one of the protocol's"),
            ({"brand": ""}, "brand is missing"),
            ({"brand": "Brand 01"}, "brand is not small letters"),
            ({"brand": "b" * 201}, "brand is longer than 200 characters"),
            ({"channel": ""}, "channel is missing"),
            ({"channel": "=cmd"}, "channel is not small letters"),
            ({"account": ""}, "account is missing"),
            ({"account": "=HYPERLINK(1)"}, "characters or begins with a sign"),
            ({"account": "a\u202eb"}, "account holds control characters or begins"),
            ({"account": "a" * 301}, "account is longer than 300 characters"),
            ({"message": ""}, "message is missing"),
            ({"message": "m" * 2001}, "message is longer than 2000 characters"),
            ({"sent_at": ""}, "sent_at is missing"),
            ({"sent_at": "2026-02-01T10:00:00"}, "sent_at has no time zone"),
            ({"sent_at": "soon"}, "sent_at is not a time"),
            ({"answered_at": "9e99"}, "answered_at is not a time"),
            ({"answered_at": "2026-02-01T09:00:00Z"}, "answered before it was sent"),
            ({"automatic_at": "2026-02-01T09:00:00Z"}, "answered before it was sent"),
            ({"answered_at": "2026-03-09T00:00Z"}, "answered after watched_until"),
            ({"automatic_at": "2026-03-09T00:00Z"}, "answered after watched_until"),
            ({"watched_until": ""}, "watched_until is missing"),
            ({"watched_until": "2026-01-31T00:00Z"}, "watched_until is before sent_at"),
            ({"watched_until": "2027-01-31T00:00Z"}, "watched_until is later than"),
            (
                {"sent_at": "2027-01-31T00:00Z", "watched_until": "2027-02-01T00:00Z",
                 "answered_at": ""},
                "sent_at is later than this import",
            ),
            ({"answer_step": "kind"}, "answer_step is not automatic, canned"),
            (
                {"answer_step": "canned", "answered_at": ""},
                "answer_step without answered_at",
            ),
        ],
    )  # fmt: skip
    def test_a_row_that_cannot_be_taken_is_counted_with_its_reason(
        self, folder, protocol, values, said
    ):
        sent = read(folder, protocol, one(**values))
        ((reason, count),) = sent.refused.items()
        assert said in reason
        assert count == 1

    def test_an_arm_the_protocol_does_not_have(self, folder):
        few = protocol_of(folder, changed(arms="['complaint']"))
        sent = read(folder, few, audit_example.table(audit_example.rows()))
        assert sent.refused == {"arm is not one of the protocol's": 20}

    def test_a_message_twice_counts_once(self, folder, protocol):
        rows = audit_example.rows()
        again = rows[0] | {"answered_at": "", "brand": "brand-09"}
        sent = read(folder, protocol, audit_example.table([*rows, again]))
        assert sent.refused == {
            "another row of the same message: the first one counts": 1
        }
        assert sent.messages["brand"][0] == "brand-01"

    def test_a_machines_message_is_no_answer(self, folder, protocol):
        sent = read(folder, protocol, one(answer_step="Automatic"))
        row = sent.messages.row(0, named=True)
        assert row["answered_at"] is None
        assert row["automatic_at"] == row["sent_at"] + 38 * 60
        assert row["step"] == Step.NONE

    def test_the_step_of_an_answer(self, folder, protocol):
        sent = read(folder, protocol, one(answer_step="redirect"))
        assert sent.messages["step"].to_list() == [Step.REDIRECT]

    def test_as_of_stands_in_for_how_long_it_was_watched(self, folder, protocol):
        sent = read(folder, protocol, one(watched_until=""), as_of=UNTIL - 5)
        assert sent.messages["watched_until"].to_list() == [UNTIL - 5]
        given = audit_example.rows()[0]["watched_until"]
        sent = read(folder, protocol, one(), as_of=UNTIL - 5)
        assert sent.messages["watched_until"].to_list() == [given]

    @pytest.mark.parametrize(
        ("excluded", "kept"),
        [("", ""), ("Wrong-Account", "wrong-account"), ("bad mood", UNFORESEEN)],
    )
    def test_only_reasons_stated_beforehand_exclude(
        self, folder, protocol, excluded, kept
    ):
        sent = read(folder, protocol, one(excluded=excluded))
        assert sent.messages["excluded"].to_list() == [kept]

    def test_accounts_are_one_in_any_spelling(self, folder, protocol):
        rows = audit_example.rows()[:2]
        rows[0]["account"], rows[1]["account"] = "@Acme", "acme"
        rows[1]["brand"] = rows[0]["brand"]
        sent = read(folder, protocol, audit_example.table(rows))
        assert sent.messages["account"].to_list() == ["Acme", "Acme"]

    def test_other_columns_are_named_and_passed_over(self, folder, protocol):
        sent = read(folder, protocol, one(text="What a day!"))
        assert sent.notes == ("1 column the format does not have: text.",)
        assert "What a day" not in sent.messages.write_csv()

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "found an empty file"),
            (b"arm,brand\n1,2\n", "the columns channel, account"),
            (b'{"arm": "question"}\n', "the columns arm"),
        ],
    )
    def test_what_is_no_table(self, folder, protocol, content, said):
        with pytest.raises(UnreadableFile, match=r"results.csv: expected ") as refused:
            read(folder, protocol, content)
        assert said in str(refused.value)

    def test_too_many_messages(self, folder, protocol):
        head, row = one().splitlines()
        with pytest.raises(UnreadableFile, match="at most 10,000 messages"):
            read(folder, protocol, "\n".join([head, *[row] * 10_001]))

    @quick
    @given(content=st.binary())
    def test_a_header_and_any_bytes(self, folder, protocol, content):
        self.survives(
            folder, protocol, one().encode().splitlines()[0] + b"\n" + content
        )

    @quick
    @given(data=st.data())
    def test_damaged_results(self, folder, protocol, data):
        page = audit_example.table(audit_example.rows()[:4]).encode()
        for _ in range(data.draw(st.integers(1, 5))):
            at = data.draw(st.integers(0, len(page)))
            new = data.draw(
                st.binary(max_size=6) | st.sampled_from([b'"', b",", b"\n", b"\0"])
            )
            page = page[:at] + new + page[at + data.draw(st.integers(0, 30)) :]
        self.survives(folder, protocol, page)

    cells = st.sampled_from(
        ["", "x", "complaint", "2026-02-01T00:00:00Z", "1769990400", "canned", "-1",
         "automatic", "wrong-account", "brand-01"]
    ) | st.text(max_size=12)  # fmt: skip

    @quick
    @given(st.lists(st.fixed_dictionaries(dict.fromkeys(audit_example.HEAD, cells)),
                    min_size=1, max_size=6))  # fmt: skip
    def test_any_cells(self, folder, protocol, rows):
        self.survives(
            folder, protocol, audit_example.table(rows).encode(errors="replace")
        )

    def survives(self, folder: Path, protocol: Protocol, content: bytes) -> None:
        try:
            found = read(folder, protocol, content).messages
        except UnreadableFile as problem:
            refused = str(problem)
        else:
            self.sound(found)
            return
        assert "results.csv: expected " in refused

    def sound(self, found: pl.DataFrame) -> None:
        assert found["key"].is_unique().all()
        for name in ("answered_at", "automatic_at", "watched_until"):
            assert (found[name].drop_nulls() <= UNTIL).all()
            assert ((found[name] - found["sent_at"]).drop_nulls() >= 0).all()
        assert set(found["arm"]) <= set(map(str, Arm))
