"""Words about people, roles and rights that command line and pages share, in both languages."""

from qm.domain.people import Person, PersonState, Role, Scope
from qm.domain.text import Language, Text

ROLES = {
    Role.ADMIN: Text("amministratore", "administrator"),
    Role.ANALYST: Text("analista qualità", "quality analyst"),
    Role.SUPERVISOR: Text("supervisore", "supervisor"),
    Role.AGENT: Text("operatore", "agent"),
    Role.AUDITOR: Text("revisore", "auditor"),
    Role.SERVICE: Text("servizio", "service"),
}
STATES = {
    PersonState.INVITED: Text("invitato", "invited"),
    PersonState.ACTIVE: Text("attivo", "active"),
    PersonState.LEFT: Text("uscito", "left"),
}
PEOPLE_WORDS = {
    "login": Text("Login", "Login"),
    "name": Text("Nome", "Name"),
    "role": Text("Ruolo", "Role"),
    "scope": Text("Vede", "Sees"),
    "state": Text("Stato", "State"),
    "last": Text("Ultimo accesso (UTC)", "Last sign-in (UTC)"),
    "tokens": Text("Token", "Tokens"),
    "nobody": Text("Nessuno: `qm serve` crea il primo amministratore.",
                   "Nobody: `qm serve` makes the first administrator."),
    "whole": Text("tutto", "everything"),
    "teams": Text("team {names}", "teams {names}"),
    "sites": Text("sedi {names}", "sites {names}"),
    "vendors": Text("fornitori {names}", "vendors {names}"),
    "own": Text("i contatti di {agent}", "contacts of {agent}"),
    "added": Text("{login}: aggiunto come {role}; vede: {scope}.", "{login}: added as {role}; sees: {scope}."),
    "next_invite": Text("Per il link della password: qm people invite {login}",
                        "For the link to set a password: qm people invite {login}"),
    "next_token": Text("Per un token: qm people token {login} --name PROGRAMMA --right DIRITTO",
                       "For a token: qm people token {login} --name PROGRAM --right RIGHT"),
    "unheard": Text("Nessun contatto finora è di: {names}. Scritto giusto?",
                    "No contact so far belongs to: {names}. Spelt right?"),
    "changed": Text("{login}: {role}; vede: {scope}.", "{login}: {role}; sees: {scope}."),
    "link": Text("Link valido una volta, entro 24 ore; quello precedente non vale più:",
                 "A link that works once, within 24 hours; the one before is void:"),
    "left": Text("{login}: non entra più; sessioni e token chiusi.",
                 "{login}: signs in no more; sessions and tokens ended."),
    "back": Text("{login}: di nuovo qui come {role}.", "{login}: back as {role}."),
    "token": Text("Si vede solo questa volta; vale fino al {day}:", "Shown this once; good until {day}:"),
    "unlocked": Text("{login}: può riprovare subito.", "{login}: may try again at once."),
    "code_dropped": Text("{login}: secondo fattore tolto; basta la password finché non ne imposta un altro.",
                         "{login}: second factor taken away; the password will do until another is set."),
    "first_link": Text("L'amministratore «{login}» non ha ancora una password. Aprire una volta, entro 24 ore:",
                       "The administrator '{login}' has no password yet. Open once, within 24 hours:"),
    "first_again": Text("Un link nuovo: qm people invite {login}", "For a new link: qm people invite {login}"),
}  # fmt: skip
"""By key."""


def people_word(key: str, language: Language, **values: object) -> str:
    """The word for a key, with its values filled in."""
    return PEOPLE_WORDS[key].said_in(language).format(**values)


def tell_scope(person: Person, language: Language) -> str:
    """Whose contacts somebody sees."""
    if person.role is Role.AGENT:
        return people_word("own", language, agent=person.agent_id)
    return _narrowed(person.scope, language) or people_word("whole", language)


def _narrowed(scope: Scope, language: Language) -> str:
    parts = (("teams", scope.teams), ("sites", scope.sites), ("vendors", scope.vendors))
    told = [people_word(key, language, names=", ".join(sorted(names))) for key, names in parts if names]
    return "; ".join(told)
