"""Dashboards: scores of teams and agents, criteria, trends, quality of the data."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from api import dashboard_pages
from api.actor import ActorHere
from api.dependencies import ServicesHere
from api.envelopes import DOCUMENTED
from api.pages import language_of, render
from api.people.forms import FORM_WRITE
from api.people.principal import needs
from api.same_origin import FormFields
from qm.domain.people import Right
from qm.errors import InputError
from qm.services.dashboard_csv import heat_csv, scorecard_csv, trend_csv
from qm.services.dashboard_views import AgentCard, DataQuality, HeatMap, ScoreCard, Trend
from qm.services.dashboards import Wish
from qm.services.days import read_day

router = APIRouter(tags=["dashboards"], responses=DOCUMENTED, dependencies=[needs(Right.FIGURES_READ)])
TREND = "/dashboards/trend"
KEEPERS = [needs(Right.REVIEW_ASSIGN, whole=True), *FORM_WRITE]


def _wish(
    days: Annotated[int, Query(ge=1, le=400, description="so many days, up to `until`")] = 28,
    since: Annotated[str, Query(description="first day; counts instead of `days`")] = "",
    until: Annotated[str, Query(description="last day; empty: the newest with contacts")] = "",
    form: Annotated[str, Query(description="whose scores; empty: of the form with most of them")] = "",
    team: Annotated[str, Query(description="only this team")] = "",
    measure: Annotated[str, Query(description="of a trend: score, customer, business, compliance, nps, satisfaction "
                                              "or criterion:ID")] = "score",
    step: Annotated[Literal["day", "week"], Query(description="of a trend")] = "day",
) -> Wish:  # fmt: skip
    return Wish(days, read_day(since), read_day(until), form, team, measure, step)


AgentsFrom = Annotated[int, Query(ge=0, le=100_000, description="how many agents are left out before")]
WishHere = Annotated[Wish, Depends(_wish)]


@router.get("/dashboards", include_in_schema=False)
def scorecard_page(request: Request, services: ServicesHere, wish: WishHere, agents: AgentsFrom = 0) -> Response:
    """Teams and agents, so many of these a page."""
    card, language = services.dashboards.scorecard(wish), language_of(request)
    shown = card.agents[agents : agents + dashboard_pages.MOST_DRAWN]
    plot = dashboard_pages.agents_plot(shown, language)
    return render(
        request, "dashboard_scores.html", card=card, frame=card.frame, wish=wish, plot_of_agents=plot, shown=shown,
        first=agents, most=dashboard_pages.MOST_DRAWN,
    )  # fmt: skip


@router.get("/api/v1/dashboards", summary="Scores of teams and agents")
def scorecard(services: ServicesHere, wish: WishHere) -> ScoreCard:
    """Means with 95 % interval, change against the period before, and who is told apart from the others for certain."""
    return services.dashboards.scorecard(wish)


@router.get("/api/v1/dashboards.csv", summary="Scores as CSV", response_class=PlainTextResponse)
def scorecard_table(services: ServicesHere, wish: WishHere) -> Response:
    """A line a team and agent."""
    return _csv(scorecard_csv(services.dashboards.scorecard(wish)), "scores.csv")


@router.get("/dashboards/criteria", include_in_schema=False)
def heat_page(request: Request, services: ServicesHere, wish: WishHere) -> Response:
    """Criteria by team, or by agent of one team."""
    view = services.dashboards.heat(wish)
    return render(request, "dashboard_heat.html", view=view, frame=view.frame, wish=wish,
                  shade=dashboard_pages.shade)  # fmt: skip


@router.get("/api/v1/dashboards/criteria", summary="Criteria by team or agent")
def heat(services: ServicesHere, wish: WishHere) -> HeatMap:
    """Share met, of answers that are met or not met, with Wilson's 95 % interval."""
    return services.dashboards.heat(wish)


@router.get("/api/v1/dashboards/criteria.csv", summary="Criteria as CSV", response_class=PlainTextResponse)
def heat_table(request: Request, services: ServicesHere, wish: WishHere) -> Response:
    """A line a criterion and team or agent."""
    return _csv(heat_csv(services.dashboards.heat(wish), language_of(request)), "criteria.csv")


@router.get(TREND, include_in_schema=False)
def trend_page(request: Request, services: ServicesHere, wish: WishHere) -> Response:
    """A measure over time, with milestones."""
    view = services.dashboards.trend(wish)
    line = dashboard_pages.trend_line(view, language_of(request))
    return render(request, "dashboard_trend.html", view=view, frame=view.frame, wish=wish, line=line)


@router.get("/api/v1/dashboards/trend", summary="A measure over time")
def trend(services: ServicesHere, wish: WishHere) -> Trend:
    """By day or week, with milestones."""
    return services.dashboards.trend(wish)


@router.get("/api/v1/dashboards/trend.csv", summary="A trend as CSV", response_class=PlainTextResponse)
def trend_table(services: ServicesHere, wish: WishHere) -> Response:
    """A line a day or week."""
    return _csv(trend_csv(services.dashboards.trend(wish)), "trend.csv")


@router.get("/dashboards/data", include_in_schema=False)
def data_page(request: Request, services: ServicesHere, wish: WishHere) -> Response:
    """What the figures stand on."""
    view = services.dashboards.data(wish)
    return render(request, "dashboard_data.html", view=view, frame=view.frame, wish=wish)


@router.get("/api/v1/dashboards/data", summary="Quality of the data")
def data(services: ServicesHere, wish: WishHere) -> DataQuality:
    """Quarantine by reason, grades of transcripts, languages, missing ids, criteria that couldn't be told."""
    return services.dashboards.data(wish)


@router.get("/dashboards/agents/{agent_id:path}", include_in_schema=False)
def agent_page(request: Request, services: ServicesHere, agent_id: str, wish: WishHere) -> Response:
    """One agent beside the team."""
    card, language = services.dashboards.agent(agent_id, wish), language_of(request)
    line = dashboard_pages.trend_line(card.trend, language)
    return render(request, "dashboard_agent.html", card=card, frame=card.frame, wish=wish, line=line)


@router.get("/api/v1/dashboards/agents/{agent_id:path}", summary="An agent beside the team")
def agent(services: ServicesHere, agent_id: str, wish: WishHere) -> AgentCard:
    """Figures, trend and criteria."""
    return services.dashboards.agent(agent_id, wish)


@router.post("/dashboards/milestones", include_in_schema=False, dependencies=KEEPERS)
def add_milestone(services: ServicesHere, actor: ActorHere, fields: FormFields) -> Response:
    """Note what began on a day; a title in one language stands for both."""
    on, title_it, title_en = read_day(fields.get("day", "")), fields.get("title_it", ""), fields.get("title_en", "")
    if on is None:
        raise InputError("figures.day", "a milestone needs its day", "like 2026-11-23")
    services.dashboards.add_milestone(on, title_it, title_en, actor)
    return RedirectResponse(TREND, status_code=303)


@router.post("/dashboards/milestones/drop", include_in_schema=False, dependencies=KEEPERS)
def drop_milestone(services: ServicesHere, actor: ActorHere, fields: FormFields) -> Response:
    """Take one away."""
    services.dashboards.drop_milestone(fields.get("milestone", ""), actor)
    return RedirectResponse(TREND, status_code=303)


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type="text/csv; charset=utf-8", headers=headers)
