"""Take survey responses in and join them to their contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qm.analysis.voc.link_surveys import LinkPolicy, LinkTarget, link_surveys
from qm.analysis.voc.read_survey import SurveyReader, doubtful_scales
from qm.documents import dump, load
from qm.domain.survey import SurveyLink, SurveyResponse
from qm.domain.voc_plan import STANDARD_SCALES, Scale
from qm.errors import Fault
from qm.ports import Unit, UnitOfWork
from qm.services.audit_notes import note_responses
from qm.services.keep_out import check_kept_out, keep_out

UNHAPPY_AT_MOST = 6
"""A satisfaction or NPS answer up to here marks an unhappy customer (detractor range)."""


@dataclass(frozen=True)
class ImportCounts:
    """What became of the responses of one import."""

    new: int
    replaced: int
    unchanged: int


@dataclass(frozen=True)
class SurveyImport:
    """An import by way of the API.

    Attributes:
        faults: of single items, `line` is their place in the list, from 1; those items weren't taken in.
        linked: responses that are linked to a contact, of all in the database.
    """

    counts: ImportCounts
    faults: tuple[Fault, ...]
    linked: int
    responses: int


class SurveyService:
    """Imports and links. Linking starts afresh each time: a late contact can still take its response.

    Args:
        scales: of the site.
    """

    def __init__(self, unit_of_work: UnitOfWork, policy: LinkPolicy, scales: Sequence[Scale] = STANDARD_SCALES) -> None:
        self._unit_of_work = unit_of_work
        self._policy = policy
        self.scales = scales

    def take_in(self, responses: Sequence[SurveyResponse]) -> ImportCounts:
        """Keep responses; the same id again replaces the earlier one. Of the same id twice the last one counts."""
        wanted = {response.id: response for response in responses}
        with self._unit_of_work() as unit:
            let = keep_out(unit, (), tuple(wanted.values()))
            wanted = {response.id: response for response in let.responses}
            known = unit.surveys.documents(sorted(wanted))
            changed = [each for each in wanted.values() if known.get(each.id) != dump(each)]
            unit.surveys.save(changed)
            check_kept_out(unit, let)
            new = len(wanted.keys() - known.keys())
            corrected = {one.id: load(SurveyResponse, known[one.id]) for one in changed if one.id in known}
            note_responses(unit, new, corrected, changed)
        return ImportCounts(new, len(changed) - new, len(wanted) - len(changed))

    def take_in_objects(self, items: Sequence[Mapping[str, Any]], now: datetime) -> SurveyImport:
        """Take in and link what a survey tool sends; an item with a fault is left out, the others aren't."""
        reader = SurveyReader(self.scales, now)
        responses: dict[str, SurveyResponse] = {}
        faults: list[Fault] = []
        for place, item in enumerate(items, 1):
            response, complaints = reader.from_object(item)
            faults += [Fault("items", place, each.code, each.message, each.hint) for each in complaints]
            if response is not None and response.id in responses:
                message = f"response '{response.id}' is given twice; this one is left out"
                faults.append(Fault("items", place, "survey.duplicate_id", message, "give it an id of its own"))
            elif response is not None:
                responses[response.id] = response
        doubts = doubtful_scales(tuple(responses.values()), self.scales)
        faults += [Fault("items", 0, each.code, each.message, each.hint) for each in doubts]
        counts = self.take_in(tuple(responses.values()))
        links = self.link_all()
        return SurveyImport(counts, tuple(faults), sum(bool(link.contact_id) for link in links), len(links))

    def link_all(self) -> tuple[SurveyLink, ...]:
        """Link every response to its contact, or say why not."""
        with self._unit_of_work() as unit:
            unit.lock("links")
            responses = unit.surveys.every()
            links = link_surveys(responses, _targets(unit, responses), self._policy)
            unit.surveys.replace_links(links)
        return links


def _targets(unit: Unit, responses: Sequence[SurveyResponse]) -> list[LinkTarget]:
    """The contacts that the responses may be about, out of a table: reading a million whole contacts takes minutes."""
    if not responses:
        return []
    table = unit.facts.contacts(columns=("started_at", "agent_id", "customer_id"))
    ids, customers = {r.contact_id for r in responses}, {r.customer_id for r in responses} - {""}
    picked = table[table["contact_id"].isin(ids) | table["customer_id"].isin(customers)]
    # Seconds with a fraction come back as nanoseconds that are off by a few; responses name microseconds.
    moments = [at.to_pydatetime().astimezone(UTC) for at in picked["started_at"].dt.round("us")]
    texts = (picked[name] for name in ("contact_id", "agent_id", "customer_id"))
    return [
        LinkTarget(contact_id, at, agent_id, customer_id)
        for at, contact_id, agent_id, customer_id in zip(moments, *texts, strict=True)
    ]


def is_unhappy(response: SurveyResponse) -> bool:
    """True where satisfaction (or, without it, NPS) lies in the detractor range."""
    answer = response.satisfaction if response.satisfaction is not None else response.nps
    return answer is not None and answer <= UNHAPPY_AT_MOST
