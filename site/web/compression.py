"""Which encoding a reader's browser takes, and a body in it."""

import gzip
from functools import lru_cache

import brotli
import zstandard

PREFERRED = ("br", "zstd", "gzip", "identity")
"""Smallest first. Levels: quick ones; 9 and 11 take minutes over a whole site."""


@lru_cache(maxsize=512)
def negotiate(header: str) -> str:
    """The encoding for an Accept-Encoding header. ``q=0`` forbids, ``*`` allows.

    Where everything is forbidden the plain body is sent: it can at least be read.
    """
    weights = _weights(header)
    other = weights.get("*", 0.0)
    plain = weights.get("identity", other if "*" in weights else 0.001)
    offered = {name: weights.get(name, other) for name in PREFERRED[:-1]}
    offered["identity"] = plain
    best = max(PREFERRED, key=lambda name: offered[name])  # ties: the first
    return best if offered[best] > 0 else "identity"


def _weights(header: str) -> dict[str, float]:
    weights = {}
    for item in header.lower().split(","):
        name, _, parameters = item.partition(";")
        weights[name.strip()] = _quality(parameters)
    weights.pop("", None)
    return weights


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0  # malformed: as if not offered
    return 1.0


def compress(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "br":
            return bytes(brotli.compress(body, quality=5))
        case "zstd":
            return zstandard.ZstdCompressor(level=3).compress(body)
        case "gzip":
            return gzip.compress(body, 6, mtime=0)
    return body
