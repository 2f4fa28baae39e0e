"""The model card of a trained criterion: what it is for, what it was found to do, and what it must not be used for."""

from qm.analysis.estimate_quality import wilson
from qm.domain.figures import Count
from qm.domain.trained_answers import SideBound, TrainingReport

_INTENDED = """\
Answers one criterion of one form on this site's contacts, where it is sure enough; the rest goes to people. It sees
roles, words and their order, counts and the signals of a contact, its process, queue and medium, and never who the
agent or the customer is. It isn't made for other sites, other criteria or languages that the labels don't hold, and no
sanction may rest on it without a person who looked at the contact."""


def card_of(report: TrainingReport, labels_sha256: str, encoder_sha256: str, seed: int) -> str:
    """Markdown; equal reports give equal text."""
    parts = [
        f"# Model card: {report.criterion_id}",
        _INTENDED,
        _training(report, labels_sha256, encoder_sha256, seed),
        _sides(report),
        _risk(report),
        _reliability(report),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def shown_count(count: Count) -> str:
    """Hits of n, the share and its 95 % Wilson interval.

    >>> shown_count(Count(9, 10))
    '9 of 10 (90.0 %, 59.6 to 98.2)'
    """
    if count.rate is None:
        return "0 of 0"
    low, high = wilson(count)
    return f"{count.hits} of {count.n} ({100 * count.rate:.1f} %, {100 * low:.1f} to {100 * high:.1f})"


def _training(report: TrainingReport, labels_sha256: str, encoder_sha256: str, seed: int) -> str:
    lines = [
        "## Training\n",
        f"- Labels: {report.labels.n}, of these met: {report.labels.hits}",
        f"- {report.folds}-fold cross-validation, {report.groups} groups by {report.by}; calibrated inside the folds",
        f"- Target of the precision: {report.target:g}",
        f"- The more frequent answer alone: {shown_count(report.majority)}",
        f"- Seed {seed}; labels `{labels_sha256[:16]}`; encoder `{encoder_sha256[:16]}`",
    ]
    if report.brier is not None:
        lines.append(f"- Brier score of the calibrated probability: {report.brier:.4f}")
    return "\n".join(lines)


def _sides(report: TrainingReport) -> str:
    rows = [_side(side) for side in report.sides]
    head = "## What is answered\n\n| answer | from probability | right, held out | lower bound |\n|---|---|---|---|\n"
    return head + "\n".join(rows) if rows else ""


def _side(side: SideBound) -> str:
    if side.threshold is None:
        return f"| {side.answer.value} | left to people: {side.reason} | | |"
    return f"| {side.answer.value} | {side.threshold:.4f} | {shown_count(side.right)} | {side.lower:.4f} |"


def _risk(report: TrainingReport) -> str:
    rows = [f"| {100 * point.coverage:.0f} % | {shown_count(point.right)} |" for point in report.risk]
    return "## Risk and coverage\n\n| surest | right |\n|---|---|\n" + "\n".join(rows) if rows else ""


def _reliability(report: TrainingReport) -> str:
    rows = [f"| {b.lo:.1f} to {b.hi:.1f} | {b.mean:.3f} | {shown_count(b.met)} |" for b in report.reliability]
    head = "## Reliability\n\n| probability of met | mean | met |\n|---|---|---|\n"
    return head + "\n".join(rows) if rows else ""
