"""Make a quarter of chats with survey answers, to look at drivers, calibration and estimates on more than one day.

Run ``python examples/make_quarter.py FOLDER [--contacts 2400] [--seed 1]``, then ``qm run FOLDER``. Everything is drawn
from the seed: agents differ in what they do, customers are planted to care for a recap, a settled problem and a short
wait, and not at all for the others. Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
FIRST_DAY = datetime(2026, 8, 17, tzinfo=ROME)
WEEKS = 13
NAMES = (
    "Anna Bianchi", "Bruno Costa", "Carla De Luca", "Dario Esposito", "Elena Fontana", "Fabio Greco", "Gaia Leone",
    "Ivan Marino", "Laura Neri", "Marco Orlando", "Nadia Palumbo", "Omar Ricci", "Paola Serra", "Renzo Testa",
    "Sara Vitale", "Tino Zanetti", "Ugo Amato", "Vera Basile", "Walter Caruso", "Zoe Donati",
)  # fmt: skip
TEAMS = (("Nord", "Milano", "Marta Riva"), ("Sud", "Bari", "Luca Sala"), ("Isole", "Cagliari", "Rita Melis"))
TOPICS = {
    "fatturazione": (
        "nella bolletta di {month} c'è una voce che non capisco", "ho pagato due volte la fattura di {month}",
        "la bolletta di {month} è il doppio del solito", "non mi è arrivata la fattura di {month}",
    ),
    "autolettura": (
        "vorrei comunicare la lettura del contatore", "la lettura del contatore che avete voi è sbagliata",
        "il sito non prende la mia autolettura",
    ),
    "assistenza tecnica": (
        "la connessione cade ogni sera", "il modem ha la spia rossa da ieri", "la linea è lentissima da una settimana",
    ),
}  # fmt: skip
MONTHS = ("giugno", "luglio", "agosto", "settembre", "ottobre")
DEEDS = ("greeting", "recap", "empathy", "anything_else", "timeframe", "courtesy")
"""What an agent may do or leave out in a chat."""
PRAISE = (
    "Gentile e veloce, problema risolto", "Tutto chiaro, mi ha riepilogato cosa succede adesso",
    "Ottimo servizio, grazie", "Risposta immediata e precisa", "Finalmente qualcuno che ascolta",
)  # fmt: skip
BLAME = {
    "wait": ("Ho aspettato una vita prima di parlare con qualcuno", "Attesa infinita in chat", "Troppo tempo in coda"),
    "unsettled": (
        "Il problema non è risolto", "Devo scrivere di nuovo, nessuna soluzione", "Ancora la stessa bolletta sbagliata",
    ),
    "unclear": ("Non ho capito che cosa succede adesso", "Nessuno mi ha detto i tempi", "Spiegazione confusa"),
    "other": ("Non sono soddisfatto", "Mi aspettavo di meglio", "Sito complicato e lento"),
}  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """An agent and how often they do what the forms ask for."""

    id: str
    name: str
    team: tuple[str, str, str]
    habits: dict[str, float]
    skill: float


@dataclass
class Made:
    """A contact on its way into the files."""

    row: dict[str, object]
    turns: list[dict[str, str]]
    did: dict[str, bool]
    is_settled: bool


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--contacts", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)
    workers = _workers(rng)
    made = [_contact(number, rng, workers) for number in range(1, asked.contacts + 1)]
    surveys = [row for row in (_survey(contact, rng) for contact in made) if row]
    (asked.folder / "chats").mkdir(parents=True, exist_ok=True)
    for contact in made:
        chat = {"contact_id": contact.row["contact_id"], "turns": contact.turns}
        path = asked.folder / "chats" / f"{contact.row['contact_id']}.json"
        path.write_text(json.dumps(chat, ensure_ascii=False), encoding="utf-8")
    _write(asked.folder / "contacts.csv", [contact.row for contact in made])
    _write(asked.folder / "surveys.csv", surveys)
    answered = sum(bool(row["answered_at"]) for row in surveys)
    print(f"{asked.folder}: {len(made)} chats, {len(surveys)} invited, {answered} answered")


def _workers(rng: random.Random) -> list[Worker]:
    return [
        Worker(
            f"A{place:02d}", name, TEAMS[place % len(TEAMS)],
            {deed: min(0.97, max(0.1, rng.gauss(0.68, 0.2))) for deed in DEEDS}, rng.gauss(0.0, 0.35),
        )
        for place, name in enumerate(NAMES, 1)
    ]  # fmt: skip


def _contact(number: int, rng: random.Random, workers: list[Worker]) -> Made:
    worker = rng.choice(workers)
    process = rng.choices(list(TOPICS), (5, 2, 3))[0]
    day = FIRST_DAY + timedelta(days=rng.randrange(WEEKS * 7))
    started = day.replace(
        hour=rng.choices(range(8, 20), (3, 6, 9, 10, 8, 5, 5, 7, 8, 7, 5, 3))[0], minute=rng.randrange(60)
    )
    wait_s = round(rng.expovariate(1 / (40 + 30 * (started.hour in (10, 11)))), 1)
    transfers = int(rng.random() < 0.12)
    after_training = started >= FIRST_DAY + timedelta(weeks=7) and worker.team[0] == "Nord"
    did = {deed: rng.random() < min(0.98, share + 0.25 * after_training) for deed, share in worker.habits.items()}
    is_settled = rng.random() < 0.78 - 0.2 * transfers
    turns = _talk(rng, worker, process, started, did, is_settled=is_settled)
    talk_s = (datetime.fromisoformat(turns[-1]["at"]) - started).total_seconds()
    team, site, supervisor = worker.team
    row = {
        "contact_id": f"Q-{number:05d}", "medium": "chat", "started_at": started.isoformat(), "agent_id": worker.id,
        "agent_name": worker.name, "team": team, "site": site, "vendor": "Luminosa Energia", "supervisor": supervisor,
        "queue": process, "process": process, "direction": "in", "customer_id": f"K-{rng.randrange(1, 1900):05d}",
        "language": "it", "wait_s": wait_s, "transfers": transfers, "talk_s": talk_s, "kind": "customer",
        "x_skill": f"{worker.skill:.3f}",
    }  # fmt: skip
    return Made(row, turns, did, is_settled)


def _talk(
    rng: random.Random, worker: Worker, process: str, started: datetime, did: dict[str, bool], *, is_settled: bool
) -> list[dict[str, str]]:
    first = worker.name.split()[0]
    request = rng.choice(TOPICS[process]).format(month=rng.choice(MONTHS))
    said = [
        (
            "agent",
            f"Buongiorno, sono {first} di Luminosa Energia. Come posso aiutarla?" if did["greeting"] else "Mi dica.",
        ),
        ("customer", f"Buongiorno, {request}."),
        ("agent", "Per verificare mi scrive per cortesia il codice cliente e il cognome dell'intestatario?"),
        ("customer", f"{rng.randrange(10000, 99999)}, grazie"),
    ]
    if did["empathy"]:
        said.append(("agent", "Capisco il disagio, mi dispiace per quanto è successo."))
    said.append(("agent", "Verifico subito la sua posizione." if did["courtesy"] else "Un attimo."))
    if is_settled:
        said += [
            ("agent", "Ho corretto la posizione, ora risulta tutto a posto."),
            ("customer", "Perfetto, grazie mille."),
        ]
    else:
        said += [
            ("agent", "Al momento non riesco a sistemarlo da qui."),
            ("customer", "Ma è la terza volta che vi scrivo!"),
        ]
    if did["timeframe"]:
        said.append(("agent", "Riceverà la conferma via mail entro due giorni lavorativi."))
    if did["recap"]:
        done = "ho corretto" if is_settled else "ho aperto"
        said.append(("agent", f"Riepilogando: abbiamo visto insieme la sua richiesta e {done} la pratica."))
    if did["anything_else"]:
        said += [("agent", "Posso aiutarla in qualcos'altro?"), ("customer", "No, va bene così.")]
    said.append(("agent", "Grazie per averci contattato e buona giornata." if did["courtesy"] else "Arrivederci."))
    at, turns = started, []
    for role, text in said:
        turns.append({"role": role, "at": at.isoformat(), "text": text})
        at += timedelta(seconds=round(rng.uniform(12, 55)))
    return turns


def _survey(contact: Made, rng: random.Random) -> dict[str, object] | None:
    """Nine in ten are invited; the unhappy and the very happy answer more often, as they do."""
    if rng.random() > 0.9:
        return None
    row, did = contact.row, contact.did
    wait_s, skill = float(str(row["wait_s"])), float(str(row["x_skill"]))
    leaning = (
        0.2 + 1.5 * contact.is_settled + 0.9 * did["recap"] + 0.4 * did["timeframe"] - 0.012 * wait_s
        - 0.9 * bool(row["transfers"]) + skill - 0.9
    )  # fmt: skip
    happy = 1 / (1 + math.exp(-leaning))
    mood = min(1.0, max(0.0, rng.gauss(happy, 0.2)))
    invited = datetime.fromisoformat(str(row["started_at"])) + timedelta(minutes=35)
    made: dict[str, object] = {
        "response_id": str(row["contact_id"]).replace("Q", "R"), "contact_id": row["contact_id"],
        "invited_at": invited.isoformat(), "answered_at": "", "medium": rng.choice(("sms", "email")), "nps": "",
        "satisfaction": "", "csat": "", "ces": "", "resolved": "", "comment": "",
    }  # fmt: skip
    if rng.random() > 0.4 + 0.5 * abs(mood - 0.5):
        return made
    made["answered_at"] = (invited + timedelta(minutes=round(rng.expovariate(1 / 300)) + 1)).isoformat()
    made["satisfaction"] = round(10 * mood)
    made["nps"] = min(10, max(0, round(10 * mood + rng.gauss(0, 1))))
    made["csat"], made["ces"] = 1 + round(4 * mood), min(7, max(1, round(1 + 6 * mood + rng.gauss(0, 1))))
    made["resolved"] = "yes" if contact.is_settled else "no"
    if rng.random() < 0.6:
        made["comment"] = _comment(contact, mood, wait_s, rng)
    return made


def _comment(contact: Made, mood: float, wait_s: float, rng: random.Random) -> str:
    if mood > 0.6:
        return rng.choice(PRAISE)
    reasons = [
        name
        for name, holds in (
            ("wait", wait_s > 90), ("unsettled", not contact.is_settled), ("unclear", not contact.did["timeframe"]),
        )
        if holds
    ]  # fmt: skip
    return rng.choice(BLAME[rng.choice(reasons or ["other"])])


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
