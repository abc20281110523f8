"""What the tests of importers share: content in, reading out; mutations."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from collectors import channels
from collectors.base import Known, UnreadableFile
from model.frames import IMPORTED, PUBLISHED
from model.looks import HEARD, Reading

RECORDINGS = Path(__file__).parent / "recordings"
SECRET = b"a secret of the tests"

quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def read_as(
    slug: str,
    content: bytes | str,
    suffix: str = ".csv",
    as_of: int | None = None,
    known: Known | None = None,
) -> Reading:
    """The reading of a file with this content."""
    read = channels()[slug].read_file
    assert read is not None
    data = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"given{suffix}"
        path.write_bytes(data)
        return read(path, secret=SECRET, as_of=as_of, known=known or Known({}))


def survives(slug: str, content: bytes, suffix: str = ".csv") -> Reading | None:
    """The reading, or None when the file is refused by name; nothing else happens."""
    try:
        said = read_as(slug, content, suffix)
    except UnreadableFile as problem:
        refused = str(problem)
    else:
        _check(said)
        return said
    assert f"given{suffix}: expected " in refused
    return None


def _check(said: Reading) -> None:
    assert said.inquiries.schema in (IMPORTED, HEARD)
    assert said.published.schema == PUBLISHED
    assert all(n > 0 for n in said.refused.values())
    answered = said.inquiries["answered_at"] - said.inquiries["asked_at"]
    assert (answered.drop_nulls() >= 0).all()
    if said.inquiries.height:
        assert said.since is not None
        assert said.as_of is not None
        assert said.since <= said.inquiries["asked_at"].min() <= said.as_of
    same = said.inquiries.select("channel", "account", "key").is_duplicated()
    assert not same.any()


def mutated(slug: str) -> SearchStrategy[bytes]:
    """The recording of a channel with pieces of it cut, doubled or overwritten."""
    page = next((RECORDINGS / slug).glob("page.*")).read_bytes()
    piece = st.tuples(
        st.integers(0, len(page)),
        st.integers(0, 30),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(
                [b'"', b'""', b"\n", b"\r", b"\0", b",", b"\xff", b"\xc3", b",,,", b"1"]
            ),
        ),
    )

    def apply(pieces: list[tuple[int, int, bytes]]) -> bytes:
        out = page
        for at, length, new in pieces:
            out = out[:at] + new + out[at + length :]
        return out

    return st.lists(piece, max_size=6).map(apply)
