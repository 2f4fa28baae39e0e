"""The pages that people go to, with the right that each needs: nobody is shown the way to what they may not see."""

from collections.abc import Iterator
from dataclasses import dataclass

from qm.domain.people import Principal, Right


@dataclass(frozen=True)
class Page:
    """One page of the menu.

    Attributes:
        whole: over the whole site, so that whoever sees only a part may not.
    """

    name: str
    address: str
    right: Right
    whole: bool = False

    def is_open_to(self, principal: Principal) -> bool:
        """Whether somebody may go there."""
        return principal.may(self.right) and (not self.whole or principal.scope.is_whole)

    def covers(self, path: str) -> bool:
        """Whether a path is this page or lies below it."""
        return path == self.address or path.startswith(self.address.rstrip("/") + "/")


@dataclass(frozen=True)
class Section:
    """Pages that stand together under one heading."""

    name: str
    pages: tuple[Page, ...]


@dataclass(frozen=True)
class Link:
    """What is shown of a page or section."""

    name: str
    address: str
    is_here: bool


def _alone(name: str, address: str, right: Right, *, whole: bool = False) -> Section:
    return Section(name, (Page(name, address, right, whole),))


SECTIONS = (
    _alone("overview", "/", Right.FIGURES_READ),
    _alone("contacts", "/contacts", Right.CONTACT_READ),
    _alone("search", "/search", Right.SEARCH_USE),
    Section("work", (
        Page("mine", "/queue", Right.REVIEW_WRITE),
        Page("queues", "/queues", Right.REVIEW_ASSIGN),
    )),
    Section("dashboards", (
        Page("scores", "/dashboards", Right.FIGURES_READ),
        Page("criteria", "/dashboards/criteria", Right.FIGURES_READ),
        Page("trend", "/dashboards/trend", Right.FIGURES_READ),
        Page("data", "/dashboards/data", Right.FIGURES_READ),
    )),
    Section("mine", (
        Page("mine", "/mine", Right.OWN_READ),
        Page("my_coaching", "/mine/coaching", Right.OWN_READ),
    )),
    Section("disputes", (
        Page("disputes", "/disputes", Right.DISPUTE_DECIDE),
        Page("dispute_figures", "/disputes/figures", Right.DISPUTE_DECIDE),
    )),
    _alone("coaching", "/coaching", Right.COACHING_READ),
    Section("voc", (
        Page("voc", "/voc", Right.FIGURES_READ, whole=True),
        Page("cases", "/cases", Right.CASE_READ),
        Page("comments", "/comments", Right.CONTACT_READ, whole=True),
        Page("drivers", "/drivers", Right.FIGURES_READ, whole=True),
        Page("selection", "/selection", Right.FIGURES_READ, whole=True),
        Page("estimates", "/estimates", Right.FIGURES_READ, whole=True),
    )),
    Section("calibration", (
        Page("sessions", "/calibration", Right.CALIBRATION_ANSWER, whole=True),
        Page("raters", "/calibration/raters", Right.FIGURES_READ, whole=True),
        Page("map", "/calibration/map", Right.FIGURES_READ, whole=True),
    )),
    _alone("quarantine", "/quarantine", Right.FIGURES_READ, whole=True),
    _alone("audit", "/audit", Right.AUDIT_READ, whole=True),
    _alone("hooks", "/hooks", Right.HOOK_MANAGE, whole=True),
)  # fmt: skip
"""In the order in which they are shown."""


def sections_of(principal: Principal, path: str) -> tuple[Link, ...]:
    """The headings with something below them for this person; each leads to the first page that is open to them."""
    return tuple(
        Link(section.name, pages[0].address, _here(section, path) is not None)
        for section in SECTIONS
        if (pages := [page for page in section.pages if page.is_open_to(principal)])
    )


def pages_of(name: str, principal: Principal, path: str) -> tuple[Link, ...]:
    """The pages of a section that are open to this person."""
    (section,) = (one for one in SECTIONS if one.name == name)
    here = _here(section, path)
    return tuple(
        Link(page.name, page.address, page is here) for page in section.pages if page.is_open_to(principal)
    )  # fmt: skip


def first_page(principal: Principal) -> str:
    """Where somebody begins; empty where nothing is open to them."""
    return next((page.address for page in _pages() if page.is_open_to(principal)), "")


def _pages() -> Iterator[Page]:
    for section in SECTIONS:
        yield from section.pages


def _here(section: Section, path: str) -> Page | None:
    """The page that a path belongs to: the one with the longest address; the front page is nobody's parent."""
    fitting = [page for page in section.pages if page.covers(path) and (page.address != "/" or path == "/")]
    return max(fitting, key=lambda page: len(page.address), default=None)
