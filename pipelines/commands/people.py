"""Commands about people who sign in: `people add|list|change|invite|leave|back|token|unlock|drop-code`."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.commands.context import CommandContext, emit_json
from qm.domain.people import Person, Right, Role, Scope
from qm.domain.text import Language
from qm.operations.listening import password_link
from qm.services.people import PersonChange, PersonRow
from qm.wording_people import ROLES, STATES, people_word, tell_scope

people = typer.Typer(no_args_is_help=True, help="Who may sign in, as what, and whose contacts they see.")
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What is typed to sign in.")]
Team = Annotated[list[str] | None, typer.Option("--team", help="Sees this team only; may be given more than once.")]
Site = Annotated[list[str] | None, typer.Option("--site", help="Sees this site only; likewise.")]
Vendor = Annotated[list[str] | None, typer.Option("--vendor", help="Sees this vendor only; likewise.")]
Agent = Annotated[str | None, typer.Option("--agent", help="Of an agent: the agent_id that contacts.csv has.")]
Spoken = Annotated[Language | None, typer.Option("--language", help="Of the person's pages; QM_LANGUAGE if not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
COLUMNS = ("login", "name", "role", "scope", "state", "last", "tokens")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(people, name="people")


@people.command("add")
def add_person(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="As pages show it.")],
    role: Annotated[Role, typer.Option("--role", help="What the person is for; docs/people.md says what each may.")],
    team: Team = None, site: Site = None, vendor: Vendor = None, agent: Agent = None, language: Spoken = None,
) -> None:  # fmt: skip
    """Add somebody. Without --team, --site and --vendor they see the whole site; an agent sees their own contacts."""
    context = CommandContext.open()
    scope = Scope(frozenset(team or ()), frozenset(site or ()), frozenset(vendor or ()))
    service = context.wiring.people
    person = service.add(login, name, role, scope, agent or "", language or context.language)
    _say(context, "added", person)
    _warn_of_unheard(context, scope)
    following = "next_token" if role is Role.SERVICE else "next_invite"
    context.out.print(people_word(following, context.language, login=person.login), soft_wrap=True)


@people.command("list")
def list_people(as_json: AsJson = False) -> None:
    """Print everybody: role, whose contacts they see, state, last sign-in."""
    context = CommandContext.open()
    rows = context.wiring.people.every()
    if as_json:
        emit_json({"people": rows})
    else:
        _print_people(context.out, rows, context.language)


@people.command("change")
def change_person(
    login: Login,
    name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    role: Annotated[Role | None, typer.Option("--role", help="Another role; ends the person's sessions.")] = None,
    team: Team = None, site: Site = None, vendor: Vendor = None,
    whole: Annotated[bool, typer.Option("--whole", help="Sees the whole site from now on.")] = False,
    agent: Agent = None,
    language: Annotated[Language | None, typer.Option("--language", help="Another language.")] = None,
) -> None:  # fmt: skip
    """Change role, scope, name or language; what isn't given stays."""
    context = CommandContext.open()
    teams, sites, vendors = (frozenset(names) if names else None for names in (team, site, vendor))
    wanted = PersonChange(name, role, teams, sites, vendors, whole, agent, language)
    person = context.wiring.people.change(login, wanted)
    _say(context, "changed", person)
    _warn_of_unheard(context, person.scope)


@people.command("invite")
def invite_person(login: Login, as_json: AsJson = False) -> None:
    """Print a link with which somebody sets a password, once, within 24 hours; also for one that was forgotten."""
    context = CommandContext.open()
    link = password_link(context.settings, context.wiring.people.invite(login))
    if as_json:
        emit_json({"link": link})
        return
    context.errors.print(people_word("link", context.language), soft_wrap=True)
    context.out.print(link, soft_wrap=True)


@people.command("leave")
def let_go(login: Login) -> None:
    """End somebody's access: sessions and tokens at once. The name stays for the history."""
    context = CommandContext.open()
    _say(context, "left", context.wiring.people.leave(login))


@people.command("back")
def take_back(login: Login) -> None:
    """Give access back to somebody who had left, with role and scope of then; a service's tokens are made anew."""
    context = CommandContext.open()
    person = context.wiring.people.back(login)
    _say(context, "back", person)
    if person.role is not Role.SERVICE:
        context.out.print(people_word("next_invite", context.language, login=person.login), soft_wrap=True)


@people.command("token")
def make_token(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="The program that will use it.")],
    right: Annotated[list[Right], typer.Option("--right", help="What it may do; may be given more than once.")],
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="How long it is good.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Print a token for a program that acts as a service. It is shown this once and kept nowhere."""
    context = CommandContext.open()
    secret, token = context.wiring.people.token(login, name, frozenset(right), timedelta(days=days))
    if as_json:
        emit_json({"token": secret, "id": token.id, "expires_at": token.expires_at, "rights": sorted(token.rights)})
        return
    day = token.expires_at.date().isoformat()
    context.errors.print(people_word("token", context.language, day=day), soft_wrap=True)
    context.out.print(secret, soft_wrap=True)


@people.command("unlock")
def unlock_person(login: Login) -> None:
    """Let somebody try again at once after too many wrong passwords."""
    context = CommandContext.open()
    _say(context, "unlocked", context.wiring.people.unlock(login))


@people.command("drop-code")
def drop_code(login: Login) -> None:
    """Take somebody's second factor away, where the device is lost."""
    context = CommandContext.open()
    _say(context, "code_dropped", context.wiring.people.drop_code(login))


def _say(context: CommandContext, key: str, person: Person) -> None:
    role, scope = ROLES[person.role].said_in(context.language), tell_scope(person, context.language)
    told = people_word(key, context.language, login=person.login, role=role, scope=scope)
    context.out.print(told, soft_wrap=True)


def _warn_of_unheard(context: CommandContext, scope: Scope) -> None:
    if names := context.wiring.people.unheard(scope):
        context.errors.print(people_word("unheard", context.language, names=", ".join(names)), soft_wrap=True)


def _print_people(out: Console, rows: Sequence[PersonRow], language: Language) -> None:
    if not rows:
        out.print(people_word("nobody", language))
        return
    table = Table(box=None, header_style="bold")
    for column in COLUMNS:
        table.add_column(people_word(column, language), overflow="fold")
    for row in rows:
        person = row.person
        last = row.signed_in_at.strftime("%Y-%m-%d %H:%M") if row.signed_in_at else "–"
        table.add_row(
            person.login, person.name, ROLES[person.role].said_in(language), tell_scope(person, language),
            STATES[person.state].said_in(language), last, str(row.tokens or ""),
        )  # fmt: skip
    out.print(table)
