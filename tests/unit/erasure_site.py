"""A small site in which every table and folder holds something of every contact. Import from `tests.unit`."""

import io
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import insert

from qm.analysis.voc.link_surveys import LinkPolicy
from qm.documents import dump
from qm.domain.calibration import CalibrationSession, DrawnContact, Purpose, Sheet, SheetAnswer, Why
from qm.domain.coaching_session import CoachingSession, SessionClip, SessionStep, StepKind
from qm.domain.contact import Agent, History, Medium
from qm.domain.dispute import Dispute, DisputedItem, DisputeState, DisputeStep, Ruling
from qm.domain.erasure import Remainder
from qm.domain.evaluation import Answer, SectionScore
from qm.domain.figures import Count
from qm.domain.form import Form, Section
from qm.domain.generative import Reply
from qm.domain.hook import CHOSEN, Hook
from qm.domain.milestone import Milestone
from qm.domain.own_look import OwnLook
from qm.domain.people import Scope
from qm.domain.prediction import LifeStage
from qm.domain.recognition import Recognition, Voices
from qm.domain.recording import Recording
from qm.domain.review import GivenAnswer, PinnedNote, Review, ReviewState
from qm.domain.run import Quarantine, Run, RunKind
from qm.domain.search import SavedSearch
from qm.domain.signals import Signals
from qm.domain.survey import SurveyResponse
from qm.domain.text import Text
from qm.domain.trained_answers import AnswerReview, Standing
from qm.domain.transcript import Grade, Role
from qm.domain.voc_plan import VocPlan
from qm.domain.work_queue import Assignment, EvaluationStep, QueuePlan, Quota, WorkQueue
from qm.ports.coaching_sessions import PutAside
from qm.ports.kept_answers import KeptAnswer
from qm.ports.voc import SurveyDraw
from qm.services.case_steps import Step
from qm.services.cases import CaseService
from qm.services.coaching_picker import CoachingPicker
from qm.services.erasure import ErasureService, ErasureTools
from qm.services.figure_cells import CellService
from qm.services.figures import FigureService
from qm.services.holds import HoldService
from qm.services.retention import RetentionService
from qm.services.search import IndexService
from qm.services.survey_reports import ReportWish, SurveyReportService
from qm.services.surveys import SurveyService
from qm.storage import tables
from qm.storage.answer_folder import AnswerFolder
from qm.storage.erasable_places import ReplyPlace, StandingPlace
from qm.storage.erasure_file import ErasureFile
from qm.storage.generative_replies import FolderReplies
from qm.storage.objects import FolderObjects
from qm.storage.scrub import scrub
from tests.unit import builders

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY_ONE = datetime(2026, 11, 16, 9, 5, 7, tzinfo=UTC)
FORM = Form("form", "1", Text("s", "s"), (Section("s0", Text("s", "s"), 1.0, (builders.criterion(),)),))
AGENTS = (Agent("A-1", "Anna Bianchi", "Nord"), Agent("A-2", "Bruno Conti", "Sud"))
CUSTOMERS = ("K-100", "K-200", "K-300")
QUOTE = "il mio conto finisce con tre quattro"
"""Said in every contact, followed by its id: the canary."""


def contact_ids():
    return [f"C-{number}" for number in range(1, 7)]


def leased_for(site, contact_id, seconds):
    """Let a worker hold a contact from now on; leases go by the database's clock, not by the site's `now`."""
    update = tables.tasks.update().where(tables.tasks.c.contact_id == contact_id)
    with site.database.unit_of_work() as unit:
        unit.connection.execute(update.values(state="leased", until_s=time.time() + seconds))


def said(contact_id):
    return f"{QUOTE} {contact_id}"


class Site:
    """Database, object store and folders, with six contacts of three customers by two agents.

    Args:
        wrap: puts something round the object store.
    """

    def __init__(self, database, folder: Path, url: str, objects=None):
        self.database, self.folder, self.url = database, folder, url
        self.objects = objects or FolderObjects(folder / "objects")
        self.numbers = count(1)
        self.now = NOW
        self.replies = FolderReplies(folder / "generative", tell=lambda _line: None)
        self.answers = AnswerFolder(folder / "answers")
        units = database.unit_of_work, database.reading
        self.figures = FigureService(database.unit_of_work, {"form": FORM}, 1)
        self.reports = SurveyReportService(database.reading, VocPlan(), 1)
        self.cases = CaseService(*units, VocPlan(), lambda: self.now, 1)
        self.coaching = CoachingPicker(database.unit_of_work, database.reading, {"form": FORM}, 3)
        self.surveys = SurveyService(database.unit_of_work, LinkPolicy(timedelta(hours=48), 0.6))
        self.holds = HoldService(*units, lambda: self.now, self.token)
        self.erasure = ErasureService(*units, self.tools())

    def token(self, n):
        return f"{next(self.numbers):0{2 * n}x}"

    def tools(self, objects=None, places=None):
        given = (ReplyPlace(self.folder / "generative"), StandingPlace(self.folder / "answers"))
        return ErasureTools(
            objects or self.objects, given if places is None else places, ErasureFile(self.folder), lambda: self.now,
            self.token, lambda: scrub(self.url), "Ada", (Remainder("other_caches"),),
        )  # fmt: skip

    def retention(self, plan):
        units = self.database.unit_of_work, self.database.reading
        return RetentionService(*units, plan, self.erasure, self.tools())

    def numbers_of(self):
        """Every figure that people see, without ids."""
        with self.database.unit_of_work() as unit:
            everyone = [contact.id for contact in unit.contacts.every()]
        day = self.figures.of(everyone)
        links = sorted((link.method, link.reason) for link in day.unlinked)
        reports = [self.reports.report(ReportWish(by=by)) for by in ("process", "team", "agent", "channel", "week")]
        cases = self.cases.report(DAY_ONE.date(), NOW.date())
        return replace(day, unlinked=()), links, reports, cases, self._tables()

    def _tables(self):
        with self.database.reading() as unit:
            table = unit.facts.contacts(answers=True, measures=True)
        left = table.drop(columns=["contact_id", "customer_id", "started_at"])
        return sorted(left.to_csv(index=False).splitlines()), table["started_at"].dt.floor("h").tolist()

    def fill(self):
        with self.database.unit_of_work() as unit:
            every = Hook("h-1", "https://crm.example.it/in", CHOSEN, NOW, "ada")
            unit.hooks.add(every, "whsec_AAAA")
            unit.kept_answers.begin("k", "r", NOW.timestamp())
            unit.kept_answers.keep("k", NOW.timestamp(), KeptAnswer("r", NOW.timestamp(), 200, "{}", QUOTE))
            unit.tasks.begin(Run("run-1", "/in/day", DAY_ONE, None, "", "1"), RunKind.DAY, 0)
            for number, contact_id in enumerate(contact_ids()):
                self._fill_contact(unit, number, contact_id)
            unit.connection.execute(tables.runs.update().values(state="done"))
        self.surveys.link_all()
        self.cases.open_all()
        self._close_cases()
        self.coaching.refresh()
        IndexService(self.database.unit_of_work, self.database.reading, lambda: NOW).catch_up()
        self._fill_rest()
        return self

    def _close_cases(self):
        """All but the last: it is still being worked on."""
        with self.database.reading() as unit:
            cases = [case for case in unit.cases.every() if case.contact_id != "C-5"]
        for case in cases:
            at = case.opened_at + timedelta(hours=1)
            self.cases.take(
                case.id, "attempt", Step("Ugo", said(case.contact_id), at=at, channel="phone", reached=True)
            )
            self.cases.take(case.id, "close", Step("Ugo", said(case.contact_id), outcome="declined"))

    def _fill_contact(self, unit, number, contact_id):
        made = builders.contact(
            contact_id, started_at=DAY_ONE + timedelta(hours=26 * number), agent=AGENTS[number % 2],
            customer_id=CUSTOMERS[number // 2], process="fatture", source=f"{contact_id}.wav",
            history=History(talk_s=60.0 + number), attributes={"note": f"cliente {CUSTOMERS[number // 2]}"},
            medium=Medium.VOICE if number % 3 else Medium.CHAT,
        )  # fmt: skip
        unit.contacts.save(made, "/in/day", number, f"row of {contact_id}")
        sha256 = self.objects.put(io.BytesIO(f"audio of {contact_id}".encode()))
        call = builders.call((Role.AGENT, 0.5, said(contact_id)), (Role.CUSTOMER, 5.0, f"sono {contact_id}"))
        unit.outputs.save_recording(contact_id, sha256)
        recognition = Recognition(
            Recording(sha256, 9.0, 8000, 2), "it", 0.9, (builders.words(said(contact_id)), ()), builders.ENGINE
        )
        unit.outputs.save_recognition(contact_id, recognition)
        unit.outputs.save_voices(contact_id, Voices())
        unit.outputs.save_transcript(contact_id, replace(call, grade=Grade("B")))
        unit.outputs.save_signals(contact_id, Signals((), {"silence_longest_s": 2.0 + number}))
        for stage in ("store", "transcribe", "voices", "roles", "signals", "score"):
            unit.work.publish(contact_id, stage, f"{stage} of {contact_id}")
        given = Answer.NOT_MET if number % 2 else Answer.MET
        answer = builders.answer("c1", given, evidence=(builders.quote(said(contact_id)),))
        scored = builders.evaluation(contact_id, [answer])
        score = replace(scored.score, sections=(SectionScore("s0", 1.0, 2.0, 50.0, 40.0, 60.0),))
        unit.evaluations.replace(contact_id, [replace(scored, score=score)])
        unit.work.finish(contact_id)
        unit.hooks.tell("contact.done", "contact", contact_id)
        unit.surveys.save([_response(number, contact_id)])
        unit.draws.save([SurveyDraw(contact_id, "2026-11-16", CUSTOMERS[number // 2], "all", 0.5, is_drawn=True)])
        unit.connection.execute(
            insert(tables.tasks).values(
                run_id="run-1",
                contact_id=contact_id,
                state="done",
                priority=0,
                position=number,
                error=f"at {contact_id}",
            )
        )
        unit.audit.note("contact.viewed", "contact", contact_id, after={"said": said(contact_id)}, why=said(contact_id))

    def _fill_rest(self):
        ids = contact_ids()
        drawn = tuple(DrawnContact(each, Why.RANDOM, 0.5) for each in ids)
        session = CalibrationSession(
            "cal-1", "t", Purpose.RANDOM, "form", "1", ("c1",), drawn, ("Ugo",), "", DAY_ONE, NOW, 1
        )
        with self.database.unit_of_work() as unit:
            unit.calibration.save(session)
            for contact_id in ids:
                note = SheetAnswer("c1", Answer.MET, said(contact_id))
                unit.calibration.save_sheet(
                    Sheet("cal-1", "Ugo", contact_id, NOW, (note,), evaluation_id=f"ev-{contact_id}-form-0")
                )
                unit.documents.save("drivers", contact_id, dump({"example": contact_id}))
                entry = Quarantine(
                    f"/in/day/contacts.csv:{contact_id}", "ingest", "x.y", f"row of {contact_id}", "", ""
                )
                unit.work.quarantine(entry, is_contact=False)
                unit.reviews.save(_review(unit, contact_id), 0)
                unit.search.save(SavedSearch(f"s-{contact_id}", "ugo", f"cerco {contact_id}", said(contact_id)))
                unit.search.alert(f"s-{contact_id}", [contact_id], 1.0)
                unit.disputes.save(_dispute(contact_id), 0)
                look = OwnLook(contact_id, "A-1", NOW, NOW, said(contact_id), version=1)
                unit.disputes.keep_look(look, 0)
                unit.disputes.keep_times(contact_id, {"form": "f"}, NOW)
                unit.coaching_sessions.save(_session(contact_id), 0)
            unit.work_queues.add(*_queue(ids))
            unit.coaching_sessions.put_aside(PutAside("co-1", "A1", "later", date(2027, 1, 1), "ada", NOW))
            unit.documents.save("themes", "comments", dump({"centre": QUOTE}))
            unit.figures.add_milestone(Milestone("m-1", DAY_ONE.date(), Text("Copione", "Script")))
        cells = CellService(self.database.unit_of_work, self.database.reading, UTC)
        cells.catch_up()
        with self.database.unit_of_work() as unit:  # one mark more: this table is full only between a change and a run
            unit.work.finish(ids[0])
        for contact_id in ids:
            self.replies.put("ab" + contact_id, Reply(dump({"quote": said(contact_id)})))
        reviews = tuple(AnswerReview(each, Answer.MET, Answer.MET) for each in ids)
        self.answers.stand(Standing("c1", LifeStage.PEOPLE, labels=Count(3, 6), trained_on=tuple(ids), reviews=reviews))


def _queue(ids):
    plan = QueuePlan("week", "form", DAY_ONE.date(), NOW.date(), 6, (Quota("ugo", 6),))
    rows = [
        Assignment("q-1", each, "form", "ugo", EvaluationStep.FIRST, NOW.date(), 0.5, "A-1", (), 0, place)
        for place, each in enumerate(ids)
    ]
    return WorkQueue("q-1", plan, Scope(), 6, {}, NOW, "ada"), rows


def _review(unit, contact_id):
    (machine,) = unit.evaluations.of_contact(contact_id)
    given = GivenAnswer("c1", Answer.MET, why=said(contact_id))
    return Review(
        f"r-{contact_ids().index(contact_id)}", contact_id, "form", machine.id, "ugo", ReviewState.DONE, NOW, NOW,
        (given,), (PinnedNote(1.0, said(contact_id)),), said(contact_id), NOW, machine,
    )  # fmt: skip


def _dispute(contact_id):
    decided = GivenAnswer("c1", Answer.MET)
    item = DisputedItem("c1", Answer.NOT_MET, "rule", said(contact_id), 3.0, Ruling.OVERTURNED, decided,
                        said(contact_id))  # fmt: skip
    steps = (DisputeStep(NOW, "anna", "opened", {"c1": "not_met"}), DisputeStep(NOW, "vera", "decided"))
    return Dispute(
        f"d-{contact_ids().index(contact_id)}", contact_id, "form", "A-1", "anna", DisputeState.DECIDED, NOW, NOW,
        (item,), "", NOW, "vera", steps,
    )  # fmt: skip


def _session(contact_id):
    clip = SessionClip(contact_id, f"ev-{contact_id}-form-0", 0.5, 4.0, said(contact_id))
    step = SessionStep(NOW, "ada", StepKind.COMMENTED, said(contact_id))
    return CoachingSession(
        f"cs-{contact_ids().index(contact_id)}", AGENTS[0], "ada", "form", "c1", "co-1", (clip,), said(contact_id),
        date(2026, 12, 1), NOW, commitment=said(contact_id), history=(step,),
    )  # fmt: skip


def _response(number, contact_id):
    by_customer = number % 2 == 0
    return SurveyResponse(
        f"R-{number + 1}", contact_id="" if by_customer else contact_id, agent_id=AGENTS[number % 2].id,
        customer_id=CUSTOMERS[number // 2] if by_customer else "", nps=(2, 9, 10, 7, 1, 8)[number],
        answered_at=DAY_ONE + timedelta(hours=26 * number + 1), satisfaction=(2, 9, 10, 7, 3, 8)[number],
        comment=f"avvocato! {said(contact_id)}",
    )  # fmt: skip
