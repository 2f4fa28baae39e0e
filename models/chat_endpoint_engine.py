"""Any OpenAI-compatible chat endpoint on the user's own machines (llama.cpp, vLLM, Ollama) as a `Responder`."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.private_http import Answered, Endpoint, HostRefusedError, request
from qm.domain.generative import Part, Prompt, Reply, ServedModel
from qm.errors import EngineError
from qm.fingerprint import canonical
from qm.units import Seconds

MOST_BYTES = 256 * 1024
"""Of an answer: some hundred tokens and a server's figures stay far below."""
TRIES = 3
PAUSE_S: Seconds = 0.3
"""Before the second try; twice as long before the third."""
BUSY = frozenset([408, 425, 429])
VOLATILE = frozenset(["created", "modified_at", "permission", "object"])
"""What a server tells of a model that changes without the model changing."""
_PROBE = Prompt(
    Part.CONFIRM, "Reply in JSON.", '{"verdict":"yes"}',
    {
        "type": "object", "properties": {"verdict": {"type": "string", "enum": ["yes", "no"]}},
        "required": ["verdict"], "additionalProperties": False,
    },
)  # fmt: skip
HINTS = {
    "generative.unreachable": "start the server, or set QM_GENERATIVE_URL",
    "generative.timeout": "raise QM_GENERATIVE_TIMEOUT or take a smaller model",
    "generative.host_refused": "name the host in QM_GENERATIVE_HOSTS if contacts may leave your machines",
}


@dataclass(frozen=True)
class EndpointOptions:
    """How to ask. `model`: empty takes the first that the server names; `key`: sent as a bearer token."""

    model: str = ""
    seed: int = 1
    most_tokens: int = 160
    within_s: Seconds = 60.0
    key: str = ""


class ChatEndpointEngine:
    """Asks one endpoint. `tell` hears what a user should know, such as a server that can't bind its output."""

    def __init__(
        self,
        endpoint: Endpoint,
        options: EndpointOptions,
        tell: Callable[[str], None] = lambda _line: None,
        sleep: Callable[[Seconds], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._options = options
        self._tell = tell
        self._sleep = sleep
        self._lock = threading.Lock()
        self._served: ServedModel | None = None

    def warm_up(self) -> ServedModel:
        """Ask what is served, and whether output can be bound; harmless when repeated.

        Raises:
            EngineError: the endpoint can't be used.
        """
        with self._lock:
            if self._served is None:
                name, reported = self._model()
                self._served = ServedModel(name, reported, self._binding(name))
            return self._served

    def close(self) -> None:
        """Forget what is served; no connection is kept."""
        self._served = None

    def respond(self, prompt: Prompt) -> Reply:
        """The reply to one prompt, or a code of why there is none."""
        try:
            served = self.warm_up()
        except EngineError as error:
            return Reply("", error.code)
        return self._asked(prompt, served.name, served.bound_by)[1]

    def _model(self) -> tuple[str, str]:
        answered, code = self._sent("GET", "/models", None)
        if answered is None:
            raise EngineError(code, f"{self._shown}: no answer", HINTS.get(code, ""))
        listed = _listed(answered) if answered.status == 200 else []
        wanted = self._options.model
        found = next((item for item in listed if not wanted or item.get("id") == wanted), {})
        told = {key: value for key, value in found.items() if key not in VOLATILE}
        return wanted or str(found.get("id") or "default"), canonical(told) if told else ""

    def _binding(self, name: str) -> str:
        """`json_schema` where a request with a schema is served, else `prompt`, said aloud."""
        status, reply = self._asked(_PROBE, name, "json_schema")
        if status in (400, 404, 415, 422, 501):
            status, reply = self._asked(_PROBE, name, "prompt")
            if status == 200:
                self._tell(f"{self._shown} can't bind its output by a JSON schema: more replies will be refused")
                return "prompt"
        if status == 200 and reply.code in ("", "generative.cut_off"):
            return "json_schema"
        raise EngineError(reply.code, f"{self._shown}: status {status}", HINTS.get(reply.code, ""))

    @property
    def _shown(self) -> str:
        return f"{self._endpoint.scheme}://{self._endpoint.host}:{self._endpoint.port}{self._endpoint.path}"

    def _asked(self, prompt: Prompt, name: str, bound_by: str) -> tuple[int, Reply]:
        document = _document(prompt, name, bound_by, self._options)
        answered, code = self._sent("POST", "/chat/completions", canonical(document).encode())
        return (answered.status, _read(answered)) if answered else (0, Reply("", code))

    def _sent(self, method: str, path: str, body: bytes | None) -> tuple[Answered | None, str]:
        """One request with its retries, all within the deadline; no answer comes with the code of why."""
        until = time.monotonic() + self._options.within_s
        answered, code = None, "generative.timeout"
        for attempt in range(TRIES):
            if attempt:
                self._sleep(min(PAUSE_S * 2 ** (attempt - 1), max(0.0, until - time.monotonic())))
            left = until - time.monotonic()
            if left <= 0:
                break
            answered, code = self._tried(method, path, body, left)
            if code in HINTS and code != "generative.unreachable":
                break
            if answered and answered.status < 500 and answered.status not in BUSY:
                break
        return answered, code

    def _tried(self, method: str, path: str, body: bytes | None, left: Seconds) -> tuple[Answered | None, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._options.key:
            headers["Authorization"] = f"Bearer {self._options.key}"
        try:
            return request(self._endpoint, method, path, body, headers, left, MOST_BYTES), ""
        except TimeoutError:
            return None, "generative.timeout"
        except HostRefusedError:
            return None, "generative.host_refused"
        except http.client.HTTPException:
            return None, "generative.not_http"
        except (OSError, ValueError):  # a host name that can't be written in DNS is a ValueError
            return None, "generative.unreachable"


def _document(prompt: Prompt, name: str, bound_by: str, options: EndpointOptions) -> dict[str, object]:
    bound = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": prompt.schema}}
    system = prompt.system if bound_by == "json_schema" else f"{prompt.system} Schema: {canonical(prompt.schema)}"
    return {
        "model": name,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}],
        "temperature": 0, "seed": options.seed, "max_tokens": options.most_tokens, "stream": False,
        **({"response_format": bound} if bound_by == "json_schema" else {}),
    }  # fmt: skip


def _listed(answered: Answered) -> list[dict[str, Any]]:
    document = _parsed(answered.body)
    listed = document.get("data") if isinstance(document, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _read(answered: Answered) -> Reply:
    """The text of a completion; a code for whatever else a server may send."""
    if 300 <= answered.status < 400:
        return Reply("", "generative.redirected")
    if answered.status != 200:
        return Reply("", "generative.server_error" if answered.status >= 500 else "generative.refused")
    if answered.body is None:
        return Reply("", "generative.too_much")
    document = _parsed(answered.body)
    if document is None:
        return Reply("", "generative.not_json")
    return _completion(document)


def _completion(document: Mapping[str, Any]) -> Reply:
    try:
        choice = document["choices"][0]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        return Reply("", "generative.wrong_schema")
    if type(text) is not str:
        return Reply("", "generative.wrong_schema")
    if ended == "length":
        return Reply("", "generative.cut_off")
    # Half of a surrogate pair can't be stored.
    return Reply(text.encode("utf-8", "replace").decode("utf-8"))


def _parsed(body: bytes | None) -> Any:
    """JSON of an answer; `None` where it isn't any."""
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
