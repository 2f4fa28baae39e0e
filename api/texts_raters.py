"""Words of the pages about severity of raters and what a score tells of satisfaction, in both languages."""

from qm.domain.text import Text
from qm.wording_study import STUDY_WORDS

WORDS: dict[str, Text] = {
    **{f"study.{key}": text for key, text in STUDY_WORDS.items()},
    "study.raters_lead": Text(
        "Chi è più severo a parità di contatto e di domanda? Contano solo le domande su cui due valutatori hanno dato "
        "risposte diverse sullo stesso contatto: così chi ha ricevuto contatti difficili non sembra severo. Il punto "
        "dice quante volte su 100 un valutatore risponde «soddisfatto» dove la media dei colleghi lo fa una volta su "
        "due: sotto 50 è più severo, sopra 50 più indulgente. La linea è l'intervallo al 95 %.",
        "Who is stricter on the same contact and question? Only questions count on which two raters differed about "
        "the same contact, so that nobody looks strict for having got hard contacts. The dot says how often in 100 a "
        "rater answers *met* where the mean of the raters does so half of the time: below 50 stricter, above 50 more "
        "lenient. The line is the 95% interval.",
    ),
    "study.criteria_lead": Text(
        "Quali domande si superano di rado, a parità di contatto e di valutatore: quante volte su 100, nei contatti "
        "in cui la domanda media si supera una volta su due. Sotto 50: più difficile.",
        "Which questions are seldom met, on the same contact and by the same rater: how often in 100, on contacts "
        "where the mean question is met half of the time. Below 50: more difficult.",
    ),
    "study.drift_lead": Text(
        "Ogni mese è confrontato con tutti i precedenti, rispetto ai colleghi presenti in entrambi: quante volte su "
        "100 risponde «soddisfatto» nei casi in cui prima lo faceva una volta su due. Sotto 50: è diventato più "
        "severo. Se cambiano tutti insieme non si vede. L'avviso compare solo dove il caso è una spiegazione "
        "improbabile, contando quanti confronti si fanno.",
        "Each month beside all earlier ones, against the raters present both times: how often in 100 it is *met* now "
        "on cases where it used to be half of the time. Below 50: stricter than before. A change that all make "
        "together can't be seen. An alarm is given only where chance is an unlikely reason, counting how many "
        "comparisons are made.",
    ),
    "study.spread_lead": Text(
        "Tra le persone, senza la macchina: quanto una risposta (0 o 100 punti) cambia da un contatto all'altro, da "
        "un valutatore all'altro, da una domanda all'altra, e per le loro combinazioni. «Valutatore × domanda» alta: "
        "la guida di qualche domanda non è letta allo stesso modo da tutti.",
        "Among people, without the machine: how far an answer (0 or 100 points) changes from contact to contact, "
        "rater to rater, question to question, and by what they do together. A high “rater × question”: the guideline "
        "of some question isn't read alike by all.",
    ),
    "study.depend_lead": Text(
        "Quanto la media di più valutatori distingue i contatti tra loro: 1 perfettamente, 0 per niente. G: contatti "
        "messi a confronto; phi: il punteggio preso da solo, chiunque abbia valutato.",
        "How far the mean of several raters tells contacts apart: 1 perfectly, 0 not at all. G: contacts beside each "
        "other; phi: a score by itself, whoever rated.",
    ),
    "study.plan_lead": Text(
        "Quanti contatti per operatore servono perché il suo punteggio medio sia preciso a ±{width} punti, e perché "
        "distingua gli operatori con phi {phi}. Con pochi valutatori nessun numero di contatti può bastare: resta la "
        "loro severità. La macchina risponde sempre allo stesso modo, ma può sbagliare sempre allo stesso modo: vedi "
        "la concordanza.",
        "How many contacts an agent needs for a mean score precise to ±{width} points, and to tell agents apart with "
        "phi {phi}. With few raters no number of contacts may be enough: their severity stays. The machine always "
        "answers the same way, but may always err the same way: see agreement.",
    ),
    "study.spread_agents": Text(
        "Scarto tra i contatti di uno stesso operatore: {within} punti; tra operatori: {between} punti.",
        "Spread between contacts of one agent: {within} points; between agents: {between} points.",
    ),
    "study.made": Text(
        "Calcolato il {day} alle {hour} su {answers} risposte a {contacts} contatti, {sessions} sessioni.",
        "Computed on {day} at {hour} from {answers} answers on {contacts} contacts, {sessions} sessions.",
    ),
    "study.map_made": Text(
        "Calcolato il {day} alle {hour} su {n} risposte collegate ({hits} soddisfatti), {agents} operatori. Domanda "
        "del sondaggio: {scale}.",
        "Computed on {day} at {hour} from {n} linked answers ({hits} satisfied), {agents} agents. Survey question: "
        "{scale}.",
    ),
    "study.map_lead": Text(
        "Se la scheda misura ciò che conta, i contatti con un punteggio alto lasciano clienti soddisfatti. Vale per i "
        "clienti che hanno risposto al sondaggio.",
        "If the form measures what matters, contacts with a high score leave satisfied customers. It holds for "
        "customers who answered the survey.",
    ),
    "study.map_plot": Text(
        "Punti: quota di clienti soddisfatti per fascia di punteggio, con l'intervallo al 95 %. Linea e fascia: "
        "quanto il punteggio promette, con il suo intervallo al 95 %.",
        "Dots: share of satisfied customers by range of scores, with the 95% interval. Line and band: what the score "
        "promises, with its 95% interval.",
    ),
    "study.map_plot_refused": Text(
        "Punti: quota di clienti soddisfatti per fascia di punteggio, con l'intervallo al 95 %.",
        "Dots: share of satisfied customers by range of scores, with the 95% interval.",
    ),
    "study.map_table": Text(
        "«Previsto» viene da una curva calcolata senza quegli operatori: dice quanto ci si può fidare su operatori "
        "nuovi.",
        "“Predicted” is from a curve made without those agents: it says how far to trust it on new agents.",
    ),
    "study.score_axis": Text("Punteggio della scheda", "Score on the form"),
    "study.legend_quiet": Text(
        "Grigio: non distinguibile dalla media.", "Grey: can't be told from the mean."
    ),
    "study.legend_drift": Text("Grigio: nessun avviso.", "Grey: no alarm."),
    "study.table": Text("Tabella", "Table"),
    "study.empty": Text("Niente ancora da mostrare", "Nothing to show yet"),
    "study.empty_raters": Text(
        "Servono sessioni di calibrazione chiuse, poi questo comando:",
        "It takes closed calibration sessions, then this command:",
    ),
    "study.empty_map": Text(
        "Servono contatti con un punteggio e sondaggi collegati, poi questo comando:",
        "It takes contacts with a score and linked surveys, then this command:",
    ),
    "study.form": Text("Scheda", "Form"),
    "study.show": Text("Mostra", "Show"),
    "study.csv": Text("Scarica in CSV", "Download as CSV"),
    "study.range": Text("{lo}…{hi}", "{lo}…{hi}"),
    "study.of": Text("{hits} su {n}", "{hits} of {n}"),
}  # fmt: skip
"""By key."""
