"""Rendering: templates, the reader's language, and the cookie that remembers it."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api import measure_groups, menu, plots, presentation, review_page, talk_blocks, texts, transcript_marks
from api.people.principal import Asking
from qm.domain.people import Right
from qm.domain.text import Language, Text
from qm.wording import explain_code, say

HERE = Path(__file__).resolve().parent
COOKIE = "qm_lang"
WHOLE_TALK = "whole"
"""Of the parameter `talk`: a long conversation in one piece, for looking through it with the browser."""
COOKIE_AGE_S = 365 * 24 * 3600

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True, auto_reload=False,
)  # fmt: skip
ENVIRONMENT.filters.update(presentation.FILTERS)
ENVIRONMENT.filters["measure_value"] = measure_groups.measure_value
ENVIRONMENT.globals.update(
    plot=plots.plot, ticks=plots.ticks, audio_marks=transcript_marks.audio_marks, lanes=transcript_marks.lanes,
    talk_of=talk_blocks.talk_of, icon_of=presentation.icon_of,
    evidence_id=transcript_marks.evidence_id, is_shared=transcript_marks.is_shared,
    measure_groups=measure_groups.measure_groups, review_marks=transcript_marks.review_marks,
    silences_of=review_page.silences_of, script_words=review_page.script_words, score_text=review_page.score_text,
)  # fmt: skip


def language_of(request: Request) -> Language:
    """`?lang=`, else the cookie, else what the browser asks for, else the setting."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in list(Language):
        return Language(chosen)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.partition(";")[0].strip().lower()[:2]
        if tag in list(Language):
            return Language(tag)
    return Language(request.app.state.settings.language)


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page in the reader's language, with the menu of whoever asks; `?lang=` is remembered."""
    language = language_of(request)
    other = Language.ENGLISH if language is Language.ITALIAN else Language.ITALIAN
    services = request.app.state.services
    content = ENVIRONMENT.get_template(template).render(
        request=request,
        path=request.url.path,
        nonce=request.state.nonce,
        lang=language,
        other_lang=other,
        switch_url=_same_page(request, lang=other.value),
        more_url=lambda cursor: _same_page(request, cursor=cursor),
        same_page=lambda **changed: _same_page(request, **{name: str(value) for name, value in changed.items()}),
        whole_talk_url=_same_page(request, talk=WHOLE_TALK),
        is_whole_talk=request.query_params.get("talk") == WHOLE_TALK,
        status=status,
        t=lambda key, **values: texts.say(key, language, **values),
        word=lambda key: say(key, language),
        has_text=lambda key: key in texts.WORDS,
        meaning=lambda code: explain_code(code, language),
        said=lambda text: _said(text, language),
        site_time=lambda moment: moment.astimezone(ZoneInfo(services.plan.window.zone)),
        name_of=lru_cache(services.people.name_of),
        **_who_asks(request),
        **context,
    )
    headers = {"Content-Language": language.value, "Vary": "Cookie, Accept-Language"}
    response = HTMLResponse(content, status_code=status, headers=headers)
    if request.query_params.get("lang") == language.value:
        response.set_cookie(COOKIE, language.value, max_age=COOKIE_AGE_S, httponly=True, samesite="lax")
    return response


def _who_asks(request: Request) -> dict[str, Any]:
    """What templates know of who is signed in; nobody is before a handler asked."""
    asking: Asking | None = getattr(request.state, "asking", None)
    if asking is None:
        nothing = {"person": None, "csrf": "", "sections": (), "sees_whole": False}
        return nothing | {"pages_of": lambda _name: (), "may": lambda _right: False}
    principal, path = asking.principal, request.url.path
    return {
        "person": principal.person,
        "csrf": asking.csrf,
        "sections": menu.sections_of(principal, path),
        "pages_of": lambda name: menu.pages_of(name, principal, path),
        "may": lambda right: principal.may(Right(right)),
        "sees_whole": principal.scope.is_whole,
    }


def _same_page(request: Request, **changed: str) -> str:
    """This page with other parameters. Only the query is written: a link that can't lead to another host."""
    return "?" + urlencode({**request.query_params, **changed})


def _said(text: Text, language: Language) -> str:
    return text.said_in(language)
