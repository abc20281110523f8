"""A brand's request becomes a change of text: checked, small, and applied by hand."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cli
from collectors import registry
from importing import quick
from jobs import Failed
from jobs.proposing import LARGEST, Proposal, propose, read, request
from jobs.registry import FOLDER, check
from test_registry import ACCOUNTS, BRANDS, folder

WHOLE = """
name = "Ünique Bank"
industry = "banking"
country = "DE"
website = "https://unique.example"
wikidata = "Q77"
former_names = "Usual Bank"
note = "asked by itself"

[[accounts]]
channel = "bluesky"
account = "unique.example"
evidence = "https://unique.example/contact"

[[accounts]]
channel = "x"
account = "UniqueHelp"
role = "support"
confidence = "high"
evidence = "https://unique.example/contact"
note = "answers at weekdays, it says"
"""
BRAND = (
    "unique-bank,Ünique Bank,banking,DE,https://unique.example,Q77,Usual Bank,"
    "asked by itself\n"
)
LINES = [
    "unique-bank,bluesky,unique.example,main,medium,https://unique.example/contact,\n",
    "unique-bank,x,UniqueHelp,support,high,https://unique.example/contact,"
    '"answers at weekdays, it says"\n',
]


@pytest.fixture
def there(tmp_path: Path) -> Path:
    (tmp_path / "registry").mkdir()
    return folder(tmp_path / "registry")


def asked(there: Path, text: str, suffix: str = ".toml") -> Proposal:
    path = there.parent / f"request{suffix}"
    path.write_text(text, encoding="utf-8")
    return propose(there, read(path))


def test_a_new_brand_is_a_few_added_lines(there: Path) -> None:
    change = asked(there, WHOLE)
    assert (change.slug, change.new_brand, change.accounts) == ("unique-bank", True, 2)
    assert change.texts["brands.csv"] == BRANDS + BRAND
    assert change.texts["accounts.csv"] == ACCOUNTS + "".join(LINES)
    added = [line for line in change.diff.splitlines() if line.startswith("+")]
    assert added == [
        "+++ b/registry/brands.csv",
        f"+{BRAND.strip()}",
        "+++ b/registry/accounts.csv",
        *(f"+{line.strip()}" for line in LINES),
    ]
    assert "\n-" not in change.diff.replace("\n---", "")
    assert (there / "brands.csv").read_text() == BRANDS  # nothing was changed


def test_git_applies_what_is_printed(there: Path) -> None:
    change = asked(there, WHOLE)
    subprocess.run(
        ["git", "apply", "-"], cwd=there.parent, input=change.diff.encode(), check=True
    )
    for name, text in change.texts.items():
        assert (there / name).read_text(encoding="utf-8") == text
    assert check(there) == []


def test_a_request_can_be_json(there: Path) -> None:
    import tomllib

    said = json.dumps(tomllib.loads(WHOLE))
    assert asked(there, said, ".json").diff == asked(there, WHOLE).diff


@pytest.mark.parametrize("name", ["Bank A", "bank a"])
def test_a_brand_that_is_there_gets_its_accounts(there: Path, name: str) -> None:
    said = f'name = "{name}"\n[[accounts]]\nchannel = "github"\naccount = "a/b"\n'
    change = asked(there, said + 'evidence = "its site"\n')
    assert change.texts.keys() == {"accounts.csv"}
    lines = change.texts["accounts.csv"].splitlines()
    assert lines[1:3] == [
        "bank-a,bluesky,bank-a.example,main,high,its website,",
        "bank-a,github,a/b,main,medium,its site,",
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('name = "Bank A"\nindustry = "zoo"', "with industry 'banking', not 'zoo'"),
        ('name = "Bank A"\nwebsite = "https://b.example"', "changed by hand"),
        ('name = "Bank A"', "is in the registry already; name its new accounts"),
        ('name = "Zoo"', "a new brand needs an industry; there are banking, unclass"),
        ('industry = "banking"', "name is missing"),
        ('name = "Zoo"\ncolour = "red"', "'colour' is none of country, former_names"),
        ('name = "Zoo"\nbrand = "red"', "'brand' is none of"),
        ("name = 5", "name must be a text"),
        ('name = "Z\\noo"', "name is one line of printable characters"),
        ('name = "Zoo"\naccounts = 5', "accounts must be a list"),
        ('name = "Zoo"\naccounts = [5]', "account 1: expected names with values"),
        ('name = "Zoo"\n[[accounts]]\nchannel = "x"', "account 1: account is missing"),
        ("name = ", "expected TOML in UTF-8"),
    ],
)
def test_what_a_request_lacks_is_said(there: Path, said: str, why: str) -> None:
    with pytest.raises(Failed) as told:
        asked(there, said)
    assert why in str(told.value)


def test_a_file_that_is_no_request_is_said(there: Path) -> None:
    with pytest.raises(Failed, match="No such file"):
        read(there / "nowhere.toml")
    with pytest.raises(Failed, match=r"expected JSON in UTF-8"):
        asked(there, "[" * 50_000, ".json")
    with pytest.raises(Failed, match=f"at most {LARGEST:,} bytes"):
        asked(there, "#" * (LARGEST + 1))
    with pytest.raises(Failed, match="expected names with values"):
        asked(there, "[]", ".json")


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        (
            {"account": "@unique"},
            "accounts.csv:5: an account on x is a handle without @",
        ),
        (
            {"account": "bankahelp"},
            "accounts.csv:5: channel and account 'x, bankahelp' is",
        ),
        ({"channel": "fax"}, "accounts.csv:5: there is no channel 'fax'"),
        ({"evidence": ""}, "accounts.csv:5: evidence is missing"),
        ({"role": "chief"}, "accounts.csv:5: role is main or support"),
    ],
)
def test_it_is_checked_as_the_registry_is(
    there: Path, account: dict[str, str], problem: str
) -> None:
    usual = {"channel": "x", "account": "UniqueHelp", "evidence": "its site"}
    said = {"name": "Zoo", "industry": "banking", "accounts": [usual | account]}
    with pytest.raises(registry.UnreadableRegistry) as told:
        propose(there, request(said, "it"))
    (found,) = told.value.problems
    assert found.startswith(f"{there}/{problem}")


def test_a_registry_with_a_problem_is_mended_first(there: Path) -> None:
    (there / "brands.csv").write_text(BRANDS + "bank-c,,banking,,,,,\n")
    with pytest.raises(registry.UnreadableRegistry, match="name is missing"):
        asked(there, WHOLE)


@quick
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.lists(st.text("abcz-. ,\"'9", max_size=9), max_size=4),
)
def test_any_name_lands_in_its_place_or_is_said(name: str, accounts: list[str]) -> None:
    said = {
        "name": name,
        "industry": "banking",
        "accounts": [
            {"channel": "consumidor", "account": each, "evidence": "seen"}
            for each in accounts
        ],
    }
    try:
        change = propose(FOLDER, request(said, "it"))
    except (Failed, registry.UnreadableRegistry):
        return
    removed = [line for line in change.diff.splitlines() if line.startswith("-")]
    assert all(line.startswith("--- ") for line in removed)
    assert len(change.texts["brands.csv"].splitlines()) == 994


# As it is typed

FLAGS = ["--name", "Zoo", "--industry", "banking", "--account", "x=ZooHelp"]


def run(*arguments: object) -> int:
    return cli.main(["registry", "propose", *map(str, arguments)])


def test_it_is_printed_and_written_when_asked(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = [*FLAGS, "--evidence", "https://zoo.example", "--registry", there]
    assert run(*flags) == 0
    printed = capsys.readouterr().out
    assert "+zoo,Zoo,banking,,,,,\n" in printed
    assert (there / "accounts.csv").read_text() == ACCOUNTS
    assert run(*flags, "--write") == 0
    out, err = capsys.readouterr()
    assert (out, err) == (printed, "Changed brands.csv, accounts.csv.\n")
    assert check(there) == []
    assert [path.name for path in sorted(there.iterdir())] == [
        "accounts.csv",
        "brands.csv",
        "industries.csv",
    ]


def test_problems_are_printed_one_by_one(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*FLAGS, "--registry", there) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "accounts.csv:5: evidence is missing\n" in err
    assert err.endswith("nothing was changed\n")


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ([], "give a file, or --name and --account"),
        (["--industry", "banking"], "--name is needed"),
        (["--name", "Zoo", "--account", "ZooHelp"], "write CHANNEL=ACCOUNT"),
        (["request.toml", *FLAGS], "a file or options, not both"),
    ],
)
def test_wrong_use(
    flags: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*flags) == 2
    assert why in capsys.readouterr().err


def test_at_a_terminal_it_asks(
    there: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from click.testing import CliRunner

    answers = ["Zoo", "banking", "", "", "its site", "x=ZooHelp", "github=zoo/app", ""]
    monkeypatch.setattr("cli.registry._at_a_terminal", lambda: True)
    done = CliRunner().invoke(
        cli.answerable,
        ["registry", "propose", "--registry", str(there)],
        input="\n".join(answers) + "\n",
    )
    assert done.exit_code == 0, done.output
    assert "+zoo,github,zoo/app,main,medium,its site,\n" in done.stdout
