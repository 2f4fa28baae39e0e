"""Names of what contacts are known by, in both languages: columns of models, shared by command line and pages."""

from qm.domain.text import Language, Text

NAMES = {
    "wait_s": Text("attesa", "wait"),
    "ivr_s": Text("tempo nel menu vocale", "time in the voice menu"),
    "hold_s": Text("tempo in pausa", "time on hold"),
    "holds": Text("pause", "holds"),
    "transfers": Text("trasferimenti", "transfers"),
    "talk_s": Text("durata della conversazione", "talk time"),
    "wrap_s": Text("lavoro dopo la chiamata", "after-call work"),
    "repeat": Text("richiamata entro 7 giorni", "second contact within 7 days"),
    "hour^": Text("ora del giorno (mattina)", "hour of the day (morning)"),
    "hour>": Text("ora del giorno (sera)", "hour of the day (evening)"),
    "hour": Text("ora del giorno", "hour of the day"),
    "weekend": Text("fine settimana", "weekend"),
    "process": Text("processo", "process"),
    "medium": Text("canale", "medium"),
    "direction": Text("direzione", "direction"),
    "team": Text("team", "team"),
    "queue": Text("coda", "queue"),
    "site": Text("sede", "site"),
    "vendor": Text("fornitore", "vendor"),
    "language": Text("lingua", "language"),
    "agent": Text("operatore", "agent"),
    "channel": Text("canale del sondaggio", "survey channel"),
    "all": Text("tutti i contatti", "all contacts"),
}
UNKNOWN = Text("{name}: non noto", "{name}: not known")
CURVE = Text("{name}: andamento curvo", "{name}: how it bends")


def feature_name(label: str, language: Language) -> str:
    """What a column of a model stands for.

    >>> feature_name("process=billing", Language.ENGLISH), feature_name("wait_s?", Language.ITALIAN)
    ('process billing', 'attesa: non noto')
    """
    name, equals, level = label.partition("=")
    if equals:
        return f"{_said(name, language)} {level}"
    if label.endswith("?"):
        return UNKNOWN.said_in(language).format(name=_said(label[:-1], language))
    if label.endswith("~"):
        return CURVE.said_in(language).format(name=_said(label[:-1], language))
    return _said(label, language)


def _said(name: str, language: Language) -> str:
    text = NAMES.get(name)
    return text.said_in(language) if text else name.removeprefix("m:").removeprefix("c:")
