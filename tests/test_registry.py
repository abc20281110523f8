"""The registry: what comes with the project, and every mistake a proposal can hold."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import channels, registry
from collectors.base import UnreadablePage
from collectors.http import Refused, Unreachable
from importing import quick
from jobs import Failed
from jobs import registry as job
from model import CHANNEL_FAMILY
from model.entries import AccountEntry
from settings import Settings
from store import Store

INDUSTRIES = """slug,name,nace
banking,Banking,K
unclassified,Not yet classified,
"""
BRANDS = """slug,name,industry,country,website,wikidata,former_names,note
bank-a,Bank A,banking,DE,https://bank-a.example,Q42,Old Bank; Older Bank,
bank-b,Bank B,banking,,,,,a doubt
"""
ACCOUNTS = """brand,channel,account,role,confidence,evidence,note
bank-a,bluesky,bank-a.example,main,high,its website,
bank-a,x,BankAHelp,support,low,from memory,may be gone
bank-b,bluesky,bank-b.example,main,high,its website,
"""


def folder(
    path: Path,
    industries: str = INDUSTRIES,
    brands: str = BRANDS,
    accounts: str = ACCOUNTS,
) -> Path:
    (path / "industries.csv").write_text(industries)
    (path / "brands.csv").write_text(brands)
    (path / "accounts.csv").write_text(accounts)
    return path


# The project's own


@pytest.fixture(scope="module")
def ours():
    return registry.read(job.FOLDER)


def test_the_projects_own_registry_has_no_problem():
    assert job.check() == []


def test_what_the_projects_own_registry_holds(ours):
    assert len(ours.brands) == 992
    assert len(ours.accounts) == 1618
    assert len(ours.industries) == 17
    assert {brand.industry for brand in ours.brands} == {
        each.slug for each in ours.industries
    } - {registry.UNCLASSIFIED}
    assert len({brand.country for brand in ours.brands} - {""}) == 53
    confidence = Counter(account.confidence for account in ours.accounts)
    assert confidence == {"high": 1169, "medium": 429, "low": 20}


def test_an_industry_has_its_section_of_nace(ours):
    nace = {each.slug: each.nace for each in ours.industries}
    assert [slug for slug, letter in nace.items() if not letter] == ["unclassified"]
    assert (nace["banking"], nace["retail"], nace["utilities"]) == ("K", "G", "D")


def test_a_line_ends_as_the_others_do():
    for name in ("industries.csv", "brands.csv", "accounts.csv"):
        content = (job.FOLDER / name).read_bytes()
        assert b"\r" not in content
        assert content.endswith(b"\n")


def test_every_list_behind_the_accounts_is_named_with_its_licence(ours):
    said = (job.FOLDER / "README.md").read_text()
    lists = [
        "osmlab/name-suggestion-index", "2factorauth/twofactorauth",
        "LawnchairLauncher/lawnicons", "PrivSec-dev/privsec.dev",
        "arkadiyt/bounty-targets-data", "jmrplens/mastodon_official_profiles",
        "felicianotech/discourse.directory", "searxng/searxng", "cncf/landscape",
        "awesome-selfhosted/awesome-selfhosted-data", "Lissy93/awesome-privacy",
        "METResearchGroup/bluesky-research", "luccanunes/mc908",
    ]  # fmt: skip
    for each in lists:
        assert each in said
        assert any(each in account.evidence for account in ours.accounts), each


def test_the_readme_names_every_channel_that_has_accounts(ours):
    said = (job.FOLDER / "README.md").read_text()
    for channel in {account.channel for account in ours.accounts}:
        assert f"`{channel}`" in said


# Mistakes


def said(problems: list[str], where: str, what: str) -> bool:
    return any(f"{where}: " in each and what in each for each in problems)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("banking,Other,K", "slug 'banking' is in line 2 already"),
        ("zoo,BANKING,K", "name 'banking' is in line 2 already"),
        ("Zoo,Zoo,K", "slug is not well formed: 'Zoo'"),
        ("zoo--a,Zoo,K", "slug is not well formed"),
        (",Zoo,K", "slug is not well formed"),
        ("zoo,,K", "name is missing"),
        ("zoo,Zoo,Z", "nace is a letter from A to U"),
        ("zoo,Zoo,k", "nace is a letter from A to U"),
        ("zoo,Zoo", "3 fields belong here, not 2"),
        ("zoo,Zoo,K,", "3 fields belong here, not 4"),
        ("zoo, Zoo,K", "name has a space at its start or end"),
        ("zoo,Z\to,K", "name is one line of up to 300 printable characters"),
        ("zoo," + "z" * 301 + ",K", "name is one line of up to 300"),
        ("art,Art,K", "out of order: sort the lines by slug"),
        ('zoo,"Z"oo,K', "broken quoting"),
    ],
)
def test_mistakes_in_industries(tmp_path, line, what):
    folder(tmp_path, industries=INDUSTRIES + line + "\n")
    assert said(job.check(tmp_path), "industries.csv:4", what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("bank-a,Bank C,banking,,,,,", "slug 'bank-a' is in line 2 already"),
        ("bank-c,bank b,banking,,,,,", "name 'bank b' is in line 3 already"),
        ("bank-c,Bank C,zoo,,,,,", "there is no industry 'zoo'"),
        ("bank-c,Bank C,banking,UK,,,,", "country is two letters of ISO 3166 or EU"),
        ("bank-c,Bank C,banking,de,,,,", "country is two letters of ISO 3166 or EU"),
        ("bank-c,Bank C,banking,,bank.example,,,", "website is not well formed"),
        ("bank-c,Bank C,banking,,javascript:x,,,", "website is not well formed"),
        ("bank-c,Bank C,banking,,,Q0,,", "wikidata is not well formed: 'Q0'"),
        ("bank-c,Bank C,banking,,,42,,", "wikidata is not well formed: '42'"),
        ("bank-c,Bank C,banking,,,Q42,,", "wikidata 'q42' is in line 2 already"),
        ("bank-aa,Bank C,banking,,,,,", "out of order"),
        ("bank-c,,banking,,,,,", "name is missing"),
    ],
)
def test_mistakes_in_brands(tmp_path, line, what):
    folder(tmp_path, brands=BRANDS + line + "\n")
    assert said(job.check(tmp_path), "brands.csv:4", what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("bank-z,x,BankZ,main,high,seen,", "there is no brand 'bank-z'"),
        ("bank-b,fax,BankZ,main,high,seen,", "there is no channel 'fax'"),
        ("bank-b,x,bankahelp,main,high,seen,", "is in line 3 already"),
        ("bank-b,x,BankB,chief,high,seen,", "role is main or support"),
        ("bank-b,x,BankB,main,sure,seen,", "confidence is high or medium or low"),
        ("bank-b,x,BankB,main,high,,", "evidence is missing"),
        ("bank-b,x,@BankB,main,high,seen,", "an account on x is a handle without @"),
        ("bank-b,bluesky,a.example,main,high,seen,", "out of order"),
    ],
)
def test_mistakes_in_accounts(tmp_path, line, what):
    folder(tmp_path, accounts=ACCOUNTS + line + "\n")
    assert said(job.check(tmp_path), "accounts.csv:5", what)


GOOD_AND_BAD = {
    "bluesky": (
        ["brand.example", "a-b.bsky.social"],
        ["@brand.example", "brand", "Brand.example", "brand.example/", "a_b.example"],
    ),
    "mastodon": (
        ["brand@social.example", "Brand_1@xn--a.example"],
        ["@brand@social.example", "brand", "brand@social", "brand@Social.example"],
    ),
    "github": (["brand/app", "a-b/C.d_e"], ["brand", "brand/app/issues", "br nd/app"]),
    "discourse": (
        ["https://forum.example.org", "https://example.org/en/forum"],
        ["https://forum.example.org/", "forum.example.org", "https://forum"],
    ),
    "stackexchange": (
        ["stackoverflow|c++", "salesforce|apex", "stackoverflow|c#"],
        ["stackoverflow", "stackoverflow|", "stackoverflow|A b"],
    ),
    "google_play": (["org.example.app", "com.a_b.C1"], ["app", "org..app", "1.a"]),
    "app_store": (["123456789"], ["app", "id123456789", "012345678"]),
    "x": (["Brand_Help", "b"], ["@brand", "brand.help", "a" * 16, "", "brändli"]),
    "youtube": (["brand.help", "Brand-1"], ["@brand", "b", "a" * 31]),
    "reddit": (["r/brand", "u/Brand-Help"], ["brand", "/r/brand", "r/b", "u/a b"]),
    "twcs": (["sprintcare"], ["@sprintcare"]),
    "trustpilot": (["example.co.uk"], ["https://example.org", "example"]),
    "consumidor": (["Banco A (Brasil)", "99"], [""]),
    "cfpb": (["BANK A, N.A."], [""]),
    "audit": (["whatever it is called"], [""]),
}


@pytest.mark.parametrize("channel", CHANNEL_FAMILY)
def test_how_accounts_are_written(channel, tmp_path):
    good, bad = GOOD_AND_BAD.get(channel, GOOD_AND_BAD["audit"])

    def problems(account: str) -> list[str]:
        line = f'bank-b,{channel},"{account}",main,high,seen,\n'
        header, _, rest = ACCOUNTS.partition("\n")
        lines = sorted([line, *rest.splitlines(keepends=True)])
        folder(tmp_path, accounts=header + "\n" + "".join(lines).replace('""', ""))
        return [each for each in job.check(tmp_path) if "out of order" not in each]

    for account in good:
        assert problems(account) == [], account
    for account in bad:
        assert len(problems(account)) == 1, account


def test_every_problem_is_named_at_once(tmp_path):
    folder(tmp_path, industries="", brands="slug\n", accounts=ACCOUNTS)
    problems = job.check(tmp_path)
    assert said(problems, "industries.csv", "the file is empty")
    assert said(problems, "brands.csv:1", "the header must be slug,name,industry")
    assert said(problems, "accounts.csv:2", "there is no brand 'bank-a'")
    with pytest.raises(registry.UnreadableRegistry, match=r"\(and 4 more\)") as raised:
        registry.read(tmp_path)
    assert raised.value.problems == problems


def test_one_problem_is_said_alone(tmp_path):
    folder(tmp_path, industries=INDUSTRIES.replace("unclassified", "unclear"))
    with pytest.raises(registry.UnreadableRegistry) as raised:
        registry.read(tmp_path)
    assert str(raised.value).endswith("the industry 'unclassified' must be there")


def test_files_that_cannot_be_read(tmp_path):
    (folder(tmp_path) / "brands.csv").write_bytes(b"slug\xff")
    (tmp_path / "accounts.csv").unlink()
    problems = job.check(tmp_path)
    assert said(problems, "brands.csv", "the file must be in UTF-8")
    assert said(problems, "accounts.csv", "No such file")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(Failed, match="expected the registry's folder"):
        job.check(tmp_path / "nowhere")


@quick
@given(data=st.data())
def test_damage_is_a_problem_never_a_crash(data, tmp_path_factory):
    path = folder(tmp_path_factory.mktemp("registry"))
    name = data.draw(st.sampled_from(["industries.csv", "brands.csv", "accounts.csv"]))
    content = (path / name).read_bytes()
    at = data.draw(st.integers(0, len(content)))
    new = data.draw(st.binary(max_size=10))
    (path / name).write_bytes(content[:at] + new + content[at + 3 :])
    read, problems = registry.examine(path)
    assert all(each.startswith(str(path)) for each in problems)
    if not problems:
        slugs = {brand.slug for brand in read.brands}
        assert all(account.brand in slugs for account in read.accounts)


# Loading, and asking live


@pytest.fixture
def here(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'registry.db'}")
    store.migrate()
    yield store
    store.close()


def test_a_registry_is_loaded_whole_or_not_at_all(here, tmp_path):
    bad = folder(tmp_path, accounts=ACCOUNTS + "bank-z,x,z,main,high,seen,\n")
    with pytest.raises(registry.UnreadableRegistry):
        job.load(here, bad)
    assert here.brands() == []
    loaded = job.load(here, folder(tmp_path))
    assert (loaded.industries, loaded.brands, loaded.accounts) == (2, 2, 3)
    assert {brand.slug for brand in here.brands()} == {"bank-a", "bank-b"}
    assert job.load(here, tmp_path) == loaded
    assert all(account.resolved_at is None for account in here.accounts())


def test_the_projects_own_registry_is_loaded(here):
    loaded = job.load(here)
    assert (loaded.brands, loaded.accounts) == (992, 1618)
    assert here.known()["x", "applesupport"] == "apple"


class Answers:
    """What the network says, by account."""

    def __init__(self, **said: object) -> None:
        self.said = said
        self.asked: list[str] = []

    def __call__(self, http: object, options: dict[str, object], account: str) -> str:
        assert options["appview"]
        self.asked.append(account)
        found = self.said.get(account.replace("-", "_").partition(".")[0])
        if isinstance(found, Exception):
            raise found
        return str(found)


@pytest.fixture
def ask(here, tmp_path, monkeypatch):
    """Asks about the accounts of the small registry, with a network that says this."""
    job.load(here, folder(tmp_path))

    def check(answers: Answers) -> dict[str, job.Live]:
        bluesky = channels()["bluesky"]
        changed = type(bluesky)(**vars(bluesky) | {"resolve": answers})
        monkeypatch.setattr(job, "channels", lambda: dict(channels(), bluesky=changed))
        steps: list[tuple[int, int]] = []
        live = job.check_live(
            here,
            Settings(var=tmp_path),
            None,  # type: ignore[arg-type]  # the network is played
            now=lambda: 1000.9,
            progress=lambda done, of: steps.append((done, of)),
        )
        assert steps == [(n + 1, 2) for n in range(len(steps))]
        return {each.channel: each for each in live}

    return check


def test_accounts_that_are_there_are_resolved(ask, here):
    live = ask(Answers(bank_a="did:plc:a", bank_b="did:plc:b"))
    assert live["bluesky"].resolved == {
        "bank-a.example": "did:plc:a",
        "bank-b.example": "did:plc:b",
    }
    found = {account.account: account for account in here.accounts("bluesky")}
    assert found["bank-a.example"].external_id == "did:plc:a"
    assert found["bank-a.example"].resolved_at == 1000


def test_channels_that_cannot_be_asked_are_left_as_they_are(ask, here):
    live = ask(Answers(bank_a="did:plc:a", bank_b="did:plc:b"))
    assert live["x"].left == 1
    assert "this channel is off: it must be switched on" in live["x"].why_left
    (account,) = here.accounts("x")
    assert (account.resolved_at, account.problem) == (None, "")


@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("github", ""),
        ("twcs", "cannot be resolved by this version"),
        ("nowhere", "cannot be resolved by this version"),
        ("google_play", "must be switched on: set ANSWERABLE_GOOGLE_PLAY_ON=true"),
        ("trustpilot", "needs a key: set ANSWERABLE_TRUSTPILOT_KEY"),
        ("app_store", "needs a key: set ANSWERABLE_APP_STORE_KEYS"),
    ],
)
def test_a_channel_that_is_off_is_asked_for_nothing(slug, why, tmp_path):
    said = job._why_not(slug, Settings(var=tmp_path))
    assert why in said
    assert bool(said) is bool(why)


@pytest.mark.parametrize(
    "no", [Refused("nobody is behind it", 400), UnreadablePage("there", "a did")]
)
def test_an_account_that_is_not_there_says_why(ask, here, no):
    live = ask(Answers(bank_a=no, bank_b="did:plc:b"))
    assert live["bluesky"].unresolved == {"bank-a.example": str(no)}
    found = {account.account: account for account in here.accounts("bluesky")}
    assert found["bank-a.example"].problem == str(no)
    assert found["bank-a.example"].resolved_at is None
    assert found["bank-b.example"].resolved_at == 1000


def test_a_silent_network_is_no_reason_to_doubt_an_account(ask, here):
    answers = Answers(bank_a=Unreachable("no network"), bank_b="did:plc:b")
    live = ask(answers)
    assert (live["bluesky"].left, live["bluesky"].why_left) == (1, "no network")
    assert answers.asked == ["bank-a.example", "bank-b.example"]
    assert all(account.problem == "" for account in here.accounts())


def test_an_entry_says_nothing_by_default():
    entry = AccountEntry(brand="b", channel="x", account="a")
    assert (entry.role, entry.evidence, entry.confidence, entry.note) == (
        "main",
        "",
        "",
        "",
    )


def test_the_folder_can_be_copied_and_read_elsewhere(tmp_path):
    shutil.copytree(job.FOLDER, tmp_path / "copy")
    assert job.check(tmp_path / "copy") == []
