"""Why a generative model's answer stands or stays open, in both languages."""

from qm.domain.text import Text

GENERATIVE_WORDS = {
    "reason.generative.found": Text(
        "risposta di un modello generativo, citazione verificata", "answered by a generative model, quote verified"
    ),
    "reason.generative.automatic_fail": Text(
        "un errore grave non si chiede a un modello generativo", "a generative model isn't asked about automatic fails"
    ),
    "reason.generative.not_yes_no": Text(
        "il modello generativo risponde solo a domande sì o no", "a generative model only answers yes or no"
    ),
    "reason.generative.nothing_to_show": Text(
        "non dipende da parole dell'operatore", "it doesn't hang on what the agent said"
    ),
    "reason.generative.too_long": Text(
        "contatto troppo lungo per il modello generativo", "the contact is too long for the generative model"
    ),
    "reason.generative.orders": Text(
        "qualcuno sembra dare ordini al modello: serve un ascolto", "somebody seems to give the model orders: listen"
    ),
    "reason.generative.unsure": Text("il modello generativo non lo sa dire", "the generative model can't tell"),
    "reason.generative.no_quote": Text(
        "il modello generativo non cita nessuna prova", "the generative model quotes no proof"
    ),
    "reason.generative.unconfirmed": Text(
        "la citazione da sola non prova la risposta", "the quote alone doesn't prove the answer"
    ),
    "reason.generative.unreachable": Text(
        "il server del modello generativo non risponde", "the generative server can't be reached"
    ),
    "reason.generative.timeout": Text("il modello generativo è troppo lento", "the generative model took too long"),
    "reason.generative.host_refused": Text(
        "il server generativo è fuori dalle reti private", "the generative server is outside private networks"
    ),
    "reason.generative.server_error": Text(
        "errore del server generativo", "the generative server reports a fault of its own"
    ),
    "reason.generative.refused": Text(
        "il server generativo rifiuta la richiesta", "the generative server refuses the request"
    ),
    "reason.generative.redirected": Text(
        "il server generativo rimanda altrove", "the generative server points elsewhere"
    ),
    "reason.generative.not_http": Text("quello che risponde non parla HTTP", "what answers doesn't speak HTTP"),
    "reason.generative.not_json": Text("la risposta del modello non è leggibile", "the model's reply can't be read"),
    "reason.generative.wrong_schema": Text(
        "la risposta del modello non ha la forma chiesta", "the model's reply hasn't the shape asked for"
    ),
    "reason.generative.cut_off": Text("risposta del modello troncata", "the model's reply was cut off"),
    "reason.generative.too_much": Text("risposta del server troppo grande", "the server's answer is too big"),
    "reason.generative.not_kept": Text(
        "la risposta del modello non è più conservata", "the model's reply is no longer kept"
    ),
}
