"""Short words of the user interface in both languages: answers, reasons, states. Shared by command line and pages."""

from qm.domain.text import Language, Text
from qm.wording_codes import CODES
from qm.wording_findings import FINDINGS
from qm.wording_forms import FORM_WORDS
from qm.wording_generative import GENERATIVE_WORDS
from qm.wording_voc import VOC_WORDS

WORDS = {
    "answer.met": Text("soddisfatto", "met"),
    "answer.not_met": Text("non soddisfatto", "not met"),
    "answer.not_applicable": Text("non applicabile", "not applicable"),
    "answer.cannot_tell": Text("non valutabile", "cannot tell"),
    "state.waiting": Text("in attesa", "waiting"),
    "state.done": Text("elaborato", "done"),
    "state.quarantined": Text("in quarantena", "in quarantine"),
    "reason.erased": Text("prove cancellate: termine di conservazione", "evidence erased: retention date"),
    "reason.always": Text("vale sempre", "always applies"),
    "reason.found": Text("detto, vedi citazione", "said, see the quote"),
    "reason.absent": Text("cercato e non trovato", "searched and not found"),
    "reason.known": Text("dai dati del contatto", "from contact data"),
    "reason.measured": Text("misurato nell'audio", "measured in the audio"),
    "reason.in_order": Text("nell'ordine giusto", "in the right order"),
    "reason.wrong_order": Text("nell'ordine sbagliato", "in the wrong order"),
    "reason.roles_unknown": Text(
        "non si sa chi è l'operatore e chi il cliente",
        "who is the agent and who the customer isn't known",
    ),
    "reason.role_silent": Text("la parte interessata non si sente mai", "the party concerned is never heard"),
    "reason.no_speech": Text("non si sente parlare nessuno", "nobody is heard speaking"),
    "reason.language_unsupported": Text("lingua non prevista dalle regole", "the rules don't know this language"),
    "reason.low_confidence": Text("parole riconosciute con poca certezza", "words recognised with little confidence"),
    "reason.near_miss": Text(
        "detto qualcosa di molto simile: serve un ascolto", "something very similar was said: listen"
    ),
    "reason.found_alike": Text(
        "detto in modo molto simile, vedi citazione", "said in nearly these words, see the quote"
    ),
    "reason.alike": Text(
        "detto in modo simile, ma non abbastanza certo: serve un ascolto", "said nearly so, not surely enough: listen"
    ),
    "reason.apart": Text("detti, ma troppo lontani fra loro", "said, but too far from one another"),
    "reason.not_asked": Text("la domanda non è stata fatta", "the question was never asked"),
    "reason.repeated": Text("ripetuto con le stesse parole", "said again in the same words"),
    "reason.not_repeated": Text("niente di ripetuto con le stesse parole", "nothing was said again in the same words"),
    "reason.meant": Text("detto con altre parole, vedi citazione", "said in other words, see the quote"),
    "reason.not_meant": Text("niente di simile per significato", "nothing that means nearly the same"),
    "reason.meaning": Text(
        "significato vicino alla soglia: serve un ascolto", "the meaning lies near the threshold: listen"
    ),
    "reason.meaning_unavailable": Text(
        "il modello per i significati non è attivo", "the model for meanings isn't switched on"
    ),
    "reason.predicted": Text("risposta del modello addestrato", "answered by the trained model"),
    "reason.not_trained": Text("nessun modello risponde a questa domanda", "no model answers this question"),
    "reason.model_assists": Text(
        "il modello suggerisce soltanto: decide una persona", "the model only suggests: a person decides"
    ),
    "reason.model_unsure": Text("il modello non è abbastanza sicuro", "the model isn't sure enough"),
    "reason.answered": Text("dipende da un'altra risposta", "depends on another answer"),
    "reason.answer_unknown": Text("la risposta da cui dipende non è nota", "the answer it depends on isn't known"),
    "reason.measure_unknown": Text("misura non disponibile", "the measure isn't available"),
    "reason.field_unknown": Text("dato del contatto mancante", "a contact field is missing"),
    "reason.transcript_grade": Text(
        "trascrizione poco affidabile (grado D): serve un ascolto",
        "the transcript can't be relied on (grade D): listen",
    ),
    "reason.voices_told_apart": Text(
        "voci distinte dalla macchina su un solo canale: serve un ascolto",
        "a machine told the voices on one channel apart: listen",
    ),
    "reason.people_only": Text("solo una persona può rispondere", "only a person can answer"),
    "reason.not_shown": Text("la domanda non si pone in questo contatto", "the question doesn't arise in this contact"),
    "reason.no_option": Text("nessuna delle scelte vale", "none of the options holds"),
    "reason.no_other_option": Text("nessun'altra scelta vale", "none of the other options holds"),
    "reason.bad_field": Text("dato del contatto non leggibile", "the contact field can't be read"),
    "reason.form_language": Text("la scheda non è per questa lingua", "the form isn't meant for this language"),
    "reason.accepted": Text("una persona conferma la macchina", "a person agrees with the machine"),
    "reason.decided": Text("deciso da una persona", "decided by a person"),
    "reason.overturned": Text("cambiata dopo una contestazione", "changed after a dispute"),
    "reason.overridden": Text("una persona ha risposto altrimenti", "a person answered otherwise"),
    "reason.left_out": Text("sezione tolta da una persona", "a person left the section out"),
    "why.automatic_fail": Text("errore grave", "automatic fail"),
    "why.repeated": Text("ripetuto", "repeated"),
    "why.disputed": Text("contestato invano", "contested in vain"),
    "why.unhappy_customer": Text("cliente insoddisfatto", "unhappy customer"),
    "why.weight": Text("pesa sul punteggio", "weighs on the score"),
    "grade.A": Text("affidabile", "reliable"),
    "grade.B": Text("buona, con qualche dubbio", "good, doubtful in places"),
    "grade.C": Text("da ascoltare", "listen first"),
    "grade.D": Text("da non valutare", "don't score"),
    "grade.no_speech": Text("non si riconosce nessuna parola", "no words were recognised"),
    "grade.expected_errors": Text("parole probabilmente sbagliate", "words that are probably wrong"),
    "grade.doubtful_words": Text("parole incerte", "words in doubt"),
    "grade.suspected_words": Text("parole forse mai dette", "words that were perhaps never said"),
    "grade.roles_unknown": Text("non si sa chi parla", "who speaks isn't known"),
    "grade.roles_unsure": Text("ruoli incerti", "the roles are in doubt"),
    "grade.language_unsure": Text("lingua incerta", "the language is in doubt"),
    "grade.speech_without_words": Text("parlato rimasto senza parole", "speech was heard but not recognised"),
    "role.agent": Text("operatore", "agent"),
    "role.customer": Text("cliente", "customer"),
    "role.ivr": Text("risponditore", "IVR"),
    "role.unknown": Text("voce", "voice"),
    "link.unknown_contact": Text("nessun contatto con questo codice", "no contact of this id"),
    "link.answered_before_contact": Text("risposta precedente al contatto", "answered before the contact"),
    "link.answered_again": Text("il contatto ha già una risposta", "the contact has an answer already"),
    "link.other_agent": Text("il contatto è di un altro operatore", "the contact is another agent's"),
    "link.other_customer": Text("il contatto è di un altro cliente", "the contact is another customer's"),
    "link.nothing_to_link_by": Text("mancano cliente o data", "customer or date is missing"),
    "link.no_contact_in_window": Text("nessun contatto nel periodo", "no contact in the time window"),
    "link.several_contacts": Text("più contatti possibili", "several contacts possible"),
}
"""By key; a key that isn't here is shown as it is."""


def explain_code(code: str, language: Language) -> str:
    """What a quarantine code means and what to do; empty for a code without wording."""
    text = CODES.get(code)
    return text.said_in(language) if text else ""


def say(key: str, language: Language) -> str:
    """The wording of a key; the part after its first dot where there is none, so that a new code stays readable.

    Findings serve as reasons of answers and of grades as well: `grade.recording.bleed` is worded as that finding.
    """
    rest = key.partition(".")[2]
    text = (
        WORDS.get(key) or FORM_WORDS.get(key) or GENERATIVE_WORDS.get(key) or VOC_WORDS.get(key) or FINDINGS.get(rest)
    )
    return text.said_in(language) if text else rest or key
