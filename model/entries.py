"""Lines of the registry, as people write them: checked values, no ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndustryEntry:
    slug: str
    name: str
    nace: str  # NACE Rev. 2 section, one letter; "" not known


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandEntry:
    slug: str
    name: str
    industry: str  # slug
    country: str = ""
    website: str = ""
    wikidata: str = ""
    former_names: str = ""  # separated by "; "
    note: str = ""  # a doubt, for whoever edits the registry


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    brand: str  # slug
    channel: str
    account: str
    role: str = "main"
    evidence: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """A user whom a brand itself names as answering for it: a number, never a name."""

    channel: str
    account: str
    user: str  # the channel's own number of the user
    evidence: str  # the address where the brand says so
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    industries: tuple[IndustryEntry, ...]
    brands: tuple[BrandEntry, ...]
    accounts: tuple[AccountEntry, ...]
    staff: tuple[StaffEntry, ...] = ()
