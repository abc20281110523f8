"""Catalogues of the pages: every message, whole, in every language."""

import ast
import re
from pathlib import Path

import pytest

from tools import messages
from web.tongue import OTHERS

ROOT = Path(__file__).parent.parent


def placeholders(text):
    return set(re.findall(r"%\((\w+)\)s", text))


def elements(text):
    return sorted(re.findall(r"</?[a-z]+", text))


def forms(message):
    """Pairs of what is said in English and in the language, plurals apart."""
    if not isinstance(message.id, tuple):
        return [(message.id, message.string)]
    one, many = message.id
    return [(one, message.string[0]), *((many, each) for each in message.string[1:])]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_message(language):
    wanted = {message.id for message in messages.template() if message.id}
    held = {message.id for message in messages.read(language) if message.id}
    assert wanted - held == set(), "make messages, then translate what is new"


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_whole(language):
    catalogue = messages.read(language)
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        plural = isinstance(message.id, tuple)
        assert isinstance(message.string, tuple) is plural, message.id
        assert not plural or len(message.string) == catalogue.num_plurals
        for english, said in forms(message):
            assert said, f"{language}: {message.id} is not translated"
            assert placeholders(said) == placeholders(english), said
            assert elements(said) == elements(english), said
            assert said.count("\n") == english.count("\n"), said


def test_french_marks_stand_apart_by_a_narrow_space_that_does_not_break():
    for message in messages.read("fr"):
        for _, said in forms(message) if message.id else []:
            text = re.sub(r"<[^>]*>|https?:|%%?\(\w+\)s", "", said)
            assert not re.search(r"[ \u00a0][:;?!»]|«[ \u00a0]", text), said
            assert not re.search(r"\w[;?!»]", text), said
            assert not re.search("[^«]\u202f%\\(", said), said


def test_romanian_has_its_own_letters():
    for message in messages.read("ro"):
        for _, said in forms(message) if message.id else []:
            assert not set("şţŞŢ") & set(said), f"a cedilla in {said}"


def test_whatever_is_said_in_the_code_is_a_message():
    """A call inside an f-string is seen by no tool that fills catalogues."""
    known = {
        each
        for message in messages.template()
        for each in (message.id if isinstance(message.id, tuple) else (message.id,))
    }
    for path in (*(ROOT / "site/web").rglob("*.py"), ROOT / "jobs/letters.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _named(node) in ("t", "mark", "tn"):
                for said in node.args[: 2 if _named(node) == "tn" else 1]:
                    assert not isinstance(said, ast.JoinedStr), f"{path}: an f-string"
                    if isinstance(said, ast.Constant):
                        assert said.value in known, f"{path}: {said.value}"


def _named(call):
    function = call.func
    return getattr(function, "id", getattr(function, "attr", ""))


def test_words_that_a_style_sheet_says_are_said_in_every_language():
    css = "".join(path.read_text() for path in (ROOT / "site/static").glob("*.css"))
    rules = re.findall(r'([^{}]*)\{[^{}]*content: "([A-Za-z][^"]*)"', css)
    said = {(rule.split("*/")[-1].strip(), text) for rule, text in rules}
    english = {rule: text for rule, text in said if ":lang(" not in rule}
    assert english
    for rule, text in english.items():
        for language in OTHERS:
            other = f":lang({language}) {rule}"
            same = (language, text) in {("fr", "Place ")}
            assert same or any(each == other for each, _ in said), other
