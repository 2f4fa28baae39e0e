"""Words about trained answers, in both languages: stages of a criterion's life, reasons, headings."""

from qm.domain.text import Text

ANSWER_WORDS = {
    "people": Text("solo persone", "people only"),
    "assisted": Text("assistito", "assisted"),
    "automatic": Text("automatico", "automatic"),
    "trained": Text("appena addestrato", "newly trained"),
    "agreed": Text("le revisioni concordano", "reviews agree"),
    "disagreed": Text("le revisioni non concordano più", "reviews agree no longer"),
    "too_few": Text("troppo poche risposte", "too few answers"),
    "one_sided": Text("risposte quasi tutte uguali", "nearly all answers alike"),
    "below_target": Text("precisione sotto l'obiettivo", "precision below the target"),
    "no_contact": Text("contatto sconosciuto", "no such contact"),
    "no_transcript": Text("contatto senza trascrizione", "contact without a transcript"),
    "no_criterion": Text("criterio sconosciuto", "no such criterion"),
    "criterion": Text("Criterio", "Criterion"),
    "stage": Text("Fase", "Stage"),
    "why": Text("Perché", "Why"),
    "labels": Text("Etichette", "Labels"),
    "met": Text("Soddisfatto", "Met"),
    "not_met": Text("Non soddisfatto", "Not met"),
    "cannot_tell": Text("Non decidibile", "Cannot tell"),
    "reviews": Text("Revisioni concordi", "Reviews that agree"),
    "surest": Text("Più sicure", "Surest"),
    "right": Text("Giuste", "Right"),
    "probability": Text("Probabilità", "Probability"),
    "from": Text("da {from}: {right}", "from {from}: {right}"),
    "contact": Text("Contatto", "Contact"),
    "answer": Text("Risposta", "Answer"),
    "nothing": Text("Nessun criterio addestrato.", "No trained criterion."),
    "card": Text("Scheda", "Card"),
}
