"""Words of the page of the audit trail, in both languages. What the commands share stands in `qm.wording_audit`."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "nav.audit": Text("Registro", "Audit trail"),
    "audit.title": Text("Chi ha fatto o visto che cosa", "Who did or looked at what"),
    "audit.lead": Text(
        "Ogni ascolto, ogni lettura e ogni modifica, in ordine. Niente si può correggere o togliere senza che si veda.",
        "Every recording played, every transcript read and every change, in order. Nothing can be corrected or taken "
        "out unseen.",
    ),
    "audit.events": Text("eventi", "events"),
    "audit.head": Text("Ultimo anello", "Last link"),
    "audit.checked": Text("Ultimo controllo", "Last check"),
    "audit.checked_whole": Text("integro fino al n. {last}", "whole up to no. {last}"),
    "audit.checked_broken": Text("NON integro al n. {seq}", "NOT whole at no. {seq}"),
    "audit.never": Text("mai: qm audit verify", "never: qm audit verify"),
    "audit.when": Text("Quando", "When"),
    "audit.who": Text("Chi", "Who"),
    "audit.what": Text("Che cosa", "What"),
    "audit.subject": Text("Su", "On"),
    "audit.details": Text("Dettagli", "Details"),
    "audit.since": Text("Dal", "From"),
    "audit.id": Text("Codice (contatto, caso …)", "Id (contact, case …)"),
    "audit.later": Text("Eventi precedenti", "Earlier events"),
    "audit.empty": Text("Nessun evento", "No events"),
    "audit.empty_hint": Text("Con questi filtri non c'è niente.", "With these filters there is nothing."),
    "audit.who_note": Text(
        "I nomi sono quelli scritti nelle pagine: finché non c'è un accesso con password non sono verificati.",
        "Names are those typed into the pages: until people sign in they aren't verified.",
    ),
}
"""By key."""
