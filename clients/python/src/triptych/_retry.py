"""When to try again."""
from __future__ import annotations

from dataclasses import dataclass

_LONGEST_WAIT_S = 5.0
#: A server that asks for a longer wait than this is not waited for any longer.
_LONGEST_DELAY_S = 60.0


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call, or a stream without an answer in between, is attempted, and how long is waited in between."""

    max_attempts: int = 10
    #: Before the second attempt; it doubles up to 5 s.
    first_wait_s: float = 0.1

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.first_wait_s < 0:
            raise ValueError("max_attempts is at least 1, first_wait_s at least 0")

    def wait_s(self, attempt: int, delay_s: float | None = None) -> float:
        """Seconds to wait after a failed attempt, counted from 1: at least what the server asks for."""
        growing = min(self.first_wait_s * 2.0 ** min(attempt - 1, 30), _LONGEST_WAIT_S)
        return max(growing, min(delay_s or 0.0, _LONGEST_DELAY_S))
