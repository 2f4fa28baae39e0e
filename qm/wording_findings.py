"""What a finding on a recording or a transcript says, in both languages: the part of its message that doesn't vary."""

from qm.domain.text import Language, Text

FINDINGS = {
    "recording.silent": Text("registrazione senza suono", "the recording has no sound"),
    "recording.missing_leg": Text("manca una delle due voci", "one party's channel is missing"),
    "recording.dual_mono": Text(
        "lo stesso segnale su entrambi i canali: trattata come mono",
        "the same signal in both channels: treated as mono",
    ),
    "recording.bleed": Text(
        "una voce si sente anche nell'altro canale", "one party is heard in the other's channel too"
    ),
    "recording.level": Text("livello fuori dal normale", "the level is out of the ordinary"),
    "recording.dc": Text(
        "segnale fuori dallo zero: ingresso da controllare", "the signal is off zero: check the input"
    ),
    "recording.clipped": Text("suono saturato", "clipped sound"),
    "recording.long_silence": Text("silenzio di 30 s o più", "silence of 30 s or more"),
    "recording.cut_speech": Text("finisce mentre qualcuno parla", "it ends while somebody speaks"),
    "recording.music": Text("musica", "music"),
    "recording.ringback": Text("squilli", "ringing tones"),
    "recording.busy": Text("segnale di occupato", "busy tone"),
    "recording.fax": Text("segnale di fax", "fax tone"),
    "recording.dtmf": Text("tasti premuti", "keys pressed"),
    "recording.narrowband": Text(
        "banda telefonica, anche se il file ne dichiara una più larga",
        "telephone bandwidth, though the file claims more",
    ),
    "recording.truncated_end": Text("forse manca la fine", "the end may be missing"),
    "recording.lost": Text("parti mancanti o illeggibili", "parts are missing or can't be decoded"),
    "recording.clock_jump": Text("i tempi del file fanno un salto", "the file's time stamps jump"),
    "recording.starts_late": Text("il suono comincia dopo il video", "the sound begins after the video"),
    "recording.other_tracks": Text("altre tracce audio, non lette", "further audio tracks, which weren't read"),
    "recording.odd_header": Text("l'intestazione si contraddice", "the header contradicts itself"),
    "recording.empty_channels": Text("canali in più, vuoti", "further channels, which are empty"),
    "transcript.phantom": Text(
        "parole probabilmente mai dette: segnate e non usate come prova",
        "words probably never said: marked and not used as evidence",
    ),
    "transcript.no_speech": Text("non si riconosce nessuna parola", "no words were recognised"),
    "roles.one_channel": Text(
        "entrambe le voci su un canale: non si sa chi parla", "both parties share a channel: who speaks isn't known"
    ),
    "roles.no_cues": Text("niente dice chi è l'operatore", "nothing tells who the agent is"),
    "roles.said": Text("l'operatore è stato riconosciuto da ciò che si dice", "the agent was told by what is said"),
    "roles.swapped": Text(
        "canali scambiati: l'operatore si sente sull'altro; i ruoli seguono ciò che si dice",
        "channels swapped: the agent is heard on the other one; roles follow what is said",
    ),
}
"""By code; every finding of the program has an entry (a test holds it)."""

PHANTOM_SIGNS = {
    "outside detected speech": "fuori dal parlato rilevato",
    "inside music or tones": "durante musica o segnali",
    "the same words over and over": "sempre le stesse parole",
    "text that repeats itself": "testo che si ripete",
    "faster than anybody speaks": "più veloce di quanto si possa parlare",
    "the recogniser heard no speech": "il riconoscitore non ha sentito parlare",
    "a subtitle credit or a sound's name": "una firma di sottotitoli o il nome di un suono",
    "nothing audible": "niente di udibile",
    "hardly any detected speech": "quasi nessun parlato rilevato",
    "a courtesy by itself": "una formula di cortesia da sola",
    "low word confidence": "parole con poca certezza",
    "the recogniser doubts that it is speech": "il riconoscitore dubita che sia parlato",
    "hardly audible": "appena udibile",
}
"""Italian of the signs that `qm.analysis.guard_phantoms` names in its messages (a test holds it)."""


def phantom_reason(message: str, language: Language) -> str:
    """Why words are suspected: what a message of `transcript.phantom` says after its last colon.

    >>> phantom_reason("2 words probably never said: hardly audible and low word confidence", Language.ITALIAN)
    'appena udibile e parole con poca certezza'
    """
    reason = message.rpartition(": ")[2]
    if language is Language.ENGLISH:
        return reason
    for said, italian in PHANTOM_SIGNS.items():
        reason = reason.replace(said, italian)
    return reason.replace(" and ", " e ")
