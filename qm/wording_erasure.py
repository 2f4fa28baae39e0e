"""Words about retention, holds and erasure that command line and pages share, in both languages."""

from collections.abc import Iterator, Mapping

from qm.domain.erasure import Certificate, Remainder
from qm.domain.retention import Hold, RetentionPlan, RetentionRule
from qm.domain.text import Language, Text
from qm.services.erasure import Preview
from qm.services.retention import RetentionDue

WORDS = {
    "certificate": Text("Certificato di cancellazione {id}", "Certificate of erasure {id}"),
    "kind": Text("Oggetto", "Subject"),
    "kind_contact": Text("un contatto", "a contact"),
    "kind_customer": Text("un cliente", "a customer"),
    "kind_retention": Text("scadenze del piano di conservazione", "dates of the retention plan"),
    "kind_restored": Text("dati tornati con una copia ripristinata", "what a restored backup brought back"),
    "subject_sha256": Text("impronta dell'oggetto (HMAC-SHA256)", "hash of the subject (HMAC-SHA256)"),
    "begun_at": Text("inizio", "begun"),
    "finished_at": Text("fine", "finished"),
    "by": Text("eseguita da", "carried out by"),
    "why": Text("motivo", "reason"),
    "state_begun": Text("NON FINITA: ripetere lo stesso comando", "NOT FINISHED: give the same command again"),
    "state_stripped": Text("NON VERIFICATA: ripetere lo stesso comando", "NOT CHECKED: give the same command again"),
    "erased": Text("Cancellati o resi anonimi", "Erased or made anonymous"),
    "nothing": Text("niente", "nothing"),
    "objects": Text("registrazioni e chat", "recordings and chats"),
    "versions": Text("di cui versioni nell'archivio oggetti", "versions of them in the object store"),
    "markers": Text("segni di cancellazione", "delete markers"),
    "uploads": Text("caricamenti interrotti", "unfinished uploads"),
    "copies": Text("copie locali", "local copies"),
    "contacts": Text("contatti", "contacts"),
    "surveys": Text("risposte ai sondaggi", "survey answers"),
    "responses": Text("risposte ai sondaggi", "survey answers"),
    "comments": Text("commenti", "comments"),
    "evaluations": Text("valutazioni (prove e motivi)", "evaluations (evidence and reasons)"),
    "cases": Text("casi (note e testi)", "cases (notes and texts)"),
    "sheets": Text("fogli di calibrazione (note)", "calibration sheets (notes)"),
    "recordings": Text("rimandi alle registrazioni", "references to recordings"),
    "recognitions": Text("parole riconosciute", "recognised words"),
    "voices": Text("voci separate", "voices told apart"),
    "transcripts": Text("trascrizioni", "transcripts"),
    "signals": Text("segnali", "signals"),
    "published": Text("impronte delle fasi", "fingerprints of stages"),
    "coaching_items": Text("punti di coaching", "coaching items"),
    "saved_reports": Text("rapporti salvati (da ricalcolare)", "saved reports (to be computed again)"),
    "quarantine": Text("righe di quarantena", "entries of the quarantine"),
    "holds": Text("blocchi legali tolti in passato", "legal holds released in the past"),
    "audit_details": Text("dettagli del registro", "details of the audit trail"),
    "generative": Text("risposte del modello generativo", "replies of the generative model"),
    "answers": Text("criteri addestrati che nominavano il contatto", "trained criteria that named the contact"),
    "hashes": Text("Oggetti cancellati (SHA-256)", "Erased objects (SHA-256)"),
    "checked": Text("Verifica dopo la cancellazione", "Check after the erasure"),
    "clean": Text("niente trovato in: {places}", "nothing found in: {places}"),
    "found": Text("TROVATO ancora: {place}, {n}", "STILL FOUND: {place}, {n}"),
    "database": Text("banca dati", "database"),
    "remains": Text("Che cosa resta, e perché", "What remains, and why"),
    "remains_day_folder": Text(
        "{what}: la cartella della giornata non è del prodotto; togliere riga e file a mano",
        "{what}: the day folder isn't the product's; take row and file out of it by hand",
    ),
    "remains_backup": Text(
        "{what}: copia fatta prima; ripristinandola, `qm db restore` cancella di nuovo",
        "{what}: a backup made before; `qm db restore` erases again after restoring it",
    ),
    "remains_audit_ids": Text(
        "il registro conserva l'id del contatto e chi lo ha aperto, nient'altro",
        "the audit trail keeps the contact's id and who opened it, nothing else",
    ),
    "remains_database_pages": Text(
        "pagine libere della banca dati, finché non vengono riscritte (PostgreSQL: VACUUM FULL; SQLite: VACUUM)",
        "free pages of the database until they're written over (PostgreSQL: VACUUM FULL; SQLite: VACUUM)",
    ),
    "remains_other_caches": Text(
        "copie locali su altre macchine, fino alla prossima pulizia del loro worker",
        "local copies on other machines, until their worker's next clean-up",
    ),
    "preview": Text("Sarebbero cancellati:", "Would be erased:"),
    "held": Text("Blocco legale {id}: {by}, {day}", "Legal hold {id}: {by}, {day}"),
    "at_work": Text("Un worker ci sta lavorando: {ids}", "A worker is at work on it: {ids}"),
    "ask": Text("Cancellare definitivamente?", "Erase for good?"),
    "kept": Text("Niente è stato cancellato.", "Nothing was erased."),
    "hold_set": Text("{id}: blocco legale posto", "{id}: legal hold set"),
    "hold_released": Text("{id}: blocco legale tolto", "{id}: legal hold released"),
    "hold_line": Text(
        "{id}  {kind} {subject}  {by}, {day}: {reason}", "{id}  {kind} {subject}  {by}, {day}: {reason}"
    ),
    "hold_ended": Text("   (tolto il {day} da {by})", "   (released on {day} by {by})"),
    "no_holds": Text("Nessun blocco legale.", "No legal holds."),
    "no_plan": Text(
        "Nessun piano (QM_RETENTION): niente scade da sé.", "No plan (QM_RETENTION): nothing is due by itself."
    ),
    "any": Text("ogni contatto", "every contact"),
    "medium": Text("canale", "medium"),
    "process": Text("processo", "process"),
    "outcome": Text("esito", "outcome"),
    "or": Text(" o ", " or "),
    "days": Text("{n} giorni", "{n} days"),
    "never": Text("per sempre", "for ever"),
    "data_audio": Text("audio", "audio"),
    "data_transcript": Text("trascrizione", "transcript"),
    "data_evidence": Text("prove", "evidence"),
    "data_contact": Text("contatto", "contact"),
    "rule_due": Text("{rule}: {contacts} contatti, scaduti: {due}", "{rule}: {contacts} contacts, due: {due}"),
    "due_held": Text("{n} contatti scaduti restano: blocco legale", "{n} contacts that are due stay under legal hold"),
    "due_unruled": Text("{n} contatti senza regola: si conservano", "{n} contacts fit no rule: they are kept"),
    "nothing_due": Text("Niente è scaduto.", "Nothing is due."),
    "no_certificates": Text("Nessuna cancellazione.", "No erasures."),
    "cert_line": Text("{id}  {kind}  {by}: {why}", "{id}  {kind}  {by}: {why}"),
    "nothing_back": Text("Niente è tornato.", "Nothing came back."),
}  # fmt: skip


def erasure_word(key: str, language: Language, **values: object) -> str:
    """The words for a key; the key itself where it has none (a column's name, say)."""
    text = WORDS.get(key)
    return text.said_in(language).format(**values) if text else key


def tell_certificate(certificate: Certificate, language: Language) -> Iterator[str]:
    """A certificate as lines of text."""
    yield erasure_word("certificate", language, id=certificate.id)
    if f"state_{certificate.state}" in WORDS:
        yield erasure_word(f"state_{certificate.state}", language)
    facts = {
        "kind": erasure_word(f"kind_{certificate.kind}", language), "subject_sha256": certificate.subject_sha256,
        "begun_at": f"{certificate.begun_at:%Y-%m-%d %H:%M:%S %Z}",
        "finished_at": f"{certificate.finished_at:%Y-%m-%d %H:%M:%S %Z}" if certificate.finished_at else "",
        "by": certificate.by, "why": certificate.why,
    }  # fmt: skip
    yield from (f"  {erasure_word(name, language)}: {value}" for name, value in facts.items() if value)
    yield erasure_word("erased", language) + ":"
    yield from _counts(certificate.counts, language)
    if certificate.objects_sha256:
        yield erasure_word("hashes", language) + ":"
        yield from (f"  {sha256}" for sha256 in certificate.objects_sha256)
    if certificate.checked:
        yield erasure_word("checked", language) + ":"
        yield from tell_checked(certificate.checked, language)
    yield from tell_remains(certificate.remains, language)


def tell_checked(checked: Mapping[str, int], language: Language) -> Iterator[str]:
    """What a search found."""
    found = {place: n for place, n in checked.items() if n}
    for place, n in found.items():
        yield "  " + erasure_word("found", language, place=erasure_word(place, language), n=n)
    if clean := [erasure_word(place, language) for place in _in_order(checked) if not checked[place]]:
        yield "  " + erasure_word("clean", language, places=", ".join(clean))


def tell_remains(remains: tuple[Remainder, ...], language: Language) -> Iterator[str]:
    """What an erasure leaves."""
    if remains:
        yield erasure_word("remains", language) + ":"
    for each in remains:
        yield "  " + erasure_word(f"remains_{each.code}", language, what=each.what)


def tell_preview(preview: Preview, language: Language) -> Iterator[str]:
    """What an erasure would take, and what stands in its way."""
    yield erasure_word("preview", language)
    yield from _counts(preview.counts, language)
    for hold in preview.holds:
        yield erasure_word("held", language, id=hold.id, by=hold.by, day=f"{hold.set_at:%Y-%m-%d}")
    if preview.at_work:
        yield erasure_word("at_work", language, ids=", ".join(preview.at_work))
    yield from tell_remains(preview.remains, language)


def tell_hold(hold: Hold, language: Language) -> str:
    """A hold on one line."""
    line = erasure_word(
        "hold_line", language, id=hold.id, kind=erasure_word(f"kind_{hold.kind}", language), subject=hold.subject,
        by=hold.by, day=f"{hold.set_at:%Y-%m-%d}", reason=hold.reason,
    )  # fmt: skip
    if hold.released_at is None:
        return line
    return line + erasure_word("hold_ended", language, day=f"{hold.released_at:%Y-%m-%d}", by=hold.released_by)


def tell_plan(plan: RetentionPlan, language: Language) -> Iterator[str]:
    """The rules in order."""
    if not plan.rules:
        yield erasure_word("no_plan", language)
    for place, rule in enumerate(plan.rules, 1):
        yield f"{place}. {rule.id} ({_fits(rule, language)})"
        for kind, days in rule.keep.items():
            kept = erasure_word("never", language) if days is None else erasure_word("days", language, n=days)
            yield f"   {erasure_word(f'data_{kind}', language)}: {kept}"


def tell_due(due: RetentionDue, language: Language) -> Iterator[str]:
    """What is due, by rule."""
    for rule in due.rules:
        shown = ", ".join(f"{n} {erasure_word(f'data_{kind}', language)}" for kind, n in rule.due.items() if n)
        shown = shown or erasure_word("nothing", language)
        yield erasure_word("rule_due", language, rule=rule.rule_id, contacts=rule.contacts, due=shown)
    for key, n in (("due_held", due.held), ("due_unruled", due.unruled)):
        if n:
            yield erasure_word(key, language, n=n)
    if not due.contacts:
        yield erasure_word("nothing_due", language)


def _fits(rule: RetentionRule, language: Language) -> str:
    either = erasure_word("or", language)
    parts = (("medium", rule.media), ("process", rule.processes), ("outcome", rule.marks))
    shown = [f"{erasure_word(name, language)} {either.join(sorted(values))}" for name, values in parts if values]
    return ", ".join(shown) or erasure_word("any", language)


def _counts(counts: Mapping[str, int], language: Language) -> Iterator[str]:
    shown = {name: counts[name] for name in _in_order(counts) if counts[name]}
    if not shown:
        yield "  " + erasure_word("nothing", language)
    yield from (f"  {n} {erasure_word(name, language)}" for name, n in shown.items())


def _in_order(names: Mapping[str, int]) -> list[str]:
    """As the words stand above: what is read back from its document comes in another order."""
    places = list(WORDS)
    return sorted(names, key=lambda name: (places.index(name) if name in places else len(places), name))
