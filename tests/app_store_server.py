"""The App Store's stage: one app, one granted key."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local_server import Server
from review_servers import AppStore, without_end
from stages import Stage


def granted(folder: Path) -> Path:
    """The list of a key that a brand granted, both written into a folder."""
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "AuthKey.p8").write_bytes(private)
    keys = folder / "keys.toml"
    keys.write_text(
        '[[team]]\nkey_id = "K1"\nissuer = "I1"\nprivate_key = "AuthKey.p8"\n'
        f'apps = ["{AppStore.APP}"]\n'
    )
    return keys


@contextmanager
def stage(server: Server, now: int) -> Iterator[Stage]:
    made = AppStore(server)
    made.review(now - 400 * 86_400)
    for hours in (30, 20, 10, 5):
        made.review(now - hours * 3_600, replied=now - 3_600)
    with tempfile.TemporaryDirectory() as folder:
        keys = granted(Path(folder))
        private = (Path(folder) / "AuthKey.p8").read_text()
        settings: dict[str, Any] = {
            "app_store_api": server.url,
            "app_store_keys": keys,
        }
        yield Stage(
            accounts=(AppStore.APP,),
            settings=settings,
            endless=lambda: without_end(made, now),
            never=("eyJ", private.splitlines()[1]),
        )
    made.client().close()
