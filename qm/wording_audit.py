"""Words about the audit trail that command line and pages share, in both languages."""

from collections.abc import Mapping
from typing import Any

from qm.domain.audit import AuditFault, Verification
from qm.domain.text import Language, Text

ACTIONS = {
    "transcript.viewed": Text("trascrizione aperta", "transcript opened"),
    "recording.played": Text("registrazione ascoltata", "recording played"),
    "object.erased": Text("oggetto tolto", "object removed"),
    "contact.viewed": Text("contatto aperto", "contact opened"),
    "quotes.viewed": Text("citazioni lette", "quotes read"),
    "case.viewed": Text("caso aperto", "case looked at"),
    "case.opened": Text("caso creato", "case opened"),
    "case.changed": Text("caso modificato", "case changed"),
    "case.exported": Text("casi esportati", "cases exported"),
    "evaluation.scored": Text("contatto valutato", "contact scored"),
    "evaluation.changed": Text("valutazione cambiata", "evaluation changed"),
    "calibration.opened": Text("calibrazione aperta", "calibration opened"),
    "calibration.answered": Text("risposte di calibrazione", "calibration answers handed in"),
    "calibration.closed": Text("calibrazione chiusa", "calibration closed"),
    "search.used": Text("ricerca nelle conversazioni", "conversations searched"),
    "search.kept": Text("ricerca conservata", "search kept"),
    "search.dropped": Text("ricerca eliminata", "search deleted"),
    "milestone.added": Text("evento aggiunto", "milestone added"),
    "milestone.dropped": Text("evento tolto", "milestone removed"),
    "review.done": Text("valutazione consegnata", "review handed in"),
    "review.reopened": Text("valutazione riaperta", "review opened again"),
    "queue.drawn": Text("lista di lavoro estratta", "work queue drawn"),
    "queue.withdrawn": Text("lista di lavoro ritirata", "work queue withdrawn"),
    "queue.exported": Text("lista di lavoro esportata", "work queue exported"),
    "assignment.moved": Text("contatti passati ad altri", "contacts given to somebody else"),
    "assignment.postponed": Text("scadenza spostata", "due date moved"),
    "assignment.withdrawn": Text("contatto tolto dalla lista", "contact taken off a queue"),
    "assignment.added": Text("seconda valutazione assegnata", "second evaluation assigned"),
    "dispute.opened": Text("contestazione aperta", "dispute opened"),
    "dispute.added": Text("criterio contestato", "criterion contested"),
    "dispute.withdrawn": Text("contestazione ritirata", "dispute withdrawn"),
    "dispute.decided": Text("contestazione decisa", "dispute decided"),
    "dispute.viewed": Text("contestazione letta", "dispute looked at"),
    "result.seen": Text("esito visto dall'operatore", "result seen by the agent"),
    "result.acknowledged": Text("presa visione", "result acknowledged"),
    "self_assessment.done": Text("autovalutazione consegnata", "self-assessment handed in"),
    "coaching.made": Text("colloquio pianificato", "coaching session planned"),
    "coaching.held": Text("colloquio svolto", "coaching session held"),
    "coaching.commented": Text("commento a un colloquio", "comment on a coaching session"),
    "coaching.answered": Text("impegno segnato come fatto", "commitment marked as done"),
    "coaching.done": Text("colloquio chiuso", "coaching session closed"),
    "coaching.cancelled": Text("colloquio annullato", "coaching session cancelled"),
    "coaching.put_aside": Text("punto messo da parte", "coaching item put aside"),
    "coaching.exported": Text("colloqui esportati", "coaching sessions exported"),
    "coaching.viewed": Text("colloquio aperto", "coaching session opened"),
    "survey.imported": Text("sondaggi importati", "survey answers taken in"),
    "survey.drawn": Text("campione del sondaggio estratto", "survey sample drawn"),
    "response.changed": Text("risposta al sondaggio corretta", "survey answer corrected"),
    "model.changed": Text("modello di risposta cambiato", "trained answers changed"),
    "form.published": Text("scheda pubblicata", "form published"),
    "contact.erased": Text("contatto cancellato", "contact erased"),
    "erasure.finished": Text("cancellazione conclusa", "erasure finished"),
    "audio.expired": Text("audio scaduto", "audio expired"),
    "transcript.expired": Text("trascrizione scaduta", "transcript expired"),
    "evidence.expired": Text("prove scadute", "evidence expired"),
    "hold.set": Text("blocco legale posto", "legal hold set"),
    "hold.released": Text("blocco legale tolto", "legal hold released"),
    "day.ingested": Text("giornata caricata", "day ingested"),
    "run.wanted": Text("elaborazione richiesta", "run asked for"),
    "run.cancelled": Text("elaborazione annullata", "run cancelled"),
    "run.paused": Text("elaborazione sospesa", "run paused"),
    "run.resumed": Text("elaborazione ripresa", "run resumed"),
    "run.priority": Text("priorità cambiata", "priority changed"),
    "contact.expired": Text("contatto scaduto e cancellato", "contact expired and erased"),
    "database.backed_up": Text("copia di sicurezza", "backup made"),
    "database.restored": Text("copia ripristinata", "backup restored"),
    "audit.exported": Text("registro esportato", "audit trail exported"),
    "sign_in.done": Text("accesso", "signed in"),
    "sign_in.refused": Text("accesso rifiutato", "sign-in refused"),
    "person.added": Text("persona aggiunta", "person added"),
    "person.changed": Text("ruolo o ambito cambiato", "role or scope changed"),
    "person.left": Text("accesso tolto", "access ended"),
    "person.returned": Text("accesso ridato", "access given back"),
    "person.unlocked": Text("attesa dopo errori tolta", "wait after failures lifted"),
    "person.invited": Text("collegamento per la password creato", "link for a password made"),
    "password.set": Text("password impostata", "password set"),
    "code.set": Text("codice monouso attivato", "one-time codes turned on"),
    "code.dropped": Text("codice monouso disattivato", "one-time codes turned off"),
    "sessions.ended": Text("altre sessioni chiuse", "other sessions ended"),
    "token.made": Text("token creato", "token made"),
    "token.dropped": Text("token ritirato", "token taken back"),
    "hook.added": Text("webhook aggiunto", "webhook added"),
    "hook.paused": Text("webhook sospeso", "webhook paused"),
    "hook.resumed": Text("webhook ripreso", "webhook let go on"),
    "hook.dropped": Text("webhook tolto", "webhook removed"),
    "hook.tested": Text("prova di webhook inviata", "webhook tested"),
    "hook.resent": Text("webhook inviato di nuovo", "webhook sent once more"),
    "contacts.exported": Text("contatti esportati", "contacts exported"),
    "vcon.exported": Text("vCon esportato", "vCon exported"),
}
"""What events say was done; one that isn't here is shown by its own name."""

KINDS = {
    "contact": Text("contatto", "contact"),
    "case": Text("caso", "case"),
    "session": Text("calibrazione", "calibration"),
    "survey": Text("sondaggio", "survey"),
    "response": Text("risposta", "response"),
    "queue": Text("lista di lavoro", "work queue"),
    "criterion": Text("criterio", "criterion"),
    "form": Text("scheda", "form"),
    "list": Text("elenco", "list"),
    "run": Text("elaborazione", "run"),
    "hold": Text("blocco legale", "legal hold"),
    "object": Text("oggetto", "object"),
    "erasure": Text("cancellazione", "erasure"),
    "backup": Text("copia", "backup"),
    "audit": Text("registro", "audit trail"),
    "login": Text("persona", "person"),
    "token": Text("token", "token"),
    "hook": Text("webhook", "webhook"),
}
"""Kinds of subjects, likewise."""

ACTORS = {
    "unnamed": Text("senza nome", "no name given"),
    "worker": Text("la macchina", "the machine"),
    "retention": Text("termini di conservazione", "retention dates"),
}
"""Who acts where it's nobody by name."""

AUDIT_WORDS = {
    "seq": Text("N.", "No."),
    "at": Text("Quando (UTC)", "When (UTC)"),
    "actor": Text("Chi", "Who"),
    "action": Text("Che cosa", "What"),
    "subject": Text("Su", "On"),
    "details": Text("Dettagli", "Details"),
    "before": Text("prima", "before"),
    "after": Text("dopo", "after"),
    "why": Text("perché", "why"),
    "erased": Text("dettagli cancellati", "details erased"),
    "nothing": Text("Nessun evento.", "No events."),
    "whole": Text("Il registro è integro. Eventi controllati: {events}, dal n. {first} al n. {last}.",
                  "The audit trail is whole. Events checked: {events}, from no. {first} to no. {last}."),
    "empty": Text("Il registro è vuoto.", "The audit trail is empty."),
    "broken": Text("Il registro NON è integro all'evento {seq} ({code}): {told}.",
                   "The audit trail is NOT whole at event {seq} ({code}): {told}."),
    "counts": Text("Dettagli controllati: {details}; cancellati: {erased}.",
                   "Details checked: {details}; erased: {erased}."),
    "counts_file": Text("Dettagli controllati: {details}; cancellati o non esportati: {erased}.",
                        "Details checked: {details}; erased or not exported: {erased}."),
    "backwards": Text("Orologio spostato indietro {n} volte: vale l'ordine dei numeri.",
                      "The clock was set back {n} times: the order of the numbers counts."),
    "head": Text("Ultimo anello, da annotare altrove: {head}", "Last link, to be noted down elsewhere: {head}"),
    "fault.audit.altered": Text("l'evento è stato modificato", "the event was altered"),
    "fault.audit.missing": Text("l'evento manca", "the event is missing"),
    "fault.audit.order": Text("l'evento non è al suo posto", "the event isn't in its place"),
    "fault.audit.details_altered": Text("i dettagli dell'evento sono stati modificati", "its details were altered"),
    "fault.audit.cut": Text(
        "gli eventi da qui in poi sono stati tolti (o è stata ripristinata una copia più vecchia: docs/operations.md)",
        "the events from here on are gone (or an older backup was restored: docs/operations.md)",
    ),
    "fault.audit.other_chain": Text("l'evento non segue quello prima, o non è quello annotato a suo tempo",
                                    "the event doesn't follow the one before, or isn't the one that was noted down"),
}  # fmt: skip
"""By key."""


def audit_word(key: str, language: Language, **values: object) -> str:
    """The word for a key, with its values filled in."""
    return AUDIT_WORDS[key].said_in(language).format(**values)


def action_word(action: str, language: Language) -> str:
    """What was done, in the reader's language."""
    return ACTIONS[action].said_in(language) if action in ACTIONS else action


def actor_word(actor: str, language: Language) -> str:
    """Who it was; of what is nobody by name, the word in the reader's language and the one to search for."""
    return f"{ACTORS[actor].said_in(language)} ({actor})" if actor in ACTORS else actor


def kind_word(kind: str, language: Language) -> str:
    """A kind of subject, in the reader's language."""
    return KINDS[kind].said_in(language) if kind in KINDS else kind


def tell_fault(fault: AuditFault, language: Language) -> str:
    """Where and how the chain doesn't hold."""
    told = audit_word(f"fault.{fault.code}", language)
    return audit_word("broken", language, seq=fault.seq, code=fault.code, told=told)


def tell_details(row: Mapping[str, Any], language: Language) -> list[str]:
    """What changed and why, of an event as lists show it (`qm.services.audit.AuditRow`)."""
    told = [audit_word("erased", language)] if row["is_erased"] else []
    sides = [name for name in ("before", "after") if row[name] is not None]
    told += [f"{audit_word(name, language)}: {_short(row[name])}" for name in sides]
    return [*told, f"{audit_word('why', language)}: {row['why']}"] if row["why"] else told


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_short(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_short, value))
    return "–" if value is None or value == "" else str(value)


def tell_check(found: Verification, language: Language, *, is_export: bool = False) -> list[str]:
    """Lines about what a check found."""
    if found.fault is not None:
        return [tell_fault(found.fault, language)]
    if not found.events:
        return [audit_word("empty", language)]
    told = {"events": found.events, "first": found.first_seq, "last": found.head.seq}
    counts = "counts_file" if is_export else "counts"
    lines = [audit_word("whole", language, **told),
             audit_word(counts, language, details=found.details, erased=found.erased)]  # fmt: skip
    if found.backwards:
        lines.append(audit_word("backwards", language, n=found.backwards))
    return [*lines, audit_word("head", language, head=found.head)]
