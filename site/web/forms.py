"""What was typed into a form of the docket, read and checked. No field is trusted."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from model.docket import Asked
from web.errors import printable
from web.tongue import mark, number, t

SHORTEST, LONGEST = 20, 4_000
LONGEST_NAME, LONGEST_ADDRESS = 100, 254
LOCAL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""As browsers check an address, ours without dots side by side."""

ADDRESS = mark("Enter an e-mail address like press@brand.example")

TRAP = "homepage"
"""A field that no person sees: whoever fills it is a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was typed, cleaned, and what is wrong with it by field."""

    kind: str = ""
    name: str = ""
    email: str = ""
    text: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """Of the address, in lower case and in ASCII; '' it is no address."""
        return domain_of(self.email)

    @property
    def address(self) -> str:
        """Where mail is sent: with the domain as servers spell it."""
        return f"{self.email.rpartition('@')[0]}@{self.domain}"


def read(typed: Mapping[str, str], website: str | None) -> Filled:
    """``website``: of the brand whose form it is; None: the form asks for a name, and
    only for a watch."""
    kind = Asked.WATCH.value if website is None else typed.get("kind", "")
    filled = Filled(
        kind=kind,
        name=line(typed.get("name", ""))[: LONGEST_NAME + 1],
        email=line(typed.get("email", ""))[: LONGEST_ADDRESS + 1],
        text=_lines(typed.get("text", ""))[: LONGEST + 1],
    )
    if website is None:
        filled.errors.update(_name(filled.name))
    elif kind not in {each.value for each in Asked}:
        filled.errors["kind"] = t("Choose what this is about")
    filled.errors.update(_email(filled, website))
    filled.errors.update(_text(filled.text))
    return filled


def _name(name: str) -> dict[str, str]:
    if not name:
        return {"name": t("Enter the name of the brand")}
    if len(name) > LONGEST_NAME:
        most = number(LONGEST_NAME)
        return {"name": t("The name must have %(most)s characters or fewer", most=most)}
    return {}


def _email(filled: Filled, website: str | None) -> dict[str, str]:
    if not filled.email:
        return {"email": t("Enter an e-mail address")}
    if not filled.domain:
        return {"email": t(ADDRESS)}
    own = site_of(website or "")
    if own and not belongs(filled.domain, own):
        return {
            "email": t(
                "Enter an address at %(domain)s: we only know the brand by that",
                domain=own,
            )
        }
    return {}


def _text(text: str) -> dict[str, str]:
    if not text:
        return {"text": t("Enter what you have to say")}
    if len(text) < SHORTEST:
        least = number(SHORTEST)
        return {
            "text": t(
                "What you say must have %(least)s characters or more", least=least
            )
        }
    if len(text) > LONGEST:
        most = number(LONGEST)
        return {
            "text": t("What you say must have %(most)s characters or fewer", most=most)
        }
    return {}


def domain_of(address: str) -> str:
    """The domain of an address that mail can be sent to; '' it is none."""
    local, _, domain = address.rpartition("@")
    if len(address) > LONGEST_ADDRESS or len(local) > 64 or not LOCAL.fullmatch(local):
        return ""
    try:
        plain = domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    labels = plain.split(".")
    whole = all(LABEL.fullmatch(label) for label in labels)
    return plain if len(labels) > 1 and whole and not labels[-1].isdigit() else ""


def site_of(website: str) -> str:
    """The domain of a brand's website, without www; '' it has none."""
    return (urlsplit(website).hostname or "").removeprefix("www.")


def belongs(domain: str, own: str) -> bool:
    """Whether a domain is the brand's, or below it."""
    return domain == own or domain.endswith(f".{own}")


def line(text: str) -> str:
    """In one line, without what cannot be printed."""
    return " ".join(unicodedata.normalize("NFC", printable(text)).split())


def _lines(text: str) -> str:
    """With line ends as they were meant, and without what cannot be printed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    joined = "\n".join(line(each) for each in lines).strip()
    return re.sub(r"\n{3,}", "\n\n", joined)
