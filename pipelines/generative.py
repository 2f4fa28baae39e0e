"""Generative answers as the settings have them; off where no endpoint is named."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from models.chat_endpoint_engine import ChatEndpointEngine, EndpointOptions
from models.private_http import parse_endpoint
from qm.config import Settings
from qm.errors import SettingsError
from qm.services.generative import GenerativeAnswers
from qm.services.scoring import Aids
from qm.storage.generative_replies import FolderReplies

Tell = Callable[[str], None]
NAME = "generative"
"""Of the manifest's hash among an evaluation's aids."""


def make_generative(settings: Settings, tell: Tell) -> GenerativeAnswers | None:
    """What answers generatively, warm; `None` where it's off. A server that is down is told aloud and answers nothing.

    Raises:
        SettingsError: an address that can't be used or isn't in a private network, or a key that can't be read.
    """
    if not settings.generative_url:
        return None
    responder = make_responder(settings, tell)
    return GenerativeAnswers.open(
        responder,
        make_replies(settings, tell),
        settings.generative_seed,
        settings.generative_tokens,
        settings.generative_words,
        tell,
    )


def with_generative(aids: Aids, answers: GenerativeAnswers | None) -> Aids:
    """What helps the rules, and generative answers after it; without them where they're off."""
    hashes = {name: sha256 for name, sha256 in aids.hashes.items() if name != NAME}
    if answers is None:
        return replace(aids, hashes=hashes, complete=None)
    return replace(aids, hashes={**hashes, NAME: answers.sha256}, complete=answers.complete)


def recall_generative(settings: Settings, aids: Aids, then: Mapping[str, str], tell: Tell) -> Aids:
    """For a replay: what helps the rules now, with the generative answers that an evaluation's manifest names.

    They come from what is kept: no endpoint is needed, and none is asked.

    Raises:
        ReplayError: the generative manifest is no longer kept.
    """
    if NAME not in then:
        return with_generative(aids, None)
    return with_generative(aids, GenerativeAnswers.replaying(make_replies(settings, tell), then[NAME]))


def make_replies(settings: Settings, tell: Tell) -> FolderReplies:
    """Where replies are kept; what a replay reads, whether or not an endpoint is named now."""
    return FolderReplies(settings.generative, tell)


def make_responder(settings: Settings, tell: Tell) -> ChatEndpointEngine:
    """The endpoint's engine, not yet warm."""
    named = frozenset(name.strip().lower() for name in settings.generative_hosts.split(",") if name.strip())
    options = EndpointOptions(
        model=settings.generative_model,
        seed=settings.generative_seed,
        most_tokens=settings.generative_tokens,
        within_s=settings.generative_timeout,
        key=_key(settings.generative_key_file),
    )
    return ChatEndpointEngine(parse_endpoint(settings.generative_url, named), options, tell)


def _key(file: str) -> str:
    if not file:
        return ""
    try:
        key = Path(file).expanduser().read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError("settings.bad_value", f"QM_GENERATIVE_KEY_FILE: {error}", "a file with one key") from None
    if not key.isprintable():
        raise SettingsError(
            "settings.bad_value", f"QM_GENERATIVE_KEY_FILE: {file} isn't one key", "a file with one key"
        )
    return key
