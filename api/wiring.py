"""Joins services to storage. The only module of `api` that knows how things are kept."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from time import monotonic
from zoneinfo import ZoneInfo

import qm
from api.listening import Listening
from api.playback import Playback
from qm.analysis.voc.link_surveys import LinkPolicy
from qm.config import Settings
from qm.domain.form import Form
from qm.domain.milestone import Milestone
from qm.domain.people import Scope
from qm.domain.sign_in import SessionRules
from qm.domain.text import Language
from qm.domain.voc_plan import VocPlan
from qm.operations.hook_post import new_secret
from qm.operations.identity_provider import IdentityProvider
from qm.operations.one_time_codes import new_key, step_of
from qm.operations.passwords import Passwords, common_passwords
from qm.ports import ObjectStore, UnitOfWork
from qm.rules.loader import load_packs
from qm.services.account import AccountService
from qm.services.assignments import AssignmentService
from qm.services.audit import AuditService
from qm.services.calibration import CalibrationService
from qm.services.cases import CaseService
from qm.services.coaching import CoachingService
from qm.services.coaching_picker import CoachingPicker
from qm.services.coaching_sessions import CoachingSessionService
from qm.services.comments import CommentService
from qm.services.contact_export import ContactExport
from qm.services.contacts import ContactService
from qm.services.dashboards import DashboardService
from qm.services.days import DayService
from qm.services.derive_form import DeriveService
from qm.services.disputes import DisputeService
from qm.services.drivers import DriverService
from qm.services.estimates import EstimateService
from qm.services.figure_cells import CellService
from qm.services.hook_address import hosts_of
from qm.services.hooks import HookService
from qm.services.overturns import OverturnService
from qm.services.own_contacts import OwnContactService
from qm.services.people import PeopleService
from qm.services.rater_study import RaterStudyService
from qm.services.remembered import Remembered
from qm.services.repeats import RepeatService
from qm.services.reviews import ReviewService
from qm.services.saved_searches import SavedSearchService
from qm.services.search import SearchService
from qm.services.selection import SelectionService
from qm.services.sign_in import SignInService
from qm.services.survey_intake import SurveyIntake
from qm.services.survey_reports import SurveyReportService
from qm.services.surveys import SurveyService
from qm.services.vcon_export import VconExport
from qm.services.work_queues import WorkQueueService
from qm.storage.answer_folder import AnswerFolder
from qm.storage.audit_anchors import FileAnchors
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database
from qm.storage.objects import make_objects
from qm.storage.site_watch import SiteWatch
from qm.voc_file import read_plan

UNNAMED = "unnamed"
"""Stands in the audit trail for a process of ours that acts for nobody."""


CHOICES_S = 20.0
"""The choices of a list's filters are made anew after so long: on a large site that takes 0.1 s."""


@dataclass(frozen=True)
class Services:
    """The use cases that pages and JSON routes call."""

    contacts: ContactService
    coaching: CoachingService
    days: DayService
    database: Database
    objects: ObjectStore
    playback: Playback
    survey_intake: SurveyIntake
    survey_reports: SurveyReportService
    plan: VocPlan
    cases: CaseService
    comments: CommentService
    calibration: CalibrationService
    rater_study: RaterStudyService
    selection: SelectionService
    estimates: EstimateService
    drivers: DriverService
    derive: DeriveService
    audit: AuditService
    listening: Listening
    sign_in: SignInService
    people: PeopleService
    reviews: ReviewService
    work_queues: WorkQueueService
    assignments: AssignmentService
    disputes: DisputeService
    overturns: OverturnService
    own: OwnContactService
    coaching_sessions: CoachingSessionService
    account: AccountService
    dashboards: DashboardService
    provider: IdentityProvider | None
    search: SearchService
    searches: SavedSearchService
    hooks: HookService
    repeats: RepeatService
    export: ContactExport
    vcon: VconExport

    def seen_by(self, scope: Scope) -> "Services":
        """The same for somebody who sees that scope. What isn't narrowed here is for whoever sees the whole site."""
        if scope.is_whole:
            return self
        return replace(
            self, contacts=self.contacts.seen_by(scope), coaching=self.coaching.seen_by(scope),
            cases=self.cases.seen_by(scope), reviews=self.reviews.seen_by(scope),
            work_queues=self.work_queues.seen_by(scope), assignments=self.assignments.seen_by(scope),
            search=self.search.seen_by(scope),
            export=self.export.seen_by(scope), vcon=self.vcon.seen_by(scope),
            dashboards=self.dashboards.seen_by(scope), days=self.days.seen_by(scope),
            disputes=self.disputes.seen_by(scope), overturns=self.overturns.seen_by(scope), own=self.own.seen_by(scope),
            coaching_sessions=self.coaching_sessions.seen_by(scope),
        )  # fmt: skip


def build_services(settings: Settings) -> Services:
    """Services over the database and the object folder of the settings.

    Raises:
        NotFoundError: no rule pack where the settings look for them.
        RulePackError: a pack has faults.
    """
    pen = AuditPen(UNNAMED)
    database = Database(settings.database_url, settings.database_password_file, "qm serve", pen=pen)
    objects = make_objects(settings)
    writing, reading = database.unit_of_work, database.reading
    forms = {pack.form.id: pack.form for pack in load_packs(settings.rules)}
    plan, least = read_plan(settings.voc), settings.min_n
    language = Language(settings.language)
    cases = CaseService(writing, reading, plan, _now, least)
    sign_in = _sign_in(settings, writing, reading)
    calibration = CalibrationService(writing, reading, forms, plan, _now, least)
    search = SearchService(reading, forms, ZoneInfo(plan.window.zone), monotonic, settings.search_ms / 1000)
    overturns = OverturnService(writing, reading, forms, lambda: AnswerFolder(settings.data / "answers"), least)
    cells = CellService(writing, reading, settings.timezone)
    disputes, own = _agents_side(settings, writing, reading, forms, overturns)
    return Services(
        search=search,
        searches=SavedSearchService(writing, reading, search, _now, token_hex),
        database=database,
        objects=objects,
        playback=Playback(objects),
        plan=plan,
        contacts=ContactService(reading, forms, remembered=Remembered(monotonic, CHOICES_S)),
        coaching=CoachingService(reading, forms),
        days=DayService(reading, forms, cells, least),
        survey_intake=_survey_intake(settings, writing, reading, forms, plan, cases),
        survey_reports=SurveyReportService(reading, plan, least),
        cases=cases,
        comments=CommentService(reading, forms, least, has_sentiment=settings.sentiment, language=language),
        calibration=calibration,
        rater_study=RaterStudyService(writing, reading, forms, plan, calibration, _now),
        selection=SelectionService(writing, reading, plan, least),
        estimates=EstimateService(writing, reading, plan, least),
        drivers=DriverService(reading, forms, plan),
        derive=DeriveService(reading, forms, plan),
        audit=AuditService(writing, reading, FileAnchors(settings.data), _now),
        listening=Listening(monotonic),
        reviews=ReviewService(writing, reading, forms, _now, token_hex),
        work_queues=WorkQueueService(writing, reading, forms, plan.window.zone, _now, token_hex, least),
        assignments=AssignmentService(writing, reading, plan.window.zone, _now),
        disputes=disputes,
        overturns=overturns,
        own=own,
        coaching_sessions=CoachingSessionService(writing, reading, forms, _now, token_hex, least),
        sign_in=sign_in,
        people=PeopleService(writing, reading, sign_in, _now),
        dashboards=_dashboards(settings, writing, reading, forms, plan, cells),
        account=AccountService(sign_in, new_key),
        provider=IdentityProvider(settings, monotonic) if settings.oidc_issuer else None,
        hooks=HookService(writing, reading, hosts_of(settings.hook_hosts), _now, token_hex, new_secret),
        repeats=RepeatService(writing, _now),
        vcon=VconExport(ContactService(reading, forms), objects, settings.public_url, qm.__version__, _now),
        export=ContactExport(reading, forms, plan.window.zone),
    )


def _dashboards(
    settings: Settings, writing: UnitOfWork, reading: UnitOfWork, forms: dict[str, Form], plan: VocPlan,
    cells: CellService,
) -> DashboardService:  # fmt: skip
    planned = [Milestone("", one.on, one.title) for one in plan.milestones]
    return DashboardService(writing, reading, forms, cells, settings.min_n, token_hex, planned)


def _agents_side(
    settings: Settings, writing: UnitOfWork, reading: UnitOfWork, forms: dict[str, Form], overturns: OverturnService
) -> tuple[DisputeService, OwnContactService]:
    window, to_decide = timedelta(hours=settings.dispute_h), timedelta(hours=settings.dispute_decide_h)
    disputes = DisputeService(writing, reading, forms, _now, token_hex, window, to_decide, overturns.follow)
    own = OwnContactService(
        writing, reading, forms, _now, ContactService(reading, forms), disputes, settings.self_assessment,
        settings.min_n,
    )  # fmt: skip
    return disputes, own


def _sign_in(settings: Settings, writing: UnitOfWork, reading: UnitOfWork) -> SignInService:
    rules = SessionRules(timedelta(minutes=settings.session_min), timedelta(hours=settings.session_h))
    return SignInService(writing, reading, Passwords(), _now, rules, common_passwords(), step_of)


def build_watch(settings: Settings, services: Services) -> SiteWatch:
    """What tells whether this process is ready."""
    return SiteWatch(services.database, services.objects, settings.lease_s)


def _survey_intake(
    settings: Settings, writing: UnitOfWork, reading: UnitOfWork, forms: dict[str, Form], plan: VocPlan,
    cases: CaseService,
) -> SurveyIntake:  # fmt: skip
    policy = LinkPolicy(timedelta(hours=settings.link_hours), settings.link_confidence)
    surveys = SurveyService(writing, policy, plan.scales)
    return SurveyIntake(surveys, cases, CoachingPicker(writing, reading, forms, settings.coaching_items))


def _now() -> datetime:
    return datetime.now(UTC)
