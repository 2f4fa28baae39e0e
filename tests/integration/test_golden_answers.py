"""What fixed conversations come to, byte for byte: a change must be wanted, and must raise a version.

`UPDATE_GOLDEN=1 pytest tests/integration/test_golden_answers.py` writes the file anew.
"""

import json
import os
from pathlib import Path

from pipelines.stages.score import ScoreStage
from qm.analysis.measure_talk import measure_talk
from qm.config import read_settings
from qm.documents import dump
from qm.domain.transcript import Role
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds
from qm.services.scoring import evaluate
from tests.unit import builders

FILE = Path(__file__).with_name("golden_answers.json")
CALLS = {
    "good": [
        (
            Role.AGENT,
            0.0,
            "Buongiorno, sono Anna, rispondo dall'Italia e la chiamata è registrata, come posso aiutarla?",
        ),
        (Role.CUSTOMER, 6.0, "Mi avete fatturato due volte, è inaccettabile."),
        (Role.AGENT, 10.0, "Mi dispiace molto, mi conferma per cortesia il codice cliente?"),
        (Role.CUSTOMER, 15.0, "Quattro cinque sei."),
        (
            Role.AGENT,
            18.0,
            "Grazie, riceverà il rimborso di 40 euro entro dieci giorni. Ricapitolando, una fattura annullata.",
        ),
        (Role.AGENT, 28.0, "C'è altro in cui posso aiutarla? Grazie e buona giornata."),
    ],
    "poor": [
        (Role.AGENT, 0.0, "Pronto, dica."),
        (Role.CUSTOMER, 2.0, "Vorrei fare un reclamo."),
        (Role.AGENT, 5.0, "Non è un problema mio, le garantisco che domani è risolto."),
        (Role.CUSTOMER, 45.0, "Va bene."),
    ],
    "unsure": [(Role.AGENT, 0.0, "la chiama ta vien registrata", 0.2), (Role.CUSTOMER, 4.0, "sì", 0.3)],
}


def test_answers_are_those_of_this_version():
    packs = load_packs(read_settings().rules)
    given = {"score_stage": ScoreStage.version, "packs": {pack.id: pack.version for pack in packs}, "answers": {}}
    for name, said in CALLS.items():
        transcript = builders.call(*said)
        contact = builders.contact(name, process="fatturazione")
        for pack in packs:
            evaluation = evaluate(contact, transcript, measure_talk(transcript), pack, Thresholds())
            given["answers"][f"{name}/{pack.id}"] = json.loads(dump((evaluation.answers, evaluation.score)))
    text = json.dumps(given, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        FILE.write_text(text, encoding="utf-8")
    golden = json.loads(FILE.read_text(encoding="utf-8"))
    versions = [(part["score_stage"], part["packs"]) for part in (golden, json.loads(text))]
    same = golden["answers"] == json.loads(text)["answers"]
    advice = "raise ScoreStage.version (or the pack's version), then write the file anew: stored scores must be redone"
    assert same, advice
    assert versions[0] == versions[1], "a version was raised: write the file anew"
