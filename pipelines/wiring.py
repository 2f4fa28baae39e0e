"""The one place of the pipelines that joins ports to what implements them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from models.audio_engine import PyAvAudioReader
from models.catalogue import Progress
from pipelines.answers import make_answers, make_encoder
from pipelines.commands.actor import login_name
from pipelines.day import DayBatch
from pipelines.engines import make_diariser, make_transcriber
from pipelines.files.vocabulary_file import read_vocabulary
from pipelines.generative import make_generative, recall_generative, with_generative
from pipelines.retries import Tell, say_nothing
from pipelines.stage import Stage
from pipelines.stopping import Stop
from pipelines.work_wiring import make_batch, make_stages
from qm.analysis.voc.link_surveys import LinkPolicy
from qm.config import Settings
from qm.domain.form import Form
from qm.domain.text import Language
from qm.domain.voc_plan import VocPlan
from qm.domain.vocabulary import Vocabulary
from qm.ports import AudioReader, Diariser, ObjectStore, SentenceEncoder, Transcriber
from qm.rules.loader import load_packs
from qm.rules.pack import Pack
from qm.rules.scene import Thresholds
from qm.services.answers import AnswerService
from qm.services.cases import CaseService
from qm.services.coaching import CoachingService
from qm.services.contacts import ContactService
from qm.services.figures import FigureService
from qm.services.generative import GenerativeAnswers
from qm.services.scoring import Aids, ScoringService
from qm.services.surveys import SurveyService
from qm.storage.audit_anchors import FileAnchors
from qm.storage.audit_store import AuditPen
from qm.storage.database import Database, Patience
from qm.storage.objects import make_objects
from qm.voc_file import read_plan

if TYPE_CHECKING:
    from qm.services.assignments import AssignmentService
    from qm.services.audit import AuditService
    from qm.services.calibration import CalibrationService
    from qm.services.coaching_picker import CoachingPicker
    from qm.services.coaching_sessions import CoachingSessionService
    from qm.services.comments import CommentService
    from qm.services.days import DayService
    from qm.services.derive_form import DeriveService
    from qm.services.drivers import DriverService
    from qm.services.erasure import ErasureService
    from qm.services.estimates import EstimateService
    from qm.services.figure_cells import CellService
    from qm.services.holds import HoldService
    from qm.services.objects import ObjectService
    from qm.services.people import PeopleService
    from qm.services.rater_study import RaterStudyService
    from qm.services.retention import RetentionService
    from qm.services.selection import SelectionService
    from qm.services.survey_draws import SurveyDrawService
    from qm.services.survey_reports import SurveyReportService
    from qm.services.work_queues import WorkQueueService

PAUSES_S = (0.2, 0.5, 1.0, 2.0)
"""Between tries to begin a transaction while the database is away: a restart of its server is ridden out."""


@dataclass
class Wiring:
    """Everything a command needs, made on first use.

    Attributes:
        transcriber: given by tests and benches; the real one otherwise.
        diariser: likewise; with a given transcriber, none otherwise.
        progress: told what a download is doing.
        stop: how work is asked to stop.
        tell: told when the database or the object store is away, and work waits for it.
        held_up: told of a run that is waited for while somebody has paused it.
    """

    settings: Settings
    transcriber: Transcriber | None = None
    diariser: Diariser | None = None
    reader: AudioReader | None = None
    progress: Progress = lambda _line: None
    stop: Stop = field(default_factory=Stop)
    tell: Tell = say_nothing
    held_up: Callable[[str], None] = lambda _run_id: None
    thresholds: Thresholds = field(default_factory=Thresholds)

    @cached_property
    def database(self) -> Database:
        """The database; its schema isn't touched."""
        settings = self.settings
        pen = AuditPen(settings.actor or login_name())
        return Database(settings.database_url, settings.database_password_file, "qm", Patience(PAUSES_S, sleep), pen)

    @cached_property
    def audit(self) -> "AuditService":
        """The audit trail."""
        from qm.services.audit import AuditService

        database, anchors = self.database, FileAnchors(self.settings.data)
        return AuditService(database.unit_of_work, database.reading, anchors, lambda: datetime.now(UTC))

    @cached_property
    def object_service(self) -> "ObjectService":
        """Looking after the object store."""
        from qm.services.objects import ObjectService

        database = self.database
        return ObjectService(database.unit_of_work, database.reading, self.objects, lambda: datetime.now(UTC))

    @cached_property
    def erasure(self) -> "ErasureService":
        """Erasing on request."""
        from pipelines.erasure_wiring import make_erasure

        return make_erasure(self)

    @cached_property
    def retention(self) -> "RetentionService":
        """Erasing by date; reading the plan raises every fault that it has."""
        from pipelines.erasure_wiring import make_retention

        return make_retention(self)

    @cached_property
    def holds(self) -> "HoldService":
        """Legal holds."""
        from pipelines.erasure_wiring import make_holds

        return make_holds(self)

    @cached_property
    def people(self) -> "PeopleService":
        """Who may sign in."""
        from qm.operations.passwords import Passwords
        from qm.services.people import PeopleService
        from qm.services.sign_in import SignInService

        writing, reading = self.database.unit_of_work, self.database.reading
        sign_in = SignInService(writing, reading, Passwords(), lambda: datetime.now(UTC))
        return PeopleService(writing, reading, sign_in, lambda: datetime.now(UTC))

    @cached_property
    def objects(self) -> ObjectStore:
        """The object store, a folder or S3; nothing is sent yet."""
        return make_objects(self.settings)

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """The packs in force; loading them raises every fault they have."""
        return load_packs(self.settings.rules)

    @cached_property
    def forms(self) -> dict[str, Form]:
        """The packs' forms by id."""
        return {pack.form.id: pack.form for pack in self.packs}

    @cached_property
    def engine(self) -> Transcriber:
        """The recogniser, not yet warm."""
        return self.transcriber or make_transcriber(self.settings, self.progress)

    @cached_property
    def voice_engine(self) -> Diariser | None:
        """What tells voices apart, not yet warm; `None` where the settings or the installation have none."""
        if self.diariser or self.transcriber:
            return self.diariser
        return make_diariser(self.settings, self.progress)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Names and products to expect."""
        return read_vocabulary(Path(self.settings.vocabulary)) if self.settings.vocabulary else Vocabulary()

    @cached_property
    def audio_reader(self) -> AudioReader:
        """The decoder."""
        return self.reader or PyAvAudioReader()

    @cached_property
    def surveys(self) -> SurveyService:
        """Survey use cases."""
        policy = LinkPolicy(timedelta(hours=self.settings.link_hours), self.settings.link_confidence)
        return SurveyService(self.database.unit_of_work, policy, self.plan.scales)

    @cached_property
    def survey_draws(self) -> "SurveyDrawService":
        """The sampling plan at work."""
        from qm.services.survey_draws import SurveyDrawService

        return SurveyDrawService(self.database.unit_of_work, self.plan)

    @cached_property
    def survey_reports(self) -> "SurveyReportService":
        """What surveys say."""
        from qm.services.survey_reports import SurveyReportService

        return SurveyReportService(self.database.reading, self.plan, self.settings.min_n)

    @cached_property
    def coaching(self) -> CoachingService:
        """The coaching list."""
        return CoachingService(self.database.reading, self.forms)

    @cached_property
    def coaching_picker(self) -> "CoachingPicker":
        """What makes it."""
        from qm.services.coaching_picker import CoachingPicker

        return CoachingPicker(
            self.database.unit_of_work, self.database.reading, self.forms, self.settings.coaching_items
        )

    @cached_property
    def coaching_sessions(self) -> "CoachingSessionService":
        """What supervisors planned with agents, and what changed since."""
        from secrets import token_hex

        from qm.services.coaching_sessions import CoachingSessionService

        units = self.database.unit_of_work, self.database.reading
        return CoachingSessionService(*units, self.forms, lambda: datetime.now(UTC), token_hex, self.settings.min_n)

    @cached_property
    def contacts(self) -> ContactService:
        """Reading contacts."""
        return ContactService(self.database.unit_of_work, self.forms)

    @cached_property
    def figures(self) -> FigureService:
        """The contacts of a run in numbers."""
        return FigureService(self.database.unit_of_work, self.forms, self.settings.min_n)

    @cached_property
    def days(self) -> "DayService":
        """A day in numbers."""
        from qm.services.days import DayService

        return DayService(self.database.reading, self.forms, self.cells, self.settings.min_n)

    @cached_property
    def cells(self) -> "CellService":
        """The sums that dashboards add up."""
        from qm.services.figure_cells import CellService

        return CellService(self.database.unit_of_work, self.database.reading, self.settings.timezone)

    @cached_property
    def plan(self) -> VocPlan:
        """The site's plan for the voice of the customer; reading it raises every fault that it has."""
        return read_plan(self.settings.voc)

    @cached_property
    def cases(self) -> CaseService:
        """Detractor cases."""
        database = self.database
        return CaseService(
            database.unit_of_work, database.reading, self.plan, lambda: datetime.now(UTC), self.settings.min_n
        )

    @cached_property
    def work_queues(self) -> "WorkQueueService":
        """Draws of contacts for review."""
        from secrets import token_hex

        from qm.services.work_queues import WorkQueueService

        units, zone = (self.database.unit_of_work, self.database.reading), self.plan.window.zone
        return WorkQueueService(
            *units, self.forms, zone, lambda: datetime.now(UTC), token_hex, self.settings.min_n
        )  # fmt: skip

    @cached_property
    def assignments(self) -> "AssignmentService":
        """Who reviews what of these draws."""
        from qm.services.assignments import AssignmentService

        units = self.database.unit_of_work, self.database.reading
        return AssignmentService(*units, self.plan.window.zone, lambda: datetime.now(UTC))

    @cached_property
    def calibration(self) -> "CalibrationService":
        """Calibration sessions."""
        from qm.services.calibration import CalibrationService

        database, settings = self.database, self.settings
        return CalibrationService(
            database.unit_of_work, database.reading, self.forms, self.plan, lambda: datetime.now(UTC), settings.min_n
        )

    @cached_property
    def selection(self) -> "SelectionService":
        """Who answers surveys, and what that does to the figures."""
        from qm.services.selection import SelectionService

        return SelectionService(self.database.unit_of_work, self.database.reading, self.plan, self.settings.min_n)

    @cached_property
    def drivers(self) -> "DriverService":
        """What goes with satisfied customers."""
        from qm.services.drivers import DriverService

        return DriverService(self.database.unit_of_work, self.forms, self.plan)

    @cached_property
    def derive(self) -> "DeriveService":
        """Forms proposed from what customers say."""
        from qm.services.derive_form import DeriveService

        return DeriveService(self.database.unit_of_work, self.forms, self.plan)

    @cached_property
    def estimates(self) -> "EstimateService":
        """Satisfaction of customers whom nobody asked."""
        from qm.services.estimates import EstimateService

        return EstimateService(self.database.unit_of_work, self.database.reading, self.plan, self.settings.min_n)

    @cached_property
    def rater_study(self) -> "RaterStudyService":
        """Severity of raters, what scores tell of satisfaction, how many contacts a figure needs."""
        from qm.services.rater_study import RaterStudyService

        database = self.database
        return RaterStudyService(
            database.unit_of_work, database.reading, self.forms, self.plan, self.calibration, lambda: datetime.now(UTC)
        )

    @cached_property
    def encoder(self) -> SentenceEncoder:
        """The encoder of sentences, not yet warm."""
        return make_encoder(self.settings, self.progress)

    @cached_property
    def comments(self) -> "CommentService":
        """What customers write and say in their own words."""
        from qm.services.comments import CommentService

        return CommentService(
            self.database.unit_of_work, self.forms, self.settings.min_n, has_sentiment=self.settings.sentiment,
            language=Language(self.settings.language), encoder=self.encoder,
        )  # fmt: skip

    @cached_property
    def answers(self) -> AnswerService:
        """Answers learned from analysts' labels."""
        criteria = {criterion.id for form in self.forms.values() for criterion in form.criteria}
        return make_answers(self.settings, self.database.unit_of_work, self.encoder, criteria)

    @cached_property
    def rule_aids(self) -> Aids:
        """What helps the rules while they decide: meaning, and models in use. Nothing is loaded where nothing asks."""
        meant = any(pack.asks_for_meaning for pack in self.packs)
        hashes = {**self.answers.hashes(), **({"encoder": self.encoder.describe().sha256} if meant else {})}
        return Aids(hashes, self.encoder if meant else None, self.answers.predict)

    @cached_property
    def aids(self) -> Aids:
        """The same, and generative answers where the settings have them."""
        return with_generative(self.rule_aids, self.generative)

    @cached_property
    def generative(self) -> GenerativeAnswers | None:
        """Generative answers, warm; `None` where they're off."""
        return make_generative(self.settings, self.progress)

    @cached_property
    def scoring(self) -> ScoringService:
        """Replay; generative answers come from what is kept, no endpoint is asked."""

        def recall(then: Mapping[str, str]) -> Aids:
            return recall_generative(self.settings, self.rule_aids, then, self.progress)

        return ScoringService(self.database.unit_of_work, self.packs, recall)

    @cached_property
    def stages(self) -> tuple[Stage[Any, Any], ...]:
        """What a worker does with a contact, in order; a bench puts a stop-watch round each."""
        return make_stages(self)

    @cached_property
    def batch(self) -> DayBatch:
        """The day's batch with its stages."""
        return make_batch(self)
