"""What trained answers listen for beside a site's own words: turns of phrase that mean the same in any business.

Found as they stand, as whole words. Both languages stand together: a contact in one doesn't meet the other's.
"""

from collections.abc import Mapping

CUES: Mapping[str, tuple[str, ...]] = {
    "actually": ("actually", "in fact", "veramente", "in realta", "anzi"),
    "instead": ("instead", "invece", "al posto"),
    "mind": ("my mind", "second thought", "second thoughts", "never mind", "nevermind", "ho cambiato idea",
             "ripensandoci", "lasci stare", "lasciamo stare"),
    "change": ("change", "changed", "cambiare", "cambio", "cambiato", "modificare"),
    "rather": ("rather", "prefer", "preferisco", "preferirei", "meglio"),
    "wait": ("wait", "hold on", "aspetti", "un attimo", "un momento"),
    "remember": ("remember", "remembered", "forgot", "realized", "realised", "mi ricordo", "ricordato", "dimenticato"),
    "other": ("different", "another", "other", "else", "altro", "altra", "altri", "altre", "diverso", "diversa"),
    "wrong": ("wrong", "mistake", "sorry", "meant", "i mean", "sbagliato", "errore", "scusi", "intendevo"),
    "about": ("what about", "how about", "what if", "e se", "che ne dice"),
    "no": ("no", "nope"),
    "approval": ("ok", "okay", "great", "perfect", "awesome", "va bene", "perfetto", "ottimo", "benissimo"),
    "thanks": ("thank", "thanks", "grazie"),
    "regret": ("sorry", "unfortunately", "unable", "cannot", "failed", "purtroppo", "mi dispiace", "mi spiace"),
}  # fmt: skip
