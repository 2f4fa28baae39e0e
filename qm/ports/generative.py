"""What a generative model and the memory of its replies look like to the core."""

from typing import Protocol

from qm.domain.generative import GenerativeManifest, Prompt, Reply, ServedModel


class Responder(Protocol):
    """Answers prompts. Cheap to construct; `warm_up` asks the endpoint what it serves."""

    def warm_up(self) -> ServedModel:
        """What is served; harmless when repeated.

        Raises:
            EngineError: the endpoint can't be used.
        """
        ...

    def close(self) -> None:
        """Free what is held."""
        ...

    def respond(self, prompt: Prompt) -> Reply:
        """The reply to one prompt, or a code of why there is none; never raises for what a server does."""
        ...


class ReplyStore(Protocol):
    """Replies by key, and the manifests that they were given under."""

    def get(self, key: str) -> Reply | None:
        """The reply kept under a key; `None` where there is none, or it is damaged."""
        ...

    def put(self, key: str, reply: Reply) -> None:
        """Keep a reply, in place of an earlier one.

        Raises:
            StorageError: it can't be written.
        """
        ...

    def manifest(self, sha256: str) -> GenerativeManifest | None:
        """A manifest by its fingerprint; `None` where there is none, or it is damaged."""
        ...

    def latest(self) -> GenerativeManifest | None:
        """The manifest that was kept last."""
        ...

    def put_manifest(self, sha256: str, manifest: GenerativeManifest) -> None:
        """Keep a manifest, and that it was the last.

        Raises:
            StorageError: it can't be written.
        """
        ...
