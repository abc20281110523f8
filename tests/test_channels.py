"""Every channel alike: it declares itself well, and reads its recording."""

import inspect
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import collectors
from collectors import channels
from collectors.base import Known, UnreadableFile
from jobs.judging import judged_file
from model import CHANNEL_FAMILY
from model.frames import IMPORTED, PUBLISHED
from model.looks import Reading

RECORDINGS = Path(__file__).parent / "recordings"
SECRET = b"the secret of the recordings"
KNOWN = Known({("x", "brandhelp"): "brand-help"})
FORMATS = ["interactions"]
"""Formats that are no place: their rows name the channel."""

ALL = sorted(channels())
IMPORTED_FROM_FILES = [slug for slug in ALL if channels()[slug].read_file is not None]


def reading(slug: str, path: Path, as_of: int | None = None) -> Reading:
    read = channels()[slug].read_file
    assert read is not None
    return read(path, secret=SECRET, as_of=as_of, known=KNOWN)


def as_said(said: Reading) -> dict[str, object]:
    """A reading as its expected.json has it, its texts judged: columns without anything
    are left out."""
    said = judged_file(said)
    assert said.inquiries.schema == IMPORTED
    inquiries = [
        {name: value for name, value in row.items() if value is not None}
        for row in said.inquiries.iter_rows(named=True)
    ]
    return {
        "read": said.read,
        "refused": said.refused,
        "notes": list(said.notes),
        "since": said.since,
        "as_of": said.as_of,
        "inquiries": inquiries,
        "published": said.published.rows(named=True),
    }


def docstring(slug: str) -> str:
    read = channels()[slug].read_file or channels()[slug].look
    module = inspect.getmodule(read)
    assert module is not None
    return module.__doc__ or ""


@pytest.mark.parametrize("slug", ALL)
def test_a_channel_has_a_family_or_is_a_format(slug):
    assert (slug in CHANNEL_FAMILY) != (slug in FORMATS)


def test_a_channel_is_called_as_its_file(monkeypatch):
    twcs = channels()["twcs"]
    monkeypatch.setattr(
        collectors, "import_module", lambda name: SimpleNamespace(CHANNEL=twcs)
    )
    with pytest.raises(ValueError, match=rf"{ALL[0]}.py calls itself 'twcs'"):
        channels.__wrapped__()


@pytest.mark.parametrize("slug", ALL)
def test_a_channel_declares_itself(slug):
    channel = channels()[slug]
    for text in (channel.title, channel.licence, channel.terms, channel.cannot_see):
        assert text.strip() == text != ""
    assert channel.source.startswith("https://") or slug in FORMATS
    assert channel.look or channel.read_file
    assert (channel.every is not None) == (channel.look is not None)


@pytest.mark.parametrize("slug", ALL)
def test_a_channel_says_what_it_misses(slug):
    said = docstring(slug)
    assert "Known gaps" in said
    assert "History" in said
    assert re.search(r"20\d\d-\d\d", said), "the date on which its format was looked at"


@pytest.mark.parametrize("slug", IMPORTED_FROM_FILES)
def test_a_file_reads_as_recorded(slug):
    folder = RECORDINGS / slug
    expected = json.loads((folder / "expected.json").read_text())
    said = reading(slug, next(folder.glob("page.*")))
    assert as_said(said) == expected
    assert said.published.schema == PUBLISHED


@pytest.mark.parametrize("slug", IMPORTED_FROM_FILES)
def test_a_file_read_twice_says_the_same(slug):
    path = next((RECORDINGS / slug).glob("page.*"))
    assert as_said(reading(slug, path)) == as_said(reading(slug, path))


@pytest.mark.parametrize("slug", IMPORTED_FROM_FILES)
def test_the_secret_changes_people_and_nothing_else(slug):
    path = next((RECORDINGS / slug).glob("page.*"))
    one = reading(slug, path).inquiries
    read = channels()[slug].read_file
    assert read is not None
    other = read(path, secret=b"another secret", as_of=None, known=KNOWN).inquiries
    assert one.drop("author").equals(other.drop("author"))
    assert not (one["author"] == other["author"]).any()
    assert one["author"].n_unique() == other["author"].n_unique()


@pytest.mark.parametrize("slug", IMPORTED_FROM_FILES)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"colour,size\nred,3\n", "the columns"),
        (b"a;b;c\n1;2;3\n", "separated by commas"),
        (b"\x1f\x8b\x08\x00anything", "gzip"),
        (b"PK\x03\x04anything", "zip"),
        (b"\xff\xfe\x00\xd8", "UTF-16"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(slug, content, said, tmp_path):
    path = tmp_path / "given.csv"
    path.write_bytes(content)
    if slug == "consumidor" and b";" in content:  # its own mark
        said = "the columns"
    with pytest.raises(UnreadableFile, match=said) as problem:
        reading(slug, path)
    assert str(path) in str(problem.value)


@pytest.mark.parametrize("slug", IMPORTED_FROM_FILES)
def test_a_folder_or_nothing_is_refused_by_name(slug, tmp_path):
    with pytest.raises(UnreadableFile, match="folder"):
        reading(slug, tmp_path)
    with pytest.raises(UnreadableFile, match="No such file"):
        reading(slug, tmp_path / "missing.csv")


def test_every_recording_has_a_channel():
    assert {folder.name for folder in RECORDINGS.iterdir()} <= set(ALL)
