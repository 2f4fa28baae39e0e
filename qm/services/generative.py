"""Generative answers with a memory: the same question is asked once, and its reply is the same bytes ever after."""

from collections.abc import Callable
from dataclasses import replace

from qm.domain.evaluation import CriterionAnswer
from qm.domain.form import Criterion
from qm.domain.generative import GenerativeManifest, Prompt, Reply, ServedModel
from qm.errors import EngineError, ReplayError
from qm.fingerprint import fingerprint
from qm.ports.generative import ReplyStore, Responder
from qm.rules.generative_answer import MOST_WORDS, answer_generatively, is_asked
from qm.rules.generative_prompt import prompts_sha256
from qm.rules.pack import Pack, Rule
from qm.rules.scene import Scene

Tell = Callable[[str], None]
"""Says aloud what a user should know."""
MOST_FAILURES = 3
"""After so many requests in a row that brought nothing back the server is left alone for the rest of the run."""
ABSENT = frozenset(["generative.unreachable", "generative.timeout"])
"""Codes of a server that isn't there; each costs the whole waiting time."""


_SETTLED = Reply("")
"""In the place of a failure that is over."""


class GenerativeAnswers:
    """Answers criteria by a generative model. Failures are answers too: *cannot tell* with the failure's code.

    Args:
        responder: `None` in a replay, which reads what is kept and asks nobody.
        manifest: what the replies depend on; part of every key.
    """

    def __init__(
        self,
        responder: Responder | None,
        store: ReplyStore,
        manifest: GenerativeManifest,
        tell: Tell = lambda _line: None,
    ) -> None:
        self.manifest = manifest
        self._responder = responder
        self._store = store
        self._tell = tell
        self._failures = 0
        self._down = ""

    @classmethod
    def open(
        cls,
        responder: Responder,
        store: ReplyStore,
        seed: int,
        most_tokens: int,
        most_words: int = MOST_WORDS,
        tell: Tell = lambda _line: None,
    ) -> "GenerativeAnswers":
        """Warm the endpoint up and keep the manifest.

        A server that can't be used is told aloud, and the day goes on: under the manifest of the last time, where the
        settings are still the same, so that what is known stays answered and nothing is scored anew for nothing.
        """
        prompts = prompts_sha256()
        try:
            manifest = GenerativeManifest(prompts, responder.warm_up(), seed, most_tokens, most_words)
        except EngineError as error:
            tell(f"generative answers: {error}; what isn't answered yet stays open")
            unknown = GenerativeManifest(prompts, ServedModel("", "", "none"), seed, most_tokens, most_words)
            answers = cls(responder, store, _last_like(unknown, store), tell)
            answers._down = error.code
        else:
            answers = cls(responder, store, manifest, tell)
        store.put_manifest(answers.sha256, answers.manifest)
        return answers

    @classmethod
    def replaying(cls, store: ReplyStore, sha256: str) -> "GenerativeAnswers":
        """Only what is kept under a manifest; nothing is asked.

        Raises:
            ReplayError: the manifest isn't kept, or its prompts aren't those of this version.
        """
        manifest = store.manifest(sha256)
        if manifest is None or manifest.prompts_sha256 != prompts_sha256():
            message = f"the generative manifest {sha256[:12]}… is no longer here"
            raise ReplayError("replay.changed", message, "restore the folder `generative` of QM_DATA")
        return cls(None, store, manifest)

    @property
    def sha256(self) -> str:
        """The manifest's fingerprint: what an evaluation names."""
        return fingerprint(self.manifest)

    def answer(self, criterion: Criterion, rule: Rule | None, scene: Scene) -> CriterionAnswer:
        """The answer to one criterion: proved by code, or *cannot tell* with its reason."""
        contact_id = scene.contact.id
        return answer_generatively(
            criterion, rule, scene, lambda prompt: self._ask(prompt, contact_id), self.manifest.most_words
        )

    def complete(self, pack: Pack, scene: Scene, answers: tuple[CriterionAnswer, ...]) -> tuple[CriterionAnswer, ...]:
        """A form's answers after the rules, those that may be asked about answered here; in the same order."""
        completed = []
        for given in answers:
            criterion, rule = pack.form.criterion(given.criterion_id), pack.rule_of(given.criterion_id)
            completed.append(self.answer(criterion, rule, scene) if is_asked(given, rule) else given)
        return tuple(completed)

    def _ask(self, prompt: Prompt, contact_id: str) -> Reply:
        """The reply that is kept, else the model's.

        Failures are kept apart, by contact: a replay of this contact comes to the same *cannot tell*, even when the
        same request was answered later for another one.
        """
        key = fingerprint(self.sha256, prompt)
        failure_key = fingerprint(key, contact_id)
        kept, failed = self._store.get(key), self._store.get(failure_key)
        if self._responder is None:
            return failed if failed and failed.code else kept or Reply("", "generative.not_kept")
        reply = kept or (Reply("", self._down) if self._down else self._responder.respond(prompt))
        if kept is None:
            self._count(reply)
            self._store.put(failure_key if reply.code else key, reply)
        if failed and failed.code and not reply.code:
            self._store.put(failure_key, _SETTLED)
        return reply

    def _count(self, reply: Reply) -> None:
        self._failures = self._failures + 1 if reply.code in ABSENT else 0
        if self._failures >= MOST_FAILURES and not self._down:
            self._down = reply.code
            self._tell(
                f"generative answers: {reply.code} {self._failures} times in a row; no more is asked in this run"
            )


def _last_like(unknown: GenerativeManifest, store: ReplyStore) -> GenerativeManifest:
    """The manifest of the last time, where it differs in the served model alone."""
    latest = store.latest()
    return latest if latest and replace(latest, model=unknown.model) == unknown else unknown
