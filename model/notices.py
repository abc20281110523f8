"""Who watches a brand, and what they were told: an address and an outbox.

An address is kept from the moment it is typed until its owner stops, and for 48 hours
at most where nobody confirms it; the row goes with it. Times are whole epoch seconds,
UTC, as everywhere.
"""

import base64
import hmac
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Field, SQLModel, UniqueConstraint

from model.rows import Big, Key

SIGNED = 32
"""Hexadecimal digits of a link that nobody can guess."""


class By(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    HOOK = "webhook"


class Subscription(SQLModel, table=True):
    """One brand watched by one address. It is told nothing until it was confirmed."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    ident: str = Field(unique=True, description="random; part of its links and keys")
    by: str = Field(description="notices.By")
    target: str = Field(index=True, description="the mail address or https address")
    brand: str = Field(index=True, description="slug")
    language: str = Field(default="en", description="of the page it was asked on")
    token: str = Field(index=True, description="hash of the mail's; '' it was used")
    expires_at: int = Field(sa_type=Big, description="of the token")
    made_at: int = Field(sa_type=Big)
    confirmed_at: int | None = Field(
        default=None, sa_type=Big, description="None: nobody has confirmed it"
    )


class Announced(SQLModel, table=True):
    """An edition whose notices are all in the outbox: they are put there once."""

    edition: str = Field(primary_key=True, description="its name")
    at: int = Field(sa_type=Big)


class Notice(SQLModel, table=True):
    """The outbox: one line for each subscription and edition, written once."""

    __table_args__ = (UniqueConstraint("subscription_id", "edition"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    subscription_id: int = Field(
        sa_type=Big, foreign_key="subscription.id", ondelete="CASCADE"
    )
    edition: str = Field(description="its name; it may be gone by now")
    body: str = Field(description="JSON: what is said of the brand")
    made_at: int = Field(sa_type=Big)
    tries: int = Field(default=0, description="how often sending was begun")
    next_at: int = Field(sa_type=Big, description="not tried again before")
    sent_at: int | None = Field(default=None, sa_type=Big, description="None: not yet")
    given_up: bool = Field(default=False, description="no try is left")


def stop_token(key: bytes, ident: str) -> str:
    """What a link must hold to end a subscription. Not kept anywhere: made anew."""
    return ident + _made(key, "stop", ident).hex()[:SIGNED]


def ident_of(key: bytes, token: str) -> str:
    """The subscription that a link may end; '' it is none of our links."""
    ident = token[:-SIGNED]
    right = stop_token(key, ident)
    return ident if hmac.compare_digest(right.encode(), token.encode()) else ""


def hook_key(key: bytes, ident: str) -> bytes:
    """What signs the messages of one webhook. Not kept anywhere: made anew."""
    return _made(key, "webhook", ident)


def spelled(secret: bytes) -> str:
    """A webhook's key as its owner is told it (standardwebhooks.com)."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def signature(secret: bytes, ident: str, at: int, body: bytes) -> str:
    """``webhook-signature`` of a message by Standard Webhooks, version 1: HMAC-SHA256
    of its id, its time and its body, with dots between."""
    signed = f"{ident}.{at}.".encode() + body
    made = hmac.new(secret, signed, sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def _made(key: bytes, what: str, ident: str) -> bytes:
    return hmac.new(key, f"answerable {what} {ident}".encode(), sha256).digest()
