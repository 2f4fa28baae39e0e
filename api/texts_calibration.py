"""Words of the pages about calibration sessions and agreement, in both languages."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "calibration.nav": Text("Calibrazione", "Calibration"),
    "calibration.nav_sessions": Text("Sessioni", "Sessions"),
    "calibration.nav_raters": Text("Severità", "Severity"),
    "calibration.nav_map": Text("Scheda e clienti", "Form and customers"),
    "calibration.title": Text("Calibrazione", "Calibration"),
    "calibration.lead": Text(
        "Le stesse chiamate e chat, valutate alla cieca da più analisti e dalla macchina: danno le stesse risposte? "
        "Nulla di quanto si risponde qui entra nei dati degli operatori.",
        "The same calls and chats, scored blind by several analysts and by the machine: do they answer alike? "
        "Nothing that is answered here counts in agents' figures."),
    "calibration.empty": Text("Nessuna sessione di calibrazione.", "No calibration session yet."),
    "calibration.empty_hint": Text("Per aprirne una:", "To open one:"),
    "calibration.session": Text("Sessione", "Session"),
    "calibration.form": Text("Scheda", "Form"),
    "calibration.purpose": Text("Scopo", "Purpose"),
    "calibration.state": Text("Stato", "State"),
    "calibration.due": Text("Scadenza", "Due"),
    "calibration.contacts": Text("Contatti", "Contacts"),
    "calibration.progress": Text("Risposte date", "Answered so far"),
    "calibration.of": Text("{hits} di {n}", "{hits} of {n}"),
    "calibration.expert": Text("esperto", "expert"),
    "calibration.blind": Text(
        "Sessione aperta: fino al {due} nessuno vede le risposte degli altri, né quelle della macchina.",
        "This session is open: until {due} nobody sees what others answered, nor what the machine did."),
    "calibration.due_note": Text(
        "La scadenza è passata: i risultati sono qui sotto. Chiudila per conservarli così come sono.",
        "The deadline is past: the results are below. Close it to keep them as they are."),
    "calibration.close_hint": Text("Per chiudere la sessione:", "To close the session:"),
    "calibration.score": Text("Valuta", "Score"),
    "calibration.sheet": Text("Foglio (CSV)", "Sheet (CSV)"),
    "calibration.key": Text("Chiave", "Key"),
    "calibration.left_open": Text(
        "La macchina ha lasciato aperte {hits} domande su {n}.", "The machine left {hits} of {n} questions open."),
    "calibration.without_key": Text(
        "Domande senza chiave (parità, o una risposta sola): {n}.",
        "Questions without a key (a tie, or one answer): {n}."),
    "calibration.agreement": Text("Quanto concordano", "How far they agree"),
    "calibration.pair": Text("Chi con chi", "Who with whom"),
    "calibration.coefficient": Text("Misura", "Measure"),
    "calibration.show": Text("Mostra", "Show"),
    "calibration.plot": Text(
        "{coefficient}, {pair}: per criterio, con l'intervallo al 95 %",
        "{coefficient}, {pair}: by criterion, with the 95% interval"),
    "calibration.no_plot": Text(
        "Nessun valore da disegnare: il perché è nella tabella.", "No value to draw: the table says why."),
    "calibration.interval_note": Text(
        "Il punto è quanto misurato su questi contatti; la linea è l'intervallo al 95 %: con altri contatti "
        "dello stesso "
        "tipo il valore starebbe lì dentro quasi sempre. Linea lunga: pochi contatti.",
        "The dot is what these contacts gave; the line is the 95% interval: with other contacts of the same kind the "
        "value would nearly always lie inside. A long line: few contacts."),
    "calibration.table": Text("Tutte le misure", "All measures"),
    "calibration.scores": Text("Punteggi della scheda", "Scores of the form"),
    "calibration.scores_note": Text(
        "Il punteggio che le risposte di ciascuno danno alla scheda, da 0 a 100: quanto si somigliano i "
        "punteggi, non le "
        "singole risposte.",
        "The score that each one's answers give on the form, 0 to 100: how alike the scores are, not the "
        "single answers."),
    "calibration.criterion": Text("Criterio", "Criterion"),
    "calibration.whole": Text("Tutta la scheda", "The whole form"),
    "calibration.n": Text("Contatti", "Contacts"),
    "calibration.met": Text("Soddisfatto", "Met"),
    "calibration.met_hint": Text(
        "quota di «soddisfatto» tra le risposte sì/no",
        "share of met among yes-or-no answers"),
    "calibration.csv": Text("Scarica la tabella (CSV)", "Download the table (CSV)"),
    "calibration.meanings": Text("Che cosa vogliono dire queste misure", "What these measures mean"),
    "calibration.meaning.percent": Text(
        "Su quante coppie di risposte i due danno la stessa. Si legge subito, ma se quasi tutto è "
        "«soddisfatto» è alta anche tirando a indovinare.",
        "On how many pairs of answers both say the same. Easy to read, but where nearly all is met it's high "
        "by guessing, too."),
    "calibration.meaning.kappa": Text(
        "La concordanza al netto di quella che darebbe il caso: 0 = come a caso, 1 = sempre uguali. Con quasi "
        "tutte le risposte uguali diventa instabile, e allora non la diciamo.",
        "Agreement beyond what chance would give: 0 = as by chance, 1 = always the same. Where nearly all "
        "answers are the same it gets unstable; then we don't tell it."),
    "calibration.meaning.ac1": Text(
        "Come il kappa, ma regge anche quando quasi tutte le risposte sono uguali. È la misura da guardare per prima.",
        "Like kappa, but it holds up where nearly all answers are the same. The measure to look at first."),
    "calibration.meaning.alpha": Text(
        "Come il kappa, con le differenze contate al posto degli accordi; regge se qualcuno non ha valutato "
        "tutto. Da 0,80 affidabile, sotto 0,67 no (Krippendorff).",
        "Like kappa, counting differences instead of agreements; works where somebody left contacts out. From "
        "0.80 reliable, below 0.67 not (Krippendorff)."),
    "calibration.meaning.weighted_kappa": Text(
        "Kappa sui punteggi: una differenza grande pesa molto più di una piccola.",
        "Kappa of scores: a large difference weighs much more than a small one."),
    "calibration.meaning.score_alpha": Text("Alfa sui punteggi.", "Alpha of scores."),
    "calibration.meaning.icc": Text(
        "Quanta parte delle differenze tra punteggi viene dai contatti e non da chi li valuta. Solo sui "
        "contatti valutati da tutti.",
        "How much of the differences between scores comes from the contacts rather than from who scores them. "
        "Only contacts that all scored."),
    "calibration.differences": Text("Dove le risposte sono diverse", "Where answers differ"),
    "calibration.differences_lead": Text(
        "Da discutere insieme: {n} domande. Il collegamento apre il contatto.",
        "To be discussed together: {n} questions. The link opens the contact."),
    "calibration.no_differences": Text("Tutti hanno dato le stesse risposte.", "Everybody gave the same answers."),
    "calibration.contact": Text("Contatto", "Contact"),
    "calibration.answers": Text("Risposte", "Answers"),
    "calibration.no_key": Text("nessuna", "none"),
    "calibration.drawn": Text("Contatti estratti", "Contacts drawn"),
    "calibration.why": Text("Perché", "Why"),
    "calibration.probability": Text("Probabilità di estrazione", "Chance of being drawn"),
    "calibration.score_title": Text("{rater} valuta {contact}", "{rater} scores {contact}"),
    "calibration.score_lead": Text(
        "Ascolta o leggi, poi rispondi. Qui non si vede che cosa hanno risposto la macchina e gli altri.",
        "Listen or read, then answer. What the machine and others answered isn't shown here."),
    "calibration.questions": Text("Domande", "Questions"),
    "calibration.note": Text("Nota (facoltativa)", "Note (optional)"),
    "calibration.save": Text("Salva e vai avanti", "Save and go on"),
    "calibration.saved": Text("Salvato.", "Saved."),
    "calibration.all_done": Text(
        "Hai risposto a tutto. Puoi cambiare le risposte fino alla scadenza.",
        "You've answered everything. You can change answers until the deadline."),
    "calibration.place": Text("{place} di {n}", "{place} of {n}"),
    "calibration.previous": Text("Precedente", "Previous"),
    "calibration.next": Text("Successivo", "Next"),
    "calibration.no_transcript": Text(
        "Di questo contatto non c'è la trascrizione.",
        "There is no transcript of this contact."),
    "calibration.not_answered": Text("non risposto", "not answered"),
    "calibration.back": Text("Torna alla sessione", "Back to the session"),
}  # fmt: skip
"""By key."""
