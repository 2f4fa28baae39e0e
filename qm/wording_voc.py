"""Words about surveys that command line and pages share, in both languages."""

from qm.domain.text import Text

VOC_WORDS = {
    "target.reached": Text("raggiunto", "reached"),
    "target.missed": Text("non raggiunto", "not reached"),
    "target.cannot_tell": Text("non si può ancora dire", "can't tell yet"),
    "standing.better": Text("meglio degli altri", "better than the others"),
    "standing.worse": Text("peggio degli altri", "worse than the others"),
    "standing.not_distinguishable": Text("non distinguibile dagli altri", "not distinguishable from the others"),
    "standing.too_few": Text("troppo poche risposte", "too few answers"),
    "by.process": Text("Processo", "Process"),
    "by.team": Text("Team", "Team"),
    "by.agent": Text("Operatore", "Agent"),
    "by.channel": Text("Canale del sondaggio", "Survey channel"),
    "by.week": Text("Periodo", "Period"),
    "step.day": Text("Giorno", "Day"),
    "step.week": Text("Settimana dal", "Week from"),
    "step.month": Text("Mese dal", "Month from"),
    "draw.asked_recently": Text("intervistato di recente", "asked recently"),
    "draw.other_contact_of_customer": Text(
        "si chiede dell'altro contatto dello stesso cliente", "the customer's other contact was picked"
    ),
    "draw.not_a_customer": Text("contatto di prova o mystery", "test or mystery contact"),
    "draw.unknown_customer": Text("cliente non noto", "customer not known"),
}
"""By key."""
