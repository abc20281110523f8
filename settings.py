"""Every environment variable, typed. Nothing else reads the environment."""

import secrets
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
ADDRESSES = tuple(f"{scheme}://" for scheme in PORTS)


class Settings(BaseSettings):
    """Read once where a process starts, then passed on. All are optional."""

    model_config = SettingsConfigDict(env_prefix="ANSWERABLE_", frozen=True)

    var: Path = Field(ROOT / "var", description="folder for data and the secret")
    database_url: str = Field(
        "", description="SQLAlchemy address; default: SQLite under the var folder"
    )
    public_url: str = Field(
        "", description="address readers use; default: that of the request"
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="keys the hashes of authors; made on first start if not given",
    )
    proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="how many proxies of yours stand before the site; readers'"
        " addresses are then taken from X-Forwarded-For",
    )
    api_per_minute: int = Field(
        300, ge=1, description="requests a minute that one reader may ask of /api/v1"
    )
    contact: str = Field(
        "", description="address in the user agent, for those whose servers we read"
    )
    private_hosts: str = Field(
        "",
        description="hosts on private networks that may be asked, with commas between"
        " them (`forum.intern, 10.0.0.7:8080`); those of addresses set here may be"
        " anyway",
    )
    bluesky_appview: str = Field(
        "https://public.api.bsky.app", description="Bluesky AppView"
    )
    bluesky_jetstream: str = Field(
        "wss://jetstream2.us-east.bsky.network/subscribe",
        description="Bluesky Jetstream",
    )
    bluesky_retention_hours: int = Field(
        24, ge=1, description="how far back that Jetstream can be read"
    )
    github_api: str = Field("https://api.github.com", description="GitHub's interface")
    github_token: SecretStr = Field(
        SecretStr(""),
        description="a GitHub token; without one, 60 requests an hour are allowed",
    )
    github_first_days: int = Field(
        14, ge=1, description="how far back a repository is read at first"
    )
    discourse_first_days: int = Field(
        14, ge=1, description="how far back a forum is read at first"
    )
    google_play_on: bool = Field(
        False,
        description="looks at reviews in Google Play. Its rules of conduct ask that"
        " nothing it shows be collected by machine"
        " (https://play.google.com/about/consumer-conduct-policy.html): switching this"
        " on is the operator's own decision; its robots.txt is kept to even then",
    )
    google_play_shop: str = Field(
        "https://play.google.com", description="Google Play's address"
    )
    google_play_language: str = Field(
        "en", description="the one language in which reviews in Google Play are read"
    )
    google_play_country: str = Field(
        "us", description="the country whose Google Play is read"
    )
    google_play_first_days: int = Field(
        14, ge=1, description="how far back an app in Google Play is read at first"
    )
    app_store_api: str = Field(
        "https://api.appstoreconnect.apple.com", description="App Store Connect"
    )
    app_store_keys: Path | None = Field(
        None,
        description="a TOML file that names the keys brands have granted for their"
        " apps in the App Store: for each a table [[team]] with key_id, issuer,"
        " private_key (the .p8 file, beside this one) and apps (their numbers)",
    )
    app_store_first_days: int = Field(
        14, ge=1, description="how far back an app in the App Store is read at first"
    )
    trustpilot_api: str = Field(
        "https://api.trustpilot.com", description="Trustpilot's interface"
    )
    trustpilot_key: SecretStr = Field(
        SecretStr(""),
        description="a Trustpilot API key. What consumers delete there must be deleted"
        " here (https://developers.trustpilot.com/deletions-api), and is",
    )
    trustpilot_first_days: int = Field(
        14, ge=1, description="how far back a business is read at first"
    )
    collect: bool = Field(True, description="off: the worker looks at no channel")

    @cached_property
    def database(self) -> str:
        """The database's SQLAlchemy address."""
        return self.database_url or f"sqlite:///{self.var / 'answerable.db'}"

    @cached_property
    def sample_database(self) -> str:
        """Fictional brands live in a file of their own: never mixed with measured."""
        return f"sqlite:///{self.var / 'sample.db'}"

    @cached_property
    def named_hosts(self) -> frozenset[str]:
        """Hosts, or hosts with a port, that may be asked although they are not public:
        those that the operator names here, in a list or in an address."""
        named = {each.strip().lower() for each in self.private_hosts.split(",")}
        for value in self.__dict__.values():
            if isinstance(value, str) and value.startswith(ADDRESSES):
                address = urlsplit(value)
                port = address.port or PORTS[address.scheme]
                named.add(f"{address.hostname}:{port}")
        return frozenset(named - {""})

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Every key set here, so that no log and no row may hold one."""
        held = (v for v in self.__dict__.values() if isinstance(v, SecretStr))
        return frozenset(v.get_secret_value().strip() for v in held) - {""}

    @cached_property
    def key(self) -> bytes:
        """The secret that keys the hashes of authors, at least 16 bytes."""
        given = self.secret.get_secret_value()
        if given:
            if len(given) < 16:
                raise ValueError("ANSWERABLE_SECRET must have at least 16 characters")
            return given.encode()
        path = self.var / "secret"
        self.var.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = self.var / f"secret.{secrets.token_hex(4)}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            try:
                path.hardlink_to(fresh)  # the first of several processes wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip().encode()
