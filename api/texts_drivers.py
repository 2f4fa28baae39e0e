"""Words of the pages about drivers, in both languages."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "drivers.title": Text("Che cosa conta per i clienti", "What matters to customers"),
    "drivers.report": Text("Scala e scheda", "Scale and form"),
    "drivers.show": Text("Mostra", "Show"),
    "drivers.empty": Text("Non ancora calcolato.", "Not computed yet."),
    "drivers.empty_hint": Text(
        "Servono contatti valutati e sondaggi collegati. Il calcolo si avvia dalla riga di comando:",
        "It takes scored contacts and linked surveys. It is computed on the command line:",
    ),
    "drivers.answers": Text(
        "Soddisfatti {hits} clienti su {n} che hanno risposto (da {mark} in su), {agents} operatori.",
        "{hits} satisfied customers of {n} who answered (from {mark} on), {agents} agents.",
    ),
    "drivers.made_at": Text("Calcolato il {day} alle {hour}.", "Computed on {day} at {hour}."),
    "drivers.period": Text("Risposte da {since} a {until}.", "Answers from {since} to {until}."),
    "drivers.unlinked": Text(
        "{n} risposte non hanno un contatto e restano fuori.", "{n} answers have no contact and are left aside."
    ),
    "drivers.without_agent": Text(
        "{n} contatti senza operatore restano fuori.", "{n} contacts without an agent are left aside."
    ),
    "drivers.matters_note": Text(
        "«Conta»: regge anche tenendo conto di quante voci sono state provate insieme. «Indizio»: da seguire, non"
        " ancora certo. Un intervallo che non tocca lo zero da solo non basta: su venti voci senza effetto, una lo fa"
        " per caso.",
        "“Matters”: it holds up even allowing for how many predictors were tried together. “Hint”: worth following, not"
        " yet sure. An interval clear of zero isn't enough by itself: of twenty predictors without effect one has it by"
        " chance.",
    ),
    "drivers.refused": Text("Non si può dire nulla", "Nothing can be said"),
    "drivers.leading": Text("Prima e intorno alla conversazione", "Before and around the talk"),
    "drivers.leading_lead": Text(
        "Si sanno appena finisce il contatto, senza ascoltarlo né sondaggi. Di quanti punti cambia la probabilità di un"
        " cliente soddisfatto, a parità di tutto il resto.",
        "Known as soon as the contact ends, without listening and without a survey. By how many points the probability"
        " of a satisfied customer changes, all else being equal.",
    ),
    "drivers.criteria": Text("Domande della scheda", "Questions of the form"),
    "drivers.criteria_lead": Text(
        "Di quanti punti cambia la probabilità di un cliente soddisfatto quando la domanda è soddisfatta invece di no,"
        " a parità di tutto il resto. Contano solo i contatti in cui la domanda si applica.",
        "By how many points the probability of a satisfied customer changes where the question is met rather than not,"
        " all else being equal. Only contacts where the question applies count.",
    ),
    "drivers.measures": Text("Misure della conversazione", "Measures of the talk"),
    "drivers.measures_lead": Text(
        "Misurate nella registrazione, nessuno le ha giudicate.", "Measured in the recording; nobody judged them."
    ),
    "drivers.plot_note": Text(
        "Punto: stima. Linea: intervallo al 95 %. A sinistra dello zero i clienti sono meno soddisfatti, a destra di"
        " più. Grigio: non si distingue da zero con sicurezza.",
        "Dot: estimate. Line: 95% interval. Left of zero customers are less satisfied, right of it more. Grey: not"
        " surely different from zero.",
    ),
    "drivers.predictor": Text("Voce", "Predictor"),
    "drivers.points": Text("Punti", "Points"),
    "drivers.contacts": Text("Contatti", "Contacts"),
    "drivers.with": Text("Soddisfatti se sì", "Satisfied if yes"),
    "drivers.without": Text("Soddisfatti se no", "Satisfied if no"),
    "drivers.importance": Text("Peso nell'insieme", "Share of what is explained"),
    "drivers.circumstances": Text(
        "Una parte di ciò che si spiega ({share}) dipende da quali domande si applicano (per esempio se c'era un"
        " reclamo), non da come si risponde.",
        "Part of what is explained ({share}) depends on which questions apply (say, whether there was a complaint), not"
        " on how they're met.",
    ),
    "drivers.verdict": Text("Che cosa si può dire", "What can be said"),
    "drivers.nothing": Text("Domande che per ora non predicono nulla", "Questions that predict nothing so far"),
    "drivers.still": Text("Non spostano nulla", "Move nothing"),
    "drivers.still_lead": Text(
        "L'intero intervallo sta entro ±{margin} punti: i dati bastano per dirlo.",
        "The whole interval lies within ±{margin} points: the data suffices to say so.",
    ),
    "drivers.still_none": Text("Nessuna.", "None."),
    "drivers.open": Text("Non ci sono abbastanza dati", "Not enough data to tell"),
    "drivers.open_lead": Text(
        "Potrebbero contare come no. Dove l'intervallo esclude lo zero di poco, su tante voci può essere un caso.",
        "They may matter or not. Where the interval just excludes zero, among so many it may be chance.",
    ),
    "drivers.open_none": Text("Nessuna.", "None."),
    "drivers.alike": Text("Voci che vanno insieme", "Predictors that go together"),
    "drivers.alike_lead": Text(
        "Cambiano quasi sempre insieme: l'effetto dell'una non si distingue da quello dell'altra, e gli intervalli sono"
        " larghi per questo.",
        "They nearly always change together: the effect of one can't be told apart from the other's, and the intervals"
        " are wide for that reason.",
    ),
    "drivers.left_out": Text("Di queste non si può dire nulla", "Nothing can be said of these"),
    "drivers.left_out_lead": Text(
        "Con il motivo e i contatti; tra parentesi i soddisfatti se sì e se no.",
        "With the reason and the contacts; in brackets the satisfied ones if yes and if no.",
    ),
    "derived.link": Text("Scheda proposta da questi dati", "Form proposed from this data"),
    "derived.title": Text("Una scheda dalla voce del cliente", "A form from the voice of the customer"),
    "derived.empty": Text("Nessuna proposta.", "No proposal yet."),
    "derived.empty_hint": Text("Si calcola dalla riga di comando:", "It is computed on the command line:"),
    "derived.validity": Text("Predice meglio di quella attuale?", "Does it predict better than the one in use?"),
    "derived.questions": Text("Che cosa ne è di ogni domanda", "What becomes of each question"),
    "derived.fate": Text("Proposta", "Proposal"),
    "derived.before": Text("Peso ora", "Weight now"),
    "derived.after": Text("Peso proposto", "Weight proposed"),
    "derived.evidence": Text("Punti di soddisfazione, n", "Points of satisfaction, n"),
    "derived.next": Text("Bozza e motivi come file:", "Draft and reasons as files:"),
    "drivers.csv": Text("Scarica la tabella (CSV)", "Download the table (CSV)"),
}
"""By key."""
