"""What a brand's reply is by its own words, and the fingerprint that stays of it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from language.fingerprint import BITS, fingerprints, impersonal
from language.lexicon import REPLY_LISTS, reply_lexicon, supported
from language.replies import SAYS_MORE, read
from model import Step
from scoring.method import METHOD

A, R, S, U = Step.AUTOMATIC, Step.REDIRECT, Step.SUBSTANTIVE, Step.UNJUDGED

EXAMPLES = {
    "en": [
        (A, "Thanks for your message, this is an automated reply."),
        (R, "Hi Anna, we're sorry to hear this. Please send us a DM with your booking"
            " reference so we can look into it. ^JK"),
        (R, "Please fill in this form: https://acme.test/form"),
        (R, "Could you DM us your order number? We'll look into this for you."),
        (S, "Your train leaves late because of snow on the line. DM us if you need"
            " a hotel."),
        (S, "The shop opens at nine on Sundays."),
        (S, "They call us the quiet airline for a reason!"),
        (R, "Please send us a message with your number."),
    ],
    "fr": [
        (A, "Ceci est une réponse automatique."),
        (R, "Bonjour Marie, nous sommes désolés. Envoyez-nous votre numéro de commande"
            " en MP afin que nous puissions vous aider."),
        (S, "Le magasin de Lille ouvre à neuf heures le dimanche."),
        (S, "Le remboursement a été fait hier et arrivera sous trois jours ouvrés."
            " Sinon, contactez-nous en MP."),
    ],
    "es": [
        (A, "Respuesta automática: hemos recibido tu mensaje."),
        (R, "Hola Ana, lamentamos lo ocurrido. Envíanos un mensaje privado con tu"
            " número de pedido para poder ayudarte."),
        (S, "El tren sale más tarde porque hay nieve en la vía."),
        (S, "El reembolso se hizo ayer y llegará en tres días hábiles. Si no llega,"
            " escríbenos por DM."),
    ],
    "pt": [
        (A, "Esta é uma resposta automática."),
        (R, "Oi Ana! Sentimos muito. Chama a gente na DM com o número do pedido para"
            " verificarmos, por favor."),
        (S, "A loja de Santos abre às nove horas aos domingos."),
        (S, "O reembolso foi feito ontem e chega em três dias úteis. Se não chegar,"
            " chama na DM."),
    ],
    "de": [
        (A, "Dies ist eine automatische Antwort."),
        (R, "Hallo Anna, das tut uns leid. Schick uns bitte deine Kundennummer per DM,"
            " dann schauen wir uns das an. /Max"),
        (S, "Die Filiale in Ulm öffnet sonntags um neun Uhr."),
        (S, "Die Erstattung ging gestern raus und kommt in drei Werktagen an. Falls"
            " nicht, schreib uns eine DM."),
    ],
    "it": [
        (A, "Questo è un messaggio automatico."),
        (R, "Ciao Anna, ci dispiace. Scrivici in DM con il tuo numero d'ordine così"
            " possiamo verificare."),
        (S, "Il negozio di Parma apre alle nove la domenica."),
        (S, "Il rimborso è partito ieri e arriva in tre giorni lavorativi. Altrimenti"
            " scrivici in DM."),
    ],
    "ro": [
        (A, "Acesta este un mesaj automat."),
        (R, "Bună ziua, Ana! Ne pare rău. Vă rugăm să ne trimiteți numărul comenzii în"
            " privat pentru a verifica situația."),
        (S, "Magazinul din Cluj se deschide la ora nouă duminica."),
        (S, "Rambursarea a fost făcută ieri și ajunge în trei zile lucrătoare. Dacă"
            " nu, scrie-ne în privat."),
    ],
}  # fmt: skip
ALL = [(code, *each) for code, texts in EXAMPLES.items() for each in texts]


def column(*values):
    return pl.Series(values, dtype=pl.String)


def one(text, language="en"):
    return read(column(text), column(language)).row(0, named=True)


def marks(texts, language="en"):
    codes = pl.repeat(language, len(texts), dtype=pl.String, eager=True)
    return fingerprints(column(*texts), codes).to_list()


def apart(one, other):
    return ((one ^ other) & (2**BITS - 1)).bit_count()


@pytest.mark.parametrize(("code", "step", "text"), ALL)
def test_examples(code, step, text):
    assert one(text, code)["step"] == step


def test_every_language_has_words_and_examples_of_every_step():
    assert EXAMPLES.keys() == set(supported())
    for code, texts in EXAMPLES.items():
        assert {step for step, _ in texts} == {A, R, S}, code
        assert all(reply_lexicon(code).patterns[name] for name in REPLY_LISTS)
    with pytest.raises(KeyError, match="nl"):
        reply_lexicon("nl")


def test_what_cannot_be_judged_says_so():
    found = read(
        column("Stuur ons een DM", "👍", "", None), column("nl", "en", "en", None)
    )
    assert found["step"].to_list() == [U] * 4
    assert found["fingerprint"].is_null().to_list() == [False, True, True, True]
    assert found["personal"].to_list() == [None] * 4


def test_how_much_more_a_redirection_must_say_is_the_methods():
    assert METHOD.redirect_words.value == SAYS_MORE
    text = "Please DM us. Carpets, curtains and cushions are cheaper."
    assert one(text)["step"] == R
    said = read(column(text), column("en"), 4)
    assert said["step"].to_list() == [S]


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("Hi Anna, the shop is open.", 1),
        ("@anna.test Hello Anna! The shop is open.", 1),
        ("Bună, Ana! Magazinul e deschis.", 1),
        ("Anna, the shop is open.", 1),
        ("The shop is open @anna.test", 1),
        ("@anna.test The shop is open.", 0),
        ("Hi there, the shop is open.", 0),
        ("The shop is open.", 0),
    ],
)
def test_whether_it_calls_somebody_by_name(text, personal):
    assert one(text)["personal"] == personal


class TestFingerprints:
    COPIES = (
        "Hi {name}, we are sorry about order {number}. {account} will look into it,"
        " see {link} please. {signed}"
    )
    FILLED = st.fixed_dictionaries(
        {
            "name": st.sampled_from(
                ["Anna", "Zoë", "O'Neill", "Jean-Luc", "Ana Maria"]
            ),
            "number": st.integers(0, 10**9).map(str),
            "account": st.sampled_from(["@acme", "@acme_help.test"]),
            "link": st.sampled_from(["https://acme.test/x", "www.acme.test", ""]),
            "signed": st.sampled_from(["^JK", "- Max", "(Lea)", "/MB", "", "Kim."]),
        }
    )

    @given(one=FILLED, other=FILLED)
    @settings(deadline=None, max_examples=60)
    def test_names_and_numbers_make_no_difference(self, one, other):
        found = marks([self.COPIES.format(**one), self.COPIES.format(**other)])
        assert found[0] == found[1]

    def test_names_in_the_middle_make_none_either(self):
        people = [("Anna", "Leeds"), ("Bob Dunn", "Newcastle Upon")]
        texts = [f"your parcel for {n} is now in {p} until monday" for n, p in people]
        assert len(set(marks(texts))) == 1
        german = ["Der Zug fährt heute nicht", "Der Bus fährt heute nicht"]
        assert len(set(marks(german, "de"))) == 2  # a noun is no name

    def test_near_copies_are_near_and_others_are_not(self):
        text = (
            "we are sorry for the delay to your train today, the line is closed because"
            " of a fallen tree and we expect it to open again in about two hours"
        )
        other = "our shops are open until six this evening, and until four on sundays"
        near = marks([text, text.replace("tree", "branch"), other])
        assert apart(near[0], near[1]) <= METHOD.copy_bits.value
        assert apart(near[0], near[2]) > 15

    def test_texts_of_a_word_or_two_are_as_far_apart_as_chance_has_it(self):
        words = [f"{a}{b}" for a in "bcdfg" for b in "aeiou"]
        both = [f"{a} {b}" for a, b in zip(words, words[7:], strict=False)]
        found = marks([*words, *both])
        gaps = [apart(x, y) for at, x in enumerate(found) for y in found[:at]]
        assert 29 < sum(gaps) / len(gaps) < 32.5  # some have a word in common
        assert min(gaps) > METHOD.copy_bits.value

    def test_upper_and_lower_case_accents_and_signs_make_no_difference(self):
        assert (
            len(set(marks(["Très bien, à demain !", "tres bien a demain"], "fr"))) == 1
        )

    @given(texts=st.lists(st.none() | st.text(max_size=60), max_size=6))
    @settings(deadline=None, max_examples=60)
    def test_any_text_has_one_which_its_neighbours_do_not_change(self, texts):
        codes = pl.repeat("en", len(texts), dtype=pl.String, eager=True)
        found = fingerprints(column(*texts), codes)
        assert found.dtype == pl.Int64
        bare = impersonal(column(*texts), codes)
        assert found.is_null().to_list() == (bare == "").to_list()
        for text, mark in zip(texts, found, strict=True):
            assert marks([text]) == [mark]

    def test_they_never_change(self):
        """They are stored: another value would not be compared with the old ones."""
        assert marks(["we are looking into it"]) == [MARK]


MARK = 290051053924210695


@settings(deadline=None, max_examples=40)
@given(
    texts=st.lists(
        st.none() | st.text(max_size=60) | st.sampled_from([t for _, _, t in ALL]),
        max_size=8,
    ),
    data=st.data(),
)
def test_each_reply_is_read_alone(texts, data):
    tags = st.sampled_from([None, "en", "de-AT", "nl", "x"])
    said = [data.draw(tags) for _ in texts]
    table = column(*texts), column(*said)
    found = read(*table)
    assert found.schema == {
        "step": pl.Int8, "fingerprint": pl.Int64, "personal": pl.Int8
    }  # fmt: skip
    assert set(found["step"]) <= {A, R, S, U}
    back = read(*(each.reverse() for each in table))
    assert back.reverse().equals(found)
