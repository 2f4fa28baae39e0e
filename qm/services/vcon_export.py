"""A contact as a vCon: who took part, what was said, and evaluations as analysis (draft-ietf-vcon-vcon-core-04)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from qm.documents import dump
from qm.domain.contact import Contact, Medium
from qm.domain.people import Scope
from qm.domain.transcript import Role, Transcript
from qm.ports import ObjectStore
from qm.services.contacts import ContactService
from qm.services.views import ContactView

SYNTAX = "0.4.0"
VENDOR, EXTENSION = "quality-equation", "quality_equation"
AGENT, CUSTOMER, BOT = 0, 1, 2
"""Places of the parties."""
PARTY_OF = {Role.AGENT: AGENT, Role.CUSTOMER: CUSTOMER, Role.IVR: BOT}
MEDIA = {
    ".wav": "audio/wav", ".mp3": "audio/mpeg", ".flac": "audio/flac", ".ogg": "audio/ogg", ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
}  # fmt: skip


class VconExport:
    """Makes vCons of contacts.

    Args:
        contacts: of whoever asks.
        public_url: address of the site; recordings that aren't inside are named below it.
        version: of the product.
    """

    def __init__(
        self, contacts: ContactService, objects: ObjectStore, public_url: str, version: str, now: Callable[[], datetime]
    ) -> None:  # fmt: skip
        self._contacts = contacts
        self._objects = objects
        self._public_url = public_url
        self._version = version
        self._now = now

    def seen_by(self, scope: Scope) -> "VconExport":
        """The same for somebody who sees that scope."""
        seen = self._contacts.seen_by(scope)
        return VconExport(seen, self._objects, self._public_url, self._version, self._now)

    def make(self, contact_id: str, *, inline: bool = False) -> dict[str, Any]:
        """A contact's vCon, unsigned.

        Args:
            inline: with the recording inside; without, it's named by its hash, and by its address where the site has
                one with TLS.

        Raises:
            NotFoundError: no such contact within the scope.
        """
        view = self._contacts.get(contact_id)
        contact, transcript = view.contact, view.transcript
        dialogs = self._recording(view, inline=inline)
        if contact.medium is not Medium.VOICE and transcript is not None:
            dialogs = _messages(contact, transcript)
        has_bot = any(PARTY_OF.get(turn.role) == BOT for turn in transcript.turns) if transcript else False
        return {
            "vcon": SYNTAX, "uuid": uuid_of(contact_id), "extensions": [EXTENSION],
            "created_at": self._now().isoformat(), "parties": _parties(contact, has_bot=has_bot), "dialog": dialogs,
            "analysis": self._analysis(view, len(dialogs)), EXTENSION: _facts(contact),
        }  # fmt: skip

    def _recording(self, view: ContactView, *, inline: bool) -> list[dict[str, Any]]:
        contact, transcript = view.contact, view.transcript
        if not view.has_audio:
            return []
        sha256 = self._contacts.recording(contact.id)
        told = transcript.recording if transcript else None
        told_s = told.duration_s if told else contact.history.talk_s
        suffix = contact.source[contact.source.rfind(".") :].lower() if "." in contact.source else ""
        dialog: dict[str, Any] = {
            "type": "recording", "start": contact.started_at.isoformat(),
            "parties": [CUSTOMER, AGENT] if contact.agent_channel == 1 else [AGENT, CUSTOMER],
            "mediatype": MEDIA.get(suffix, "application/octet-stream"), "filename": contact.source,
            "content_hash": "sha256-" + urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("="),
        }  # fmt: skip
        if told_s is not None:
            dialog["duration"] = told_s
        if inline:
            with self._objects.open(sha256) as pieces:
                content = b"".join(pieces)
            dialog |= {"encoding": "base64url", "body": urlsafe_b64encode(content).decode().rstrip("=")}
        elif self._public_url.startswith("https://"):
            dialog["url"] = f"{self._public_url}/contacts/{quote(contact.id)}/audio"
        return [dialog]

    def _analysis(self, view: ContactView, dialogs: int) -> list[dict[str, Any]]:
        common = {
            "dialog": list(range(dialogs)), "mediatype": "application/json", "vendor": VENDOR,
            "product": f"{VENDOR} {self._version}", "encoding": "json",
        }  # fmt: skip
        found = []
        if view.transcript is not None:
            body = json.loads(dump(view.transcript))
            found.append({"type": "transcript", **common, "schema": view.transcript.schema, "body": body})
        for each in view.evaluations:
            body = json.loads(dump(each.evaluation))
            found.append({"type": "evaluation", **common, "schema": each.evaluation.schema, "body": body})
        return found


def uuid_of(contact_id: str) -> str:
    """A vCon's id: the same for the same contact (a UUID of version 8, made from the hash of its id).

    >>> uuid_of("C-1") == uuid_of("C-1"), UUID(uuid_of("C-1")).version
    (True, 8)
    """
    drawn = bytearray(hashlib.sha256(f"vcon:{contact_id}".encode()).digest()[:16])
    drawn[6], drawn[8] = drawn[6] & 0x0F | 0x80, drawn[8] & 0x3F | 0x80  # version and variant, RFC 9562
    return str(UUID(bytes=bytes(drawn)))


def _parties(contact: Contact, *, has_bot: bool) -> list[dict[str, Any]]:
    agent = {
        "uuid": contact.agent.id, "name": contact.agent.name, "type": "person", "role": "agent",
        "org": contact.agent.vendor, "dept": contact.agent.team,
    }  # fmt: skip
    customer = {"uuid": contact.customer_id, "type": "person", "role": "customer"}
    bot = [{"type": "bot", "role": "bot"}] if has_bot else []
    return [{name: value for name, value in party.items() if value} for party in (agent, customer, *bot)]


def _messages(contact: Contact, transcript: Transcript) -> list[dict[str, Any]]:
    """One dialog a message; nobody's customer (such as a mail's sender who isn't known) counts as the customer."""
    return [
        {
            "type": "text", "start": (contact.started_at + timedelta(seconds=turn.start_s)).astimezone(UTC).isoformat(),
            "parties": PARTY_OF.get(turn.role, CUSTOMER), "mediatype": "text/plain", "encoding": "none",
            "body": turn.text,
        }
        for turn in transcript.turns
    ]  # fmt: skip


def _facts(contact: Contact) -> dict[str, Any]:
    """What a vCon has no place for."""
    history = {name: value for name, value in vars(contact.history).items() if value is not None}
    told = {
        "contact_id": contact.id, "medium": contact.medium.value, "direction": contact.direction.value,
        "started_at": contact.started_at.isoformat(), "queue": contact.queue, "process": contact.process,
        "language": contact.language, "kind": contact.kind.value, "site": contact.agent.site,
        "agent_channel": contact.agent_channel,
    }  # fmt: skip
    return {name: value for name, value in (told | history).items() if value not in ("", None)}
