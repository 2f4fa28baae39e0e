"""Who is the agent, who the customer, who a recorded voice."""

import json
import os
from pathlib import Path

import pytest

from qm.analysis.assign_roles import LEAST_CONFIDENCE, assign_roles
from qm.analysis.find_announcements import find_announcements
from qm.config import REPOSITORY
from qm.domain.contact import Agent, Direction
from qm.domain.recording import Severity
from qm.domain.transcript import Role
from tests.unit import builders

AGENT_FIRST, AGENT_SECOND = (Role.AGENT, Role.CUSTOMER), (Role.CUSTOMER, Role.AGENT)
NOBODY = (Role.UNKNOWN, Role.UNKNOWN)
AGENT_WORDS = builders.words("servizio clienti buongiorno come posso aiutarla")
CUSTOMER_WORDS = builders.words("buongiorno ho ricevuto una bolletta doppia", 5.0)
ENGLISH_AGENT = builders.words("Thank you for calling. How can I help you? May I have your name please?")
ENGLISH_CUSTOMER = builders.words("Hi, I need to pay my electricity bill.", 8.0)
QUEUE = builders.words("Tutti i nostri operatori sono occupati. La preghiamo di attendere in linea.")


def after(words, text, pause_s=3.0):
    return (*words, *builders.words(text, words[-1].end_s + pause_s))


def codes(guess):
    return [finding.code for finding in guess.findings]


def test_site_tells():
    guess = assign_roles(builders.contact(agent_channel=1), [CUSTOMER_WORDS, AGENT_WORDS], "it")
    assert (guess.roles, guess.source, guess.confidence, guess.findings) == (AGENT_SECOND, "given", 1.0, ())


@pytest.mark.parametrize(
    ("language", "agent", "customer"),
    [("it", AGENT_WORDS, CUSTOMER_WORDS), ("en", ENGLISH_AGENT, ENGLISH_CUSTOMER)],
)
def test_cues_tell_whichever_channel_they_are_on(language, agent, customer):
    first = assign_roles(builders.contact(), [agent, customer], language)
    second = assign_roles(builders.contact(), [customer, agent], language)
    assert (first.roles, first.source) == (AGENT_FIRST, "said")
    assert (second.roles, second.confidence) == (AGENT_SECOND, first.confidence)
    assert LEAST_CONFIDENCE < first.confidence < 1
    assert codes(first) == ["roles.said"]


def test_the_agents_own_name_tells_and_to_be_called_by_it_doesnt():
    contact = builders.contact(agent=Agent("A", "Tommaso Greco", ""))
    said = builders.words("buongiorno sono Tomaso")
    assert assign_roles(contact, [CUSTOMER_WORDS, said], "it").roles == AGENT_SECOND
    greeting = builders.words("buongiorno Tommaso")
    assert assign_roles(contact, [greeting, builders.words("ho ricevuto un avviso")], "it").roles == NOBODY


def test_no_lead_no_role():
    for words in ([CUSTOMER_WORDS, CUSTOMER_WORDS], [AGENT_WORDS, AGENT_WORDS], [(), ()]):
        guess = assign_roles(builders.contact(), words, "it")
        assert (guess.roles, guess.source, guess.confidence) == (NOBODY, "no_cues", None)
        assert codes(guess) == ["roles.no_cues"]
    assert assign_roles(builders.contact(), [AGENT_WORDS, CUSTOMER_WORDS], "de").roles == NOBODY


def test_one_phrase_alone_never_tells():
    asks = builders.words("ha bisogno di altro da me")
    assert (
        assign_roles(builders.contact(), [asks, builders.words("va bene, buona giornata", 4.0)], "it").roles == NOBODY
    )


def test_late_words_count_less():
    contact = builders.contact()
    late = (*builders.words("sì"), *builders.words("le confermo, le auguro una buona giornata", 100.0))
    early = builders.words("sì le confermo, le auguro una buona giornata")
    customer = builders.words("vorrei una spiegazione", 2.0)
    confidences = [assign_roles(contact, [words, customer], "it").confidence for words in (late, early)]
    assert confidences[0] < confidences[1]


def test_one_channel_holds_both_even_where_the_site_names_one():
    guess = assign_roles(builders.contact(agent_channel=0), [AGENT_WORDS], "it")
    assert (guess.roles, guess.source, codes(guess)) == ((Role.UNKNOWN,), "one_channel", ["roles.one_channel"])


def test_what_is_said_wins_over_the_site_where_it_is_clear():
    said = after(
        AGENT_WORDS,
        "mi dice il codice cliente? grazie, controllo subito e le faccio sapere entro domani, va bene così per lei",
    )
    parties = [builders.words("buongiorno vorrei la mia bolletta di ottobre che ho pagato due volte in banca"), said]
    guess = assign_roles(builders.contact(agent_channel=0), parties, "it")
    assert (guess.roles, guess.source, codes(guess)) == (AGENT_SECOND, "swapped", ["roles.swapped"])
    assert guess.findings[0].severity is Severity.DOUBT
    assert guess.confidence > 0.98
    little = assign_roles(builders.contact(agent_channel=0), [builders.words("sì"), AGENT_WORDS[:2]], "it")
    assert (little.roles, little.source) == (AGENT_FIRST, "given")


def test_the_sites_channel_says_nothing_of_voices():
    contact = builders.contact(agent_channel=0)
    guess = assign_roles(contact, [CUSTOMER_WORDS, AGENT_WORDS], "it", are_voices=True)
    assert (guess.roles, guess.source) == (AGENT_SECOND, "said")


def test_the_forms_phrases_help():
    contact = builders.contact(direction=Direction.OUTBOUND)
    agent = builders.words("tariffa serena, luce protetta, energia pulita, le confermo")
    customer = builders.words("e se poi cambio idea", 9.0)
    cues = ["tariffa serena", "luce protetta", "energia pulita", "dall @country"]
    assert assign_roles(contact, [agent, customer], "it").roles == NOBODY
    assert assign_roles(contact, [agent, customer], "it", cues).roles == AGENT_FIRST
    assert assign_roles(contact, [agent, agent], "it", cues).roles == NOBODY


def test_who_answers_the_telephone_is_called():
    contact = builders.contact(direction=Direction.OUTBOUND)
    caller, called = builders.words("la chiamo per conto di Luminosa", 2.0), builders.words("Pronto? Di che si tratta?")
    assert assign_roles(contact, [called, caller], "it").roles == AGENT_SECOND


def test_a_third_voice_that_only_announces_is_a_recording():
    agent, customer = after(QUEUE, "servizio clienti buongiorno come posso aiutarla"), CUSTOMER_WORDS
    apart = [QUEUE, agent[len(QUEUE) :], builders.words("buongiorno ho ricevuto una bolletta doppia", 15.0)]
    guess = assign_roles(builders.contact(), apart, "it", are_voices=True)
    assert (guess.roles, guess.announcements) == ((Role.IVR, Role.AGENT, Role.CUSTOMER), ())
    on_one = assign_roles(builders.contact(), [agent, builders.words(" ".join(w.text for w in customer), 15.0)], "it")
    assert on_one.roles == AGENT_FIRST
    assert on_one.announcements == ((0, QUEUE[0].start_s, QUEUE[-1].end_s),)


def test_a_second_agent_after_a_transfer():
    second = builders.words(
        "buongiorno le passo subito la pratica, come posso aiutarla, mi dice il codice cliente", 90.0
    )
    silent = builders.words("mah", 200.0)
    customer = after(CUSTOMER_WORDS, "vorrei i miei soldi")
    guess = assign_roles(builders.contact(), [AGENT_WORDS, customer, second, silent], "it", are_voices=True)
    assert guess.roles == (Role.AGENT, Role.CUSTOMER, Role.AGENT, Role.UNKNOWN)


@pytest.mark.parametrize(
    ("language", "recorded", "then"),
    [
        ("it", "Benvenuto. Per informazioni prema uno.", "Buongiorno, sono Giulia, come posso aiutarla?"),
        ("it", "Benvenuti in Luminosa. La conversazione potrà essere registrata.", "Buongiorno, sono Giulia."),
        ("en", "Your call is important to us. Stay on the line.", "Good morning, my name is Sarah."),
        ("en", "Welcome to Luminosa. This call may be recorded.", "Hello, my name is Sarah."),
    ],
)  # fmt: skip
def test_recordings_before_the_agent(language, recorded, then):
    words = builders.words(recorded)
    channel = after(words, then)
    assert find_announcements([channel, ()], language) == ((0, 0.0, words[-1].end_s),)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "Benvenuto in Luminosa, la chiamata può essere registrata, sono Giulia, come posso aiutarla?"),
        ("it", "Grazie per aver chiamato Luminosa. La chiamata è registrata. In cosa posso aiutarla?"),
        ("en", "Thank you for calling Luminosa, this call is being recorded. How can I help you?"),
        ("en", "Thank you for calling. My name is Sarah, this call may be recorded."),
    ],
)
def test_an_agents_own_opening_is_no_recording(language, said):
    assert find_announcements([builders.words(said), ()], language) == ()


def test_an_agent_who_quotes_one_phrase_later_is_no_recording():
    agent = after(AGENT_WORDS, "resti in linea, tutti gli operatori sono occupati", 20.0)
    assert find_announcements([agent, CUSTOMER_WORDS], "it") == ()
    queue = after(agent, "La sua chiamata è importante. Prema uno. Rimanga in linea, tempo di attesa stimato", 60.0)
    assert len(find_announcements([queue, CUSTOMER_WORDS], "it")) == 1


def shared(path):
    root = Path(os.environ.get("QM_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (root / path).exists():
        pytest.skip(f"{root / path} isn't there")
    return root / path


def test_real_calls_as_written_down():
    for file in sorted(shared("calls/harpervalley/derived/ref").glob("*.json")):
        parties = {"agent": [], "caller": []}
        for turn in json.loads(file.read_text(encoding="utf-8")):
            if not turn["human"].startswith(("[", "<")):
                parties[turn["role"]].extend(builders.words(turn["human"], turn["start"], each_s=0.25))
        both = [parties["caller"], parties["agent"]]
        assert assign_roles(builders.contact(agent=Agent("A", "", "")), both, "en").roles == AGENT_SECOND, file.name
        assert assign_roles(builders.contact(agent_channel=1), both, "en").source == "given"
        assert assign_roles(builders.contact(agent_channel=0), both, "en").source == "swapped"
