"""What is asked of a generative model, what it replied, and what both depended on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The three things that are asked, each in a request of its own.

    `applies`: does the question concern this contact; `answer`: is it met; `confirm`: does the quote alone carry that.
    """

    APPLIES = "applies"
    ANSWER = "answer"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Prompt:
    """One request.

    Attributes:
        system: instructions; the same for every contact.
        user: a JSON document; what was said stands in it as data.
        schema: JSON Schema of the reply.
    """

    part: Part
    system: str
    user: str
    schema: Mapping[str, object]


@dataclass(frozen=True)
class Reply:
    """What came back. `code` says why there is no text; it is empty where there is one."""

    text: str
    code: str = ""


@dataclass(frozen=True)
class ServedModel:
    """What a warm endpoint says that it serves.

    Attributes:
        name: as it is asked for.
        reported: what the server tells of it (parameters, size, digest), canonical; empty where it tells nothing.
        bound_by: `json_schema` where the server binds its output by the schema, `prompt` where it is merely asked to.
    """

    name: str
    reported: str
    bound_by: str


@dataclass(frozen=True)
class GenerativeManifest:
    """Everything that a reply depends on, beside the prompt's own words. Equal manifests and prompts, equal replies.

    Attributes:
        prompts_sha256: over instructions and schemas.
        most_tokens: a longer reply is cut off.
        most_words: a contact with more words to show isn't asked about.
    """

    prompts_sha256: str
    model: ServedModel
    seed: int
    most_tokens: int
    most_words: int
    temperature: float = 0.0
