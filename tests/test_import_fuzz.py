"""Whatever a file holds: a reading that adds up, or a refusal that names the file."""

import io
import json

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importing import RECORDINGS, mutated, quick, survives
from model.looks import Reading

SLUGS = ["cfpb", "consumidor", "google_play", "interactions", "twcs"]


def adds_up(slug: str, said: Reading | None) -> bool:
    """Rows read are rows kept and rows refused."""
    if said is None:
        return True
    kept = said.inquiries.height
    if slug == "twcs":  # keeps also what is no inquiry, and says how many
        tweets = {text.rpartition(": ")[0]: text for text in said.notes}
        for name, text in tweets.items():
            if name.startswith("Messages by"):
                kept += int(text.rpartition(": ")[2].strip("."))
    return said.read == kept + sum(said.refused.values())


@pytest.mark.parametrize("slug", SLUGS)
@quick
@given(data=st.data())
def test_damaged_recordings(slug, data):
    assert adds_up(slug, survives(slug, data.draw(mutated(slug))))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ""])
@quick
@given(content=st.binary())
@example(content=b"{")
@example(content=b"PAR1" * 8)
@example(content=b'{"channel":"x"}\n')
def test_any_bytes(slug, suffix, content):
    assert adds_up(slug, survives(slug, content, suffix))


@pytest.mark.parametrize("slug", SLUGS)
@quick
@given(content=st.binary())
def test_a_header_and_any_bytes(slug, content):
    page = next((RECORDINGS / slug).glob("page.*")).read_bytes()
    header = page.partition(b"\n")[0]
    assert adds_up(slug, survives(slug, header + b"\n" + content))


cells = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "x",
            "a",
            "2026-03-02T09:00:00Z",
            "1772442000",
            "question",
            "list",
            "",
            "canned",
        ]
    ),
    st.text(max_size=20),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.lists(st.integers(), max_size=2),
)
names = st.sampled_from(
    ["channel", "account", "inquiry_id", "author", "asked_at", "kind", "answered_at",
     "watched_until", "found_by", "language", "url", "answer_step", "brand", "z"]
)  # fmt: skip


@quick
@given(st.lists(st.dictionaries(names, cells), min_size=1, max_size=8))
def test_any_objects(objects):
    text = "\n".join(json.dumps(each) for each in objects)
    assert adds_up("interactions", survives("interactions", text.encode(), ".jsonl"))


@quick
@given(st.data())
def test_damaged_parquet(data):
    buffer = io.BytesIO()
    csv = next((RECORDINGS / "interactions").glob("page.*"))
    pl.read_csv(csv, infer_schema=False, truncate_ragged_lines=True).write_parquet(
        buffer
    )
    page = buffer.getvalue()
    at = data.draw(st.integers(0, len(page) - 1))
    new = data.draw(st.binary(max_size=6))
    damaged = page[:at] + new + page[at + data.draw(st.integers(0, 6)) :]
    assert adds_up("interactions", survives("interactions", damaged, ".parquet"))
