"""Kinds of messages: invented examples, what holds for any text, and the table."""

import os
import sys
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from language.guess import UNKNOWN, codes, languages
from language.kinds import judged, kind, kinds
from language.lexicon import LISTS, BadLexicon, lexicon, read, supported
from language.plain import LONGEST, plain
from language.quality import SETS, TABLE, Quality, quality
from model import Kind

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
sys.path.append(str(ROOT / "tools"))
import kinds as measuring  # noqa: E402  # tools/kinds.py

C, Q, P, O = Kind.COMPLAINT, Kind.QUESTION, Kind.COMPLIMENT, Kind.OTHER  # noqa: E741

EXAMPLES = {
    "en": [
        (C, "@acme my order never arrived and nobody answers the phone"),
        (C, "@acme still waiting for my refund, three weeks now"),
        (C, "Your app doesn't work since the last update"),
        (C, "thanks for nothing @acme, my parcel is lost"),
        (C, "Great job losing my suitcase again @acme"),
        (C, "not happy with your service at all 😡"),
        (Q, "@acme do you have this lamp in green?"),
        (Q, "@acme what time does the shop in Leeds open on Sundays"),
        (Q, "Hi, could you tell me how long the warranty is please?"),
        (P, "@acme thank you so much, the new kettle is wonderful"),
        (P, "Excellent service from your team in Leeds 👏"),
        (P, "No problems at all, excellent crew!"),
        (P, "Great service today @acme"),
        (
            O,
            "the best way from here to the harbour is by the bridge and along the old"
            " canal",
        ),
        (C, "@acme you got my order wrong again, no sauce and cold fries"),
        (O, "@acme we have been here for an hour"),
        (O, "@acme reading the paper on the train to Leeds"),
    ],
    "fr": [
        (C, "@acme toujours pas de réponse, j'attends mon colis depuis trois semaines"),
        (C, "Service client injoignable, c'est honteux"),
        (Q, "@acme avez-vous cette lampe en vert ?"),
        (Q, "Bonjour, à quelle heure ouvre le magasin de Lille ?"),
        (P, "Merci beaucoup @acme, livraison parfaite !"),
        (O, "@acme je lis le journal dans le jardin"),
    ],
    "es": [
        (C, "@acme llevo dos horas esperando y nadie contesta, qué vergüenza"),
        (C, "La aplicación no funciona desde ayer"),
        (Q, "@acme ¿a qué hora abre la tienda de Sevilla?"),
        (P, "Muchas gracias @acme, excelente atención"),
        (O, "@acme leyendo el diario en el parque"),
    ],
    "pt": [
        (C, "@acme meu pedido não chegou e ninguém responde, um absurdo"),
        (C, "Estou sem internet há três dias"),
        (Q, "@acme qual é o horário da loja de Santos?"),
        (P, "Parabéns @acme, atendimento excelente"),
        (O, "@acme lendo o jornal no parque"),
    ],
    "de": [
        (C, "@acme ich warte seit drei Wochen auf mein Paket, unverschämt"),
        (C, "Die App funktioniert seit gestern nicht mehr"),
        (Q, "@acme wann öffnet die Filiale in Ulm?"),
        (P, "Vielen Dank @acme, hervorragender Service"),
        (O, "@acme lese Zeitung im Park"),
    ],
    "it": [
        (C, "@acme aspetto da due settimane il rimborso, vergogna"),
        (C, "L'app non funziona da ieri"),
        (Q, "@acme a che ora apre il negozio di Parma?"),
        (P, "Grazie mille @acme, servizio eccellente"),
        (O, "@acme leggo il giornale al parco"),
    ],
    "ro": [
        (C, "@acme aștept de două săptămâni coletul și nu răspunde nimeni"),
        (C, "S-a stricat după două zile, nu recomand"),
        (Q, "@acme la ce oră se deschide magazinul din Cluj?"),
        (P, "Foarte mulțumit, recomand!"),
        (O, "@acme citesc ziarul pe bancă"),
    ],
}


@pytest.mark.parametrize(
    ("code", "expected", "text"),
    [(code, *each) for code, texts in EXAMPLES.items() for each in texts],
)
def test_examples(code, expected, text):
    assert kind(text, code) is expected


def test_every_language_has_examples_of_every_kind():
    assert EXAMPLES.keys() == set(supported())
    for code, texts in EXAMPLES.items():
        assert {each for each, _ in texts} == {C, Q, P, O}, code


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_language_is_guessed(code):
    """Of whole sentences; what is said is believed whatever the guess would be."""
    texts = pl.Series([text for _, text in EXAMPLES[code] if len(text) > 34])
    assert set(languages(texts)) == {code}


ANY = st.lists(
    st.text(max_size=60)
    | st.sampled_from([text for texts in EXAMPLES.values() for _, text in texts])
    | st.none(),
    max_size=12,
)
TAGS = st.sampled_from([None, "", "en", "EN-gb", "pt_BR", "nl", "ro", "english", "x"])


@settings(deadline=None, max_examples=40)
@given(texts=ANY, data=st.data())
@example(texts=[], data=None)
@example(texts=["\0", "a\0b", "?", "💔" * 3, "ﷺ", "İ", "(" * 500], data=None)
def test_any_text_has_a_kind_which_its_neighbours_do_not_change(texts, data):
    said = [data.draw(TAGS) for _ in texts] if data else [None] * len(texts)
    table = pl.Series(texts, dtype=pl.String), pl.Series(said, dtype=pl.String)
    found = kinds(*table)
    assert found.dtype == pl.Int8
    assert len(found) == len(texts)
    assert set(found) <= {C, Q, P, O}
    back = kinds(*(column.reverse() for column in table))
    assert back.reverse().to_list() == found.to_list()
    for text, tag, each in zip(texts[:2], said, found, strict=False):
        assert kind(text or "", tag) == each


@settings(deadline=None)
@given(text=st.text(max_size=80), code=st.sampled_from(supported()))
def test_a_plain_text_is_plain_and_stays_so(text, code):
    once = plain(pl.Series([text]), code)
    assert set(once[0]) <= set("abcdefghijklmnopqrstuvwxyz0123456789 .?!")
    assert plain(once, code).to_list() == once.to_list()


def test_plain():
    said = pl.Series(
        ["@Acme  L'été… is SO loooong 😡 :) #EpicFail https://acme.test/x", None]
    )
    assert plain(said, "fr").to_list() == [
        " l ete . is so loooong emobad emogood epicfail ",
        " ",
    ]
    assert plain(pl.Series(["Don’t"]), "en")[0] == " dont "
    assert plain(pl.Series(["a" * 9_999]), "en")[0] == f" {'a' * LONGEST} "


def test_accents_make_no_difference():
    for code, texts in EXAMPLES.items():
        for expected, text in texts:
            bare = unicodedata.normalize("NFD", text)
            assert kind(bare, code) is expected
            without = "".join(c for c in bare if not unicodedata.combining(c))
            assert kind(without, code) is expected


def test_a_language_without_words_is_left_out_and_says_so():
    texts = pl.Series(["Mijn pakket is kapot en niemand antwoordt", "broken again"])
    found = judged(texts, pl.Series(["nl", "en"]))
    assert found.to_dict(as_series=False) == {
        "language": ["nl", "en"],
        "kind": [Kind.OTHER, Kind.COMPLAINT],
        "supported": [False, True],
    }


def test_a_language_is_guessed_only_where_none_is_said():
    texts = pl.Series(["nu merge deloc", "not working", "123 @acme", None])
    found = judged(texts, pl.Series([None, "ro", "no code", ""], dtype=pl.String))
    assert found["language"].to_list() == ["ro", "ro", UNKNOWN, UNKNOWN]


def test_tags_as_people_write_them():
    said = pl.Series(["en", "pt-BR", "EN_us", "", None, "english", "e", "12"])
    assert codes(said).to_list() == ["en", "pt", "en", *[None] * 5]


class TestLexica:
    @pytest.mark.parametrize("code", supported())
    def test_every_file_is_sound(self, code):
        words = lexicon(code)
        for name in LISTS.keys() - {"harsh"}:
            assert words.patterns[name], name

    def test_a_language_without_words(self):
        with pytest.raises(KeyError, match="nl"):
            lexicon("nl")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("grave = ", "x.toml: expected TOML"),
            ('nice = """\ngood\n"""', "'nice'"),
            ('good = """\nGood\n"""', "'Good' is no entry"),
            ('good = """\nété\n"""', "'été' is no entry"),
            ('good = """\n(good\n"""', "no entry"),
        ],
    )
    def test_what_is_wrong_is_named(self, text, said):
        with pytest.raises(BadLexicon, match="x.toml") as problem:
            read("x.toml", text)
        assert said in str(problem.value)

    def test_entries(self):
        words = read("x.toml", 'good = """\n# all\nnice*  # any\ngo ~ on\n"""')
        found = pl.Series(["nicely", "go right on", "go a b c on", "go a b c d on"])
        assert found.str.contains(f"^(?:{words['good']})$").to_list() == [
            True, True, True, False,
        ]  # fmt: skip
        assert not found.str.contains(words["bad"]).any()


class TestQuality:
    def test_the_table_is_what_is_measured(self):
        folder = SHARED / "data" / "labelled"
        if not folder.is_dir():
            pytest.skip(f"no labelled messages at {folder}: nothing to measure on")
        assert tuple(measuring.measured(folder)) == quality(), "run tools/kinds.py"

    def test_it_is_good_enough(self):
        """A language in which it is not must lose its file of words."""
        rows = {(q.language, q.messages, q.kind): q for q in quality()}
        assert {q.language for q in quality()} == set(supported())
        assert {q.messages for q in quality()} == SETS.keys()
        assert rows["en", "complaints", "complaint"].f1 >= 0.75
        assert rows["en", "airlines", "needs-answer"].recall >= 0.85
        assert rows["en", "airlines", "compliment"].precision >= 0.85
        for row in quality():
            if row.kind == "compliment":
                assert row.precision >= 0.85, row
            if row.kind == "complaint":
                assert row.precision >= 0.55, row  # a third are complaints by chance

    def test_rates(self):
        row = Quality("en", "reviews", "complaint", 10, 4, 5, 3)
        assert (row.precision, row.recall, row.f1) == (0.6, 0.75, pytest.approx(2 / 3))
        none = Quality("en", "reviews", "complaint", 10, 0, 0, 0)
        assert (none.precision, none.recall, none.f1) == (0, 0, 0)

    def test_measuring_writes_the_table(self, tmp_path, monkeypatch):
        """On sets made here, so that it runs where there are no labelled messages."""
        rows = "text,sentiment,complaint,stars\nmy order is broken,negative,1,1\n"
        rows += "excellent,positive,0,5\n"
        for _, _, names in measuring.FILES:
            for name in names:
                (tmp_path / name).write_text(rows)
        monkeypatch.setattr(measuring, "TABLE", tmp_path / "quality.csv")
        measuring.main(str(tmp_path))
        lines = (tmp_path / "quality.csv").read_text().splitlines()
        assert lines[0] == TABLE.read_text().splitlines()[0]
        assert lines[1:4] == [
            "en,complaints,complaint,2,1,1,1",
            "en,complaints,needs-answer,2,1,1,1",
            "en,airlines,complaint,2,1,1,1",
        ]
