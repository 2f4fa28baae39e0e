"""Searches that people keep: what is sent to keep one, and what is told of them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qm.domain.search import LONGEST_NAME, LONGEST_QUERY, SavedSearch, SearchFilter
from qm.services.saved_searches import KeptSearch


class SearchWish(BaseModel):
    """A search to keep; one of the same name is replaced."""

    model_config = ConfigDict(
        frozen=True, extra="forbid",
        json_schema_extra={"example": {"name": "disdette", "q": "cliente:disdetta -scherzo", "alerts": True}},
    )  # fmt: skip

    name: Annotated[str, Field(max_length=LONGEST_NAME)]
    q: Annotated[str, Field(max_length=LONGEST_QUERY, description="as it's typed into the search field")]
    filters: SearchFilter = SearchFilter()
    alerts: Annotated[bool, Field(description="list newly worked contacts in which it finds something")] = False


class SearchRow(BaseModel):
    """A kept search."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    q: str
    filters: SearchFilter
    alerts: bool
    unread: Annotated[int, Field(description="contacts of its alerts that haven't been read")]

    @classmethod
    def of(cls, search: SavedSearch, unread: int = 0) -> "SearchRow":
        """The same of a kept search."""
        return cls(
            id=search.id, name=search.name, q=search.text, filters=search.filters, alerts=search.alerts, unread=unread
        )


class SearchList(BaseModel):
    """One's own searches, by name."""

    items: list[SearchRow]

    @classmethod
    def of(cls, kept: tuple[KeptSearch, ...]) -> "SearchList":
        """All of them."""
        return cls(items=[SearchRow.of(one.search, one.unread) for one in kept])


class AlertRow(BaseModel):
    """A contact in which a kept search found something."""

    contact_id: str
    started_at: datetime
    agent_name: str
    team: str
    is_new: Annotated[bool, Field(description="not read before now")]


class AlertList(BaseModel):
    """What a kept search found since alerts were asked for, the last first."""

    search: SearchRow
    items: list[AlertRow]

    @property
    def contacts(self) -> list[AlertRow]:
        """The same; templates find another thing under `items`."""
        return self.items
