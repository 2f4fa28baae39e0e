"""What the runs of `qm bench asr` come to: word errors, speeds, words under the right party."""

from collections.abc import Sequence
from statistics import median

from benchmarks.asr_parties import PartyWords, judge_parties
from benchmarks.asr_peers import BATCHED, NOTES, OPENAI, PLAIN, SEQUENTIAL, Heard
from benchmarks.asr_runs import PartyRuns, SetRuns
from benchmarks.asr_sets import Item
from benchmarks.figures import BenchFigure
from benchmarks.normalise_words import normalise_words
from benchmarks.word_errors import (
    WordErrors,
    bootstrap_difference,
    bootstrap_rate,
    bootstrap_ratio,
    count_speaker_word_errors,
    count_word_errors,
    pooled,
)

CALLS = "harpervalley"
"""The set that the issue's speed and accuracy targets are about."""
RATIO_TARGETS = {BATCHED: ">= 2.0", OPENAI: ">= 30"}
CALL_TARGET, PROMPT_TARGET, PARTY_TARGET = "<= 0.002", "<= 0", ">= 0.995"
FASTER_WHISPER = (SEQUENTIAL, BATCHED, PLAIN)
CALL_RIVALS = (SEQUENTIAL, BATCHED)


def item_errors(item: Item, heard: Heard) -> WordErrors:
    """Word errors of a recording, channel by channel, so that a word on the wrong channel is an error."""
    return pooled(
        [
            count_word_errors(
                normalise_words(text, item.language),
                normalise_words(" ".join(word.text for word in words), item.language),
            )
            for text, words in zip(item.texts, heard, strict=True)
        ]
    )


def speaker_errors(item: Item, heard: Heard) -> WordErrors:
    """Word errors under the best naming of the channels (cpWER)."""
    truth = {str(i): normalise_words(text, item.language) for i, text in enumerate(item.texts)}
    found = {
        str(i): normalise_words(" ".join(word.text for word in words), item.language) for i, words in enumerate(heard)
    }
    return count_speaker_word_errors(truth, found)


def set_figures(runs: SetRuns, seed: int) -> dict[str, BenchFigure]:
    """Everything about one set, by `set/party/measure`."""
    figures: dict[str, BenchFigure] = {}
    for party in (runs.ours, *runs.peers):
        figures |= _party_figures(runs.name, party, seed)
    for peer in runs.peers:
        figures |= _beside(runs, peer, seed)
    figures |= _beside_the_better(runs, seed)
    if all(len(item.channels) == 2 for item in runs.items):
        figures |= _channel_figures(runs, seed)
    return figures


def _errors(party: PartyRuns) -> list[WordErrors]:
    return [item_errors(item, heard) for item, heard in zip(party.items, party.heard, strict=True)]


def rate_figure(counts: Sequence[WordErrors], seed: int, note: str = "", target: str = "") -> BenchFigure:
    """A pooled rate with its interval over files; n counts reference words."""
    whole = pooled(counts)
    lo, hi = bootstrap_rate(counts, seed=seed) or (None, None)
    kinds = f"{whole.substitutions} substituted, {whole.deletions} missed, {whole.insertions} inserted"
    said = f"{note}; {kinds}, {len(counts)} files" if note else f"{kinds}, {len(counts)} files"
    return BenchFigure(round(whole.rate or 0.0, 5), "share", whole.reference, lo, hi, target, said)


def _party_figures(name: str, party: PartyRuns, seed: int) -> dict[str, BenchFigure]:
    counts = _errors(party)
    note = NOTES.get(party.name, "")
    spread = f"runs of {min(party.seconds):.2f} to {max(party.seconds):.2f} s for {party.audio_s:.1f} s of audio"
    steady = BenchFigure(float(party.steady), "share", len(party.seconds), peer="1: the same words in every run")
    found = {
        f"{name}/{party.name}/wer": rate_figure(counts, seed, note),
        f"{name}/{party.name}/speed": BenchFigure(round(party.speed, 2), "s/s", len(party.seconds), peer=spread),
        f"{name}/{party.name}/steady": steady,
    }
    for item, count in zip(party.items, counts, strict=True):
        if count.rate is not None:
            found[f"{name}/{party.name}/wer/{item.name}"] = BenchFigure(round(count.rate, 5), "share", count.reference)
    return found


def _beside(runs: SetRuns, peer: PartyRuns, seed: int) -> dict[str, BenchFigure]:
    """Ours against one peer: how many times as fast, how many more errors."""
    ratios = runs.ratios[peer.name]
    spread = f"{NOTES.get(peer.name, '')}; {min(ratios):.2f} to {max(ratios):.2f} over rounds"
    if len(peer.items) < len(runs.items):
        spread += f"; peer heard {len(peer.items)} of {len(runs.items)} recordings, scaled by their length"
    target = RATIO_TARGETS.get(peer.name, "") if runs.name == CALLS else ""
    ratio = BenchFigure(round(median(ratios), 3), "ratio", len(ratios), target=target, peer=spread)
    return {
        f"{runs.name}/ratio_to_{peer.name}": ratio,
        f"{runs.name}/wer_minus_{peer.name}": _difference(runs, peer, seed, ""),
    }


def _difference(runs: SetRuns, peer: PartyRuns, seed: int, target: str) -> BenchFigure:
    """Pooled rate of ours minus the peer's, on what both heard."""
    theirs = _errors(peer)
    ours = _errors(runs.ours)[: len(theirs)]  # a limited peer heard the first ones
    whole_ours, whole_theirs = pooled(ours), pooled(theirs)
    lo, hi = bootstrap_difference(ours, theirs, seed=seed) or (None, None)
    value = round((whole_ours.rate or 0.0) - (whole_theirs.rate or 0.0), 5)
    said = f"{peer.name}: {whole_ours.errors} errors against {whole_theirs.errors}"
    return BenchFigure(value, "share", whole_ours.reference, lo, hi, target, said)


def _beside_the_better(runs: SetRuns, seed: int) -> dict[str, BenchFigure]:
    """The target on words: against the better of the faster-whisper peers that heard the same."""
    wanted = CALL_RIVALS if runs.name == CALLS else FASTER_WHISPER
    rivals = [peer for peer in runs.peers if peer.name in wanted]
    if not rivals:
        return {}
    better = min(rivals, key=lambda peer: pooled(_errors(peer)).errors)
    target = CALL_TARGET if runs.name == CALLS else PROMPT_TARGET if runs.name.startswith("carlo") else ""
    return {f"{runs.name}/wer_minus_better_peer": _difference(runs, better, seed, target)}


def _channel_figures(runs: SetRuns, seed: int) -> dict[str, BenchFigure]:
    """Words under the right party and cpWER, where each party has a channel."""
    pairs = list(zip(runs.ours.items, runs.ours.heard, strict=True))
    judged = [judge_parties(item, heard) for item, heard in pairs]
    whole = sum(judged, start=PartyWords())
    lo, hi = bootstrap_ratio([j.right for j in judged], [j.decided for j in judged], seed=seed) or (None, None)
    share = round(whole.right / whole.decided, 5) if whole.decided else 0.0
    note = f"{whole.wrong} wrong, {whole.undecided} undecided (in nobody's turn)"
    return {
        f"{runs.name}/ours/right_party": BenchFigure(share, "share", whole.decided, lo, hi, PARTY_TARGET, note),
        f"{runs.name}/ours/cpwer": rate_figure([speaker_errors(item, heard) for item, heard in pairs], seed),
    }
