"""An SVG of ours as PNG, drawn in this process by resvg, with a font of our own.

Loaded when the first picture is asked for: a page never waits for it. The font is Noto
Sans from an installed package; letters beyond those it has (Latin, Greek, Cyrillic)
are looked for among the machine's own fonts.
"""

import struct
import threading
import unicodedata
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from web.tongue import ENGLISH

SHARP = 2.0
"""Pixels to a unit of the drawing, so that it is sharp on today's screens and paper."""
MOST_PIXELS = 12_000_000
"""A drawing of very many lines is made less sharp rather than larger than this."""
WRITTEN = ("LATIN", "GREEK", "CYRILLIC")
MAGIC, HEAD = b"\x89PNG\r\n\x1a\n", 33
"""A PNG's first bytes, and how many there are up to the end of its header."""

_one = threading.Lock()


@cache
def font() -> str:
    """The font's file. FileNotFoundError: its package is not installed."""
    spec = find_spec("fontpkg_noto_sans")
    folder = Path(spec.origin).parent / "files" if spec and spec.origin else Path()
    found = [path for path in folder.glob("NotoSans*.ttf") if "Italic" not in path.name]
    if not found:
        raise FileNotFoundError("the font of pictures is not installed: make setup")
    return str(found[0])


def png(
    svg: bytes,
    width: int,
    height: int,
    *,
    said: str,
    sharp: float = SHARP,
    language: str = ENGLISH,
) -> bytes:
    """``width`` and ``height``: of the drawing, in its own units. ``said`` is written
    into the file as its description, for who finds it without its page, in
    ``language``."""
    import resvg_py

    most = (MOST_PIXELS / (width * height)) ** 0.5
    text = svg.decode()
    with _one:
        drawn = resvg_py.svg_to_bytes(
            svg_string=text,
            zoom=round(min(sharp, most), 3),
            skip_system_fonts=ours(text),
            font_files=[font()],
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
        )
    return described(bytes(drawn), said, language)


def ours(text: str) -> bool:
    """Whether every letter is of a script that our font has."""
    return all(
        unicodedata.name(letter, "").startswith(WRITTEN)
        for letter in set(text)
        if letter.isalpha() and not letter.isascii()
    )


def described(drawn: bytes, said: str, language: str) -> bytes:
    """The picture with a text in it: an iTXt chunk after its header."""
    body = b"\0".join((b"Description", b"", b"", language.encode(), b"", said.encode()))
    chunk = b"iTXt" + body
    ends = struct.pack(">I", len(body)), struct.pack(">I", zlib.crc32(chunk))
    return drawn[:HEAD] + ends[0] + chunk + ends[1] + drawn[HEAD:]
