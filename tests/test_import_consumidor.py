"""Complaints of consumidor.gov.br: days, packed in semicolons or tabs."""

import os
from pathlib import Path

import pytest

from collectors.channels.consumidor import NEEDED
from fixtures_store import ROOT
from importing import read_as
from model import DAY, Kind
from model.looks import Reading

SHARED = Path(os.environ.get("ANSWERABLE_SHARED", ROOT.parent / "shared"))
OPENED = 20_635 * DAY  # 2026-07-01
ROW = {
    "Data Abertura": "01/07/2026",
    "Data Resposta": "",
    "Data Finalização": "2026-08-30",
    "Tempo Resposta": "",
    "Nome Fantasia": "Banco Exemplo",
    "Respondida": "N",
}


def read(*rows: dict[str, str], mark: str = ";", encoding: str = "utf-8") -> Reading:
    lines = [NEEDED, *([(ROW | row)[name] for name in NEEDED] for row in rows)]
    text = "\n".join(mark.join(line) for line in lines)
    return read_as("consumidor", text.encode(encoding))


def test_a_complaint_without_an_answer():
    (row,) = read({}).inquiries.rows(named=True)
    assert (row["asked_at"], row["answered_at"]) == (OPENED, None)
    assert (row["account"], row["kind"]) == ("Banco Exemplo", Kind.COMPLAINT)


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({"Data Resposta": "04/07/2026", "Tempo Resposta": "2"}, 3),
        ({"Data Resposta": "2026-07-04"}, 3),
        ({"Data Resposta": "2026-07-04 13:10:00"}, 3),
        ({"Data Resposta": "01/07/2026"}, 0),
        ({"Tempo Resposta": "5"}, 5),
        ({"Tempo Resposta": "5.0"}, 5),
        ({"Data Resposta": "not yet", "Tempo Resposta": "5"}, 5),
    ],
)
def test_a_wait_is_the_difference_of_days(values, days):
    (row,) = read(values | {"Respondida": "s"}).inquiries.rows(named=True)
    assert row["answered_at"] - OPENED == days * DAY


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"Respondida": "S"}, "answered on a day that is not known"),
        (
            {"Respondida": "S", "Tempo Resposta": "738654"},
            "answered on a day that is not known",
        ),
        (
            {"Respondida": "S", "Tempo Resposta": "-736876"},
            "answered on a day that is not known",
        ),
        (
            {"Respondida": "S", "Data Resposta": "30/06/2026"},
            "answered before it was opened",
        ),
        ({"Respondida": "?"}, "whether it was answered is not said"),
        ({"Data Abertura": "01/07/1990"}, "the day of opening is not a day since 2014"),
        ({"Data Abertura": "31/02/2026"}, "the day of opening is not a day since 2014"),
        ({"Nome Fantasia": "a\x01b"}, "the company holds control characters"),
        ({"Nome Fantasia": "a" * 301}, "the company is longer than 300 characters"),
    ],
)
def test_what_is_refused_and_why(values, why):
    said = read(values)
    assert said.refused == {why: 1}
    assert said.inquiries.is_empty()
    assert said.as_of is None


@pytest.mark.parametrize("mark", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_any_of_its_marks_and_encodings(mark, encoding):
    said = read({"Nome Fantasia": "Cartões Itaú"}, mark=mark, encoding=encoding)
    assert said.inquiries["account"].to_list() == ["Cartões Itaú"]


def test_rows_alike_are_complaints_of_their_own_and_the_same_again():
    said = read({}, {}, {"Respondida": "S", "Tempo Resposta": "1"})
    assert said.inquiries["key"].n_unique() == 3
    assert said.inquiries["author"].n_unique() == 3
    assert read({}, {}, {"Respondida": "S", "Tempo Resposta": "1"}).inquiries.equals(
        said.inquiries
    )


def test_the_youngest_thirty_days_are_not_known_yet():
    said = read({}, {"Data Finalização": "2026-09-10"})
    assert said.as_of == OPENED + 41 * DAY
    assert read({"Data Finalização": "2026-07-02"}).as_of == OPENED


def test_when_the_source_stopped_knowing_may_be_said():
    text = ";".join(NEEDED) + "\n" + ";".join(ROW[name] for name in NEEDED)
    said = read_as("consumidor", text, as_of=OPENED + 50 * DAY)
    assert said.as_of == OPENED + 20 * DAY
    late = read_as("consumidor", text, as_of=OPENED - DAY)
    assert late.refused == {"opened after the time the source stops knowing": 1}
    row = ROW | {"Respondida": "S", "Data Resposta": "03/07/2026"}
    answered = ";".join(NEEDED) + "\n" + ";".join(row[name] for name in NEEDED)
    early = read_as("consumidor", answered, as_of=OPENED + DAY)
    assert early.refused == {"answered after the time the source stops knowing": 1}


def test_real_rows_are_read():
    path = SHARED / "data" / "brazil" / "basecompleta_2025-10_5_raw_rows.csv"
    if not path.exists():
        pytest.skip("the rows of the real platform are not here")
    said = read_as("consumidor", path.read_bytes())
    assert said.read == 5
    assert sum(said.refused.values()) == 1  # cut off in the middle
    waits = said.inquiries["answered_at"] - said.inquiries["asked_at"]
    assert (waits // DAY).sort().to_list() == [21, 21, 22, 22]
    assert "Cartões Itaú" in said.inquiries["account"].to_list()
