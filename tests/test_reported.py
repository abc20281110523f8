"""What programs noted in English, said in the language of the page."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from web import words
from web.tongue import OTHERS, speaking
from web.words import noted, reported
from web.words.reported import PLACE, pattern

ROOT = Path(__file__).parent.parent
WRITERS = ("collectors", "jobs", "scoring")
INSTEAD = {"messages": "26 messages were", "brands": "18 brands were",
           "count": "17 were", "span": "5 minutes", "n": "12"}  # fmt: skip


def instance(message):
    """The sentence with something in its places."""
    return PLACE.sub(lambda found: INSTEAD.get(found[1], "X"), message)


FEWEST = 5
"""Letters of a sentence beside what is put in."""


@cache
def written():
    """A pattern of each sentence that a program may write, from its code. ``.*`` stands
    for what is put in; what has hardly a letter beside that fits everything."""
    found = []
    for folder in WRITERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                said = _said(node)
                if len(re.sub(r"\.\*|\\.|\W", "", said)) >= FEWEST:
                    found.append(re.compile(said))
    return found


def _said(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value).replace(r"\{\}", ".*")
    if isinstance(node, ast.JoinedStr):
        return "".join(
            re.escape(part.value) if isinstance(part, ast.Constant) else ".*"
            for part in node.values
        )
    return ""


INSTANCES = {
    "%(name)s is not a number": "tweet_id is not a number",
    "a mistake of ours, %(place)s": "a mistake of ours, ValueError at x.py:1",
    "needs a key: set %(setting)s": "needs a key: set ANSWERABLE_X",
    "must be switched on: set %(setting)s": "must be switched on: set ANSWERABLE_X=1",
}


@pytest.mark.parametrize("message", sorted(set(noted.SENTENCES) - set(noted.SYSTEMS)))
def test_each_sentence_is_one_that_a_program_writes(message):
    said = INSTANCES.get(message, instance(message))
    assert any(each.search(said) for each in written()), message


@pytest.mark.parametrize("message", noted.SENTENCES)
def test_each_sentence_is_known_again(message):
    said = instance(message)
    with speaking("pt"):
        again = reported(said)
    assert "“" + said not in again, "it was quoted as somebody else's"
    assert pattern(message).fullmatch(said)
    assert reported(said) == said, "English stays as it was written"


def french(text):
    with speaking("fr"):
        return reported(text).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("noted_", "said"),
    [
        ("", ""),
        (
            "https://a.example/x: asked 3 times, the last answer was 503",
            "https://a.example/x : demandé 3 fois, la dernière réponse était 503",
        ),
        (
            "https://a.example: asked once, Bad thing; 7 accounts wait",
            "https://a.example : demandé une fois, « Bad thing » ; 7 comptes attendent",
        ),
        (
            "One unknown; and another; 2 accounts wait; a third",
            "« One unknown; and another » ; 2 comptes attendent ; « a third »",
        ),
        (
            "https://a.example: its clock is 15 minutes ahead of ours",
            "https://a.example : son horloge avance de 15 min sur la nôtre",
        ),
        (
            "https://a.example: its clock is some time ahead of ours",
            "https://a.example : son horloge avance de some time sur la nôtre",
        ),
        (
            "https://a.example/f: expected a list of posts",
            "https://a.example/f : attendu « a list of posts »",
        ),
        (
            "https://a.example: its key holds a character that no header can carry;"
            " set it again; 2 accounts wait",
            "https://a.example : sa clé contient un caractère qu’aucun en-tête ne peut"
            " porter ; il faut la régler à nouveau ; 2 comptes attendent",
        ),
        ("1,200 messages were planned and 3 are here.",
         "Prévu : 1 200 messages ; ici : 3."),
        ("some messages planned and none here.",
         "Prévu : some messages ; ici : none."),
        ("18 brands were planned and 17 were written to.",
         "Prévu : 18 marques ; sollicitées : 17."),
        ("few brands planned and 17 were written to.",
         "Prévu : few brands ; sollicitées : 17."),
        ("No message is here of: complaint, mention.",
         "Il n’y a ici aucun message de ces types : réclamations, simples mentions."),
        ("asked_at is missing", "asked_at manque"),
        ("the app is missing", "l’application manque"),
    ],
)  # fmt: skip
def test_sentences_in_french(noted_, said):
    assert french(noted_) == said
    assert reported(noted_) == noted_


def test_the_words_of_machines_come_first():
    with speaking("fr"):
        said = words.problem("https://a.example: asked once, [Errno 111] Connection no")
    assert said.endswith("demandé une fois, la connexion a été refusée")


@given(st.text(alphabet=st.sampled_from("ab;%( )s:,.0123456789é'<\n"), max_size=60))
def test_nothing_that_was_noted_is_lost_or_breaks_a_page(text):
    for language in OTHERS:
        with speaking(language):
            said = reported(text)
        for part in re.findall(r"[a-zé]+", text):
            assert part in said


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("address", ["/sources", "/sources/mastodon"])
def test_what_is_quoted_in_english_is_marked_so_that_it_is_read_out_as_such(
    client, language, address
):
    page = BeautifulSoup(client.get(f"/{language}{address}").text, "html.parser")
    quoted = page.select('.state [lang="en"], td [lang="en"], small [lang="en"]')
    theirs = {each.text for each in quoted} - {"no account of ours"}
    assert theirs == {"social.example did not answer <in time>"}
    assert page.select_one('.state [lang="en"]')
    assert not client.get(address).text.count('<span lang="en">social')


def test_what_we_say_around_a_quotation_is_not_english():
    with speaking("pt"):
        said = words.english(reported("https://a.example: asked once, Bad <b>"))
    assert said == (
        "https://a.example: pedido uma vez, “<span lang=\"en\">Bad &lt;b&gt;</span>”"
    )  # fmt: skip
