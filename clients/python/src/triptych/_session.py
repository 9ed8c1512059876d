"""What all streams that outlive their connections have in common."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

Event = TypeVar("Event", covariant=True)

#: Chunks that may wait to be sent.
MOST_UNSENT = 16


@dataclass(frozen=True)
class Taken(Generic[Event]):
    """What an answer means."""

    #: What the reader is to see; None for nothing.
    event: Event | None = None
    #: Whether it shows that this attempt got somewhere.
    is_progress: bool = False
    #: Whether it is the last one.
    is_last: bool = False


class Session(Protocol[Event]):
    """A stream's state over all of its connections."""

    #: Whether all is kept that it takes to open it anew.
    is_resumable: bool
    #: Whether more waits, or is kept, than may.
    is_full: bool

    def open(self) -> None:
        """A connection is opened: it starts where the last one stopped."""

    def broken(self) -> None:
        """The connection ended; nothing is sent until the next one is opened."""

    def next_request(self) -> Any | None:
        """What is sent next; None while there is nothing."""

    def take(self, answer: Any) -> Taken[Event]: ...
