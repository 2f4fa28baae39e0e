"""Which channel is the agent."""

from qm.analysis.assign_roles import RoleGuess, assign_roles
from qm.domain.contact import Agent
from qm.domain.transcript import Role
from tests.unit import builders

AGENT_FIRST, AGENT_SECOND = (Role.AGENT, Role.CUSTOMER), (Role.CUSTOMER, Role.AGENT)
AGENT_WORDS = builders.words("servizio clienti buongiorno come posso aiutarla")
CUSTOMER_WORDS = builders.words("buongiorno ho ricevuto una bolletta doppia")


def test_site_tells():
    contact = builders.contact(agent_channel=1)
    assert assign_roles(contact, [AGENT_WORDS, CUSTOMER_WORDS], "it") == RoleGuess(AGENT_SECOND, "given")


def test_cues_tell_whichever_channel_they_are_on():
    contact = builders.contact()
    assert assign_roles(contact, [AGENT_WORDS, CUSTOMER_WORDS], "it") == RoleGuess(AGENT_FIRST, "said")
    assert assign_roles(contact, [CUSTOMER_WORDS, AGENT_WORDS], "it") == RoleGuess(AGENT_SECOND, "said")


def test_the_agents_own_name_tells():
    contact = builders.contact(agent=Agent("A", "Tommaso Greco", ""))
    said = builders.words("buongiorno sono Tomaso")
    assert assign_roles(contact, [CUSTOMER_WORDS, said], "it") == RoleGuess(AGENT_SECOND, "said")


def test_no_lead_no_role():
    unknown = RoleGuess((Role.UNKNOWN, Role.UNKNOWN), "no_cues")
    assert assign_roles(builders.contact(), [CUSTOMER_WORDS, CUSTOMER_WORDS], "it") == unknown
    assert assign_roles(builders.contact(), [AGENT_WORDS, AGENT_WORDS], "it") == unknown
    assert assign_roles(builders.contact(), [(), ()], "it") == unknown
    assert assign_roles(builders.contact(), [AGENT_WORDS, CUSTOMER_WORDS], "de") == unknown


def test_cues_after_the_first_minute_are_none():
    late = builders.words("servizio clienti buongiorno come posso aiutarla", 61.0)
    assert assign_roles(builders.contact(), [late, CUSTOMER_WORDS], "it").source == "no_cues"


def test_one_channel_holds_both_even_where_the_site_names_one():
    contact = builders.contact(agent_channel=0)
    assert assign_roles(contact, [AGENT_WORDS], "it") == RoleGuess((Role.UNKNOWN,), "one_channel")
