"""What an e-mail quotes is taken out, what its writer says stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.strip_quotes import strip_quotes

WRITTEN = "Buongiorno,\nvorrei sapere del rimborso.\n\nCordiali saluti\nLucia Neri\nTel. 000"


@pytest.mark.parametrize(
    "quoted",
    [
        "> Gentile cliente,\n> la pratica è chiusa.",
        "Il giorno 20 nov 2026 alle ore 10:15 Aiuto <aiuto@azienda.example> ha scritto:\n> Pratica chiusa.\n>> sì",
        "Il 20/11/2026 10:15, Anna Bianchi ha scritto:\n\n> La pratica è chiusa.",
        "Il giorno ven 20 nov 2026 alle ore 10:15 Aiuto\n<aiuto@azienda.example> ha\nscritto:\n> La pratica è chiusa.",
        "On Fri, 20 Nov 2026 at 10:15, Support <help@company.example> wrote:\n> Your case is closed.",
        "On 20 Nov 2026, at 10:15, Support wrote:\nYour case is closed.\nKind regards",
        "-----Messaggio originale-----\nDa: Assistenza\nLa pratica è chiusa.",
        "----- Original Message -----\nYour case is closed.",
        "Da: Assistenza <aiuto@azienda.example>\nInviato: venerdì\nA: Lucia\nOggetto: pratica\n\nChiusa.",
        "From: Support\nSent: Friday\nTo: Lucia\nSubject: case\n\nClosed.",
    ],
)
def test_quotations_go_and_the_signature_stays(quoted):
    assert strip_quotes(f"{WRITTEN}\n\n{quoted}") == WRITTEN
    assert strip_quotes(f"{WRITTEN}\n\n{quoted}".replace("\n", "\r\n")) == WRITTEN


def test_answers_between_quoted_lines_stay():
    mail = "On 20 Nov 2026 at 10:15 Support wrote:\n> Is it slow?\nYes, since Monday.\n> Since when?\nSince Monday."
    assert strip_quotes(mail) == "Yes, since Monday.\nSince Monday."


@pytest.mark.parametrize(
    "own",
    [
        WRITTEN,
        "Il giorno dopo la vostra operatrice mi ha scritto:\nGentile signora, provvediamo.\nNon è successo niente.",
        "On Monday your colleague wrote:\nwe will call you.\nNobody called.",
        "Importo da: 92 euro\na: 80 euro",
        "Da: Milano\nparto domani",
        "5 > 3 e 3 < 5",
        "",
    ],
)
def test_what_a_person_writes_stays(own):
    assert strip_quotes(own) == own


def test_a_mail_that_only_quotes_is_empty():
    assert strip_quotes("> Gentile cliente") == ""


lines = st.lists(
    st.sampled_from(["", "ciao", "> ciao", "On 1 May 2026 at 10:15 A wrote:", "Da: a", "A: b", "Oggetto: c", "grazie"])
    | st.text(max_size=20),
    max_size=12,
).map("\n".join)


@given(lines)
def test_stripping_again_changes_nothing_and_adds_nothing(text):
    once = strip_quotes(text)
    assert strip_quotes(once) == once
    assert not any(line.lstrip().startswith(">") for line in once.split("\n"))
    assert set(once.split()) <= set(text.split())
