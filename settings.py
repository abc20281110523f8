"""Every environment variable, typed. Nothing else reads the environment."""

import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
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
        "",
        description="address readers use: without it nothing can be cited, embedded or"
        " found by search engines; `answerable up` on 127.0.0.1 takes that one",
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
        "",
        description="how to reach you: in the user agent, for those whose servers we"
        " read, and on pages about corrections",
    )
    smtp_host: str = Field(
        "",
        description="the server that takes our mail; with mail_from and public_url it"
        " lets brands file corrections and be watched, and without one of them nobody"
        " can",
    )
    smtp_port: int = Field(587, ge=1, le=65_535, description="that server's port")
    smtp_user: str = Field("", description="our name there; empty: it asks for none")
    smtp_password: SecretStr = Field(SecretStr(""), description="and our password")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="how mail is sent: starttls, tls from the first byte, or none"
        " (to a server on the same machine)",
    )
    mail_from: str = Field("", description="address that our mail is from")
    webhook_hosts: str = Field(
        "",
        description="hosts on private networks that webhooks of readers may reach, and"
        " without encryption (`127.0.0.1:8080`), with commas between them; for trying"
        " webhooks out: whoever uses the site can then have them asked",
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
    bluesky_first_days: int = Field(
        7,
        ge=0,
        description="how far back threads below a new account's posts are read",
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
    x_api: str = Field("https://api.x.com", description="X's interface")
    x_token: SecretStr = Field(
        SecretStr(""), description="an X bearer token (app-only); every read is charged"
    )
    x_budget_usd: float = Field(
        0,
        ge=0,
        description="dollars a calendar month (UTC) for reading X, never"
        " exceeded, and 0 leaves X off. Below 3 nothing can be sampled",
    )
    x_post_usd: float = Field(
        0.005,
        gt=0,
        description="dollars X charges for a post read"
        " (https://docs.x.com/x-api/getting-started/pricing, looked at 2026-11-22)",
    )
    x_user_usd: float = Field(
        0.010,
        gt=0,
        description="dollars X charges for asking who has a name (same source)",
    )
    youtube_on: bool = Field(
        False,
        description="measures answers under brands' own YouTube videos. Its policies"
        " allow no figures of one's own without a signed amendment, no mixing with"
        " other sources, and no storage beyond 30 days"
        " (https://developers.google.com/youtube/terms/developer-policies,"
        " https://developers.google.com/youtube/terms/derived-metrics-policy): so it is"
        " measured, erased after 28 days, and never ranked or published",
    )
    youtube_api: str = Field(
        "https://www.googleapis.com/youtube/v3", description="YouTube's Data API"
    )
    youtube_key: SecretStr = Field(SecretStr(""), description="a key for that API")
    youtube_units: int = Field(
        10_000, ge=1, description="units of that API that may be used a day (Pacific)"
    )
    youtube_first_days: int = Field(
        3, ge=1, le=28, description="how far back comments are read at first"
    )
    reddit_on: bool = Field(
        False,
        description="measures answers on Reddit. Its terms want an agreement for"
        " commercial use, and what is deleted there deleted here within 48 hours"
        " (https://redditinc.com/policies/data-api-terms): whoever switches this on"
        " must have the right to, and texts are never stored, links checked daily",
    )
    reddit_api: str = Field("https://oauth.reddit.com", description="Reddit's Data API")
    reddit_login: str = Field(
        "https://www.reddit.com", description="where Reddit gives out tokens"
    )
    reddit_id: str = Field("", description="the id of a Reddit app of type script")
    reddit_secret: SecretStr = Field(SecretStr(""), description="that app's secret")
    reddit_first_days: int = Field(
        3, ge=1, description="how far back a subreddit is read at first"
    )
    cfpb_api: str = Field(
        "https://www.consumerfinance.gov/data-research/consumer-complaints/search"
        "/api/v1",
        description="the interface of the US consumer bureau's complaint database",
    )
    cfpb_first_days: int = Field(
        120, ge=21, description="how far back complaints to a US firm are read at first"
    )
    stackexchange_api: str = Field(
        "https://api.stackexchange.com/2.3", description="Stack Exchange's interface"
    )
    stackexchange_key: SecretStr = Field(
        SecretStr(""),
        description="a key for Stack Exchange (stackapps.com); without one, 300"
        " requests a day are allowed",
    )
    stackexchange_first_days: int = Field(
        14, ge=1, description="how far back a tag on Stack Exchange is read at first"
    )
    mastodon_token: SecretStr = Field(
        SecretStr(""),
        description="tokens with which Mastodon servers show more: user@server=token,"
        " several with spaces between; an account's own (scopes read:accounts,"
        " read:statuses, read:notifications) also shows what it was named in",
    )
    mastodon_instances: str = Field(
        "",
        description="where Mastodon servers are asked that are not at https:// and"
        " their name: name=address, several with spaces between",
    )
    mastodon_first_days: int = Field(
        7, ge=1, description="how far back a Mastodon account is read at first"
    )
    collect: bool = Field(True, description="off: the worker looks at no channel")
    log_format: Literal["text", "json"] = Field(
        "text", description="how lines are logged: text (name=value pairs) or json"
    )

    @field_validator("*")
    @classmethod
    def _an_address(cls, value: object) -> object:
        if isinstance(value, str) and value.startswith(ADDRESSES):
            parts = urlsplit(value)  # these raise ValueError, which names the setting
            if parts.port == 0 or not parts.hostname:
                raise ValueError("expected an address with the name of a host")
        return value

    @field_validator("public_url")
    @classmethod
    def _of_the_site(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("expected an address that begins with https:// or http://")
        return value

    @cached_property
    def database(self) -> str:
        """The database's SQLAlchemy address."""
        return self.database_url or f"sqlite:///{self.var / 'answerable.db'}"

    @cached_property
    def sample_database(self) -> str:
        """Fictional brands live in a file of their own: never mixed with measured."""
        return f"sqlite:///{self.var / 'sample.db'}"

    def bundle(self, name: str, digest: str, *, sample: bool) -> Path:
        """Where the bundle of an edition waits to be handed out: a file of its own for
        each digest, so that it is never another's."""
        kind = "sample" if sample else "measured"
        return self.var / "bundles" / kind / f"{name}.{digest[:16]}.zip"

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
    def hook_hosts(self) -> frozenset[str]:
        """Hosts, or hosts with a port, that webhooks may reach although they are not
        public, and without encryption."""
        named = (each.strip().lower() for each in self.webhook_hosts.split(","))
        return frozenset(named) - {""}

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


def complaint(problem: ValidationError) -> str:
    """What is wrong with which variables, in a sentence."""
    wrong = "; ".join(
        f"ANSWERABLE_{str(error['loc'][0]).upper()}: {error['msg']}"
        for error in problem.errors()
    )
    return f"{wrong}; see docs/settings.md"
