"""Settings: what is read from the environment, and the secret made on first start."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

import settings as module
from settings import Settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("ANSWERABLE_"):
            monkeypatch.delenv(name)


def test_the_default_database_is_a_file_in_the_var_folder(tmp_path):
    settings = Settings(var=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path}/answerable.db"
    assert settings.sample_database == f"sqlite:///{tmp_path}/sample.db"


def test_an_address_given_is_taken(monkeypatch):
    monkeypatch.setenv("ANSWERABLE_DATABASE_URL", "postgresql://me@host/db")
    assert Settings().database == "postgresql://me@host/db"


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().collect = False


def test_a_given_secret_is_the_key(tmp_path):
    settings = Settings(var=tmp_path, secret=SecretStr("x" * 16))
    assert settings.key == b"x" * 16
    assert list(tmp_path.iterdir()) == []


def test_a_short_secret_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least 16 characters"):
        _ = Settings(var=tmp_path, secret=SecretStr("x" * 15)).key


def test_the_secret_is_never_printed():
    assert "hidden-from-logs-please" not in repr(
        Settings(secret=SecretStr("hidden-from-logs-please"))
    )


def test_the_secret_is_made_once_and_kept(tmp_path):
    var = tmp_path / "made" / "on the way"
    key = Settings(var=var).key
    assert len(key) == 64
    assert Settings(var=var).key == key
    assert [path.name for path in var.iterdir()] == ["secret"]
    assert (var / "secret").stat().st_mode & 0o077 == 0


def test_the_process_that_comes_second_takes_the_first_ones_secret(
    tmp_path, monkeypatch
):
    """Between looking for the file and making it, another process made it."""
    first = Settings(var=tmp_path).key
    exists = Path.exists
    monkeypatch.setattr(
        module.Path,
        "exists",
        lambda path, **more: path.name != "secret" and exists(path, **more),
    )
    assert Settings(var=tmp_path).key == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def _key(var: Path) -> bytes:
    return Settings(var=var).key


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(_key, [tmp_path / "var"] * 16)
    assert len(set(keys)) == 1


def test_a_wrong_value_names_the_setting():
    done = subprocess.run(
        [sys.executable, "-c", "from settings import Settings; Settings()"],
        env={"ANSWERABLE_BLUESKY_RETENTION_HOURS": "many", "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "bluesky_retention_hours" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "http://["),
        ("public_url", "https://"),
        ("public_url", "answerable.example"),
        ("public_url", "javascript:alert(1)"),
        ("github_api", "https://host:port"),
        ("github_api", "https://host:99999"),
    ],
)
def test_an_address_that_is_none_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(f"ANSWERABLE_{name.upper()}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [each["loc"] for each in refused.value.errors()] == [(name,)]


def test_hosts_that_settings_name_may_be_asked(tmp_path):
    named = Settings(
        var=tmp_path,
        private_hosts=" Forum.intern, 10.0.0.7:8080,,",
        github_api="http://127.0.0.1:99",
        bluesky_jetstream="ws://stream.intern/subscribe",
    ).named_hosts
    assert {"forum.intern", "10.0.0.7:8080", "127.0.0.1:99", "stream.intern:80"} < named
    assert "" not in named
    assert "public.api.bsky.app:443" in Settings(var=tmp_path).named_hosts


def test_every_key_is_known_as_a_secret(tmp_path):
    given = Settings(var=tmp_path, secret="x" * 16, github_token=" a-token\n")
    assert given.secrets == {"x" * 16, "a-token"}
