"""What can go wrong, by what one does about it."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.rpc import error_details_pb2, status_pb2

if TYPE_CHECKING:
    from ._embeddings import Embeddings


class TriptychError(Exception):
    """A failed call. `reason` is stable and one of the catalogue's (docs/api.md); empty where the failure is not Triptych's own."""

    def __init__(
        self,
        message: str,
        *,
        code: grpc.StatusCode = grpc.StatusCode.UNKNOWN,
        reason: str = "",
        field: str = "",
        retry_delay_s: float | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason
        #: Path of the offending field.
        self.field = field
        #: How long the server asks to wait before another attempt; None where another would fail, too.
        self.retry_delay_s = retry_delay_s
        #: What the server's log knows the call by.
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.reason or self.code.name}: {self.message}"

    @property
    def is_retryable(self) -> bool:
        """Whether the same call may succeed later. Encoding has no effects, so it may always be repeated."""
        if self.reason:
            return self.retry_delay_s is not None
        return self.code is grpc.StatusCode.UNAVAILABLE or self.is_broken_off

    @property
    def is_broken_off(self) -> bool:
        """Whether a connection or a proxy ended the call: what Triptych itself refuses has a reason."""
        return not self.reason and self.code in _BROKEN_OFF

    @property
    def is_passing(self) -> bool:
        """Whether a live stream that ends with it may go on over another connection: nobody is there, the connection broke off, or the server
        says how long to wait."""
        return self.code is grpc.StatusCode.UNAVAILABLE or self.is_broken_off or self.retry_delay_s is not None

    @property
    def is_too_large(self) -> bool:
        """Whether fewer items at a time may succeed. Without a reason, gRPC found the message too large for this client."""
        if self.reason:
            return self.reason in ("BATCH_TOO_LARGE", "MESSAGE_TOO_LARGE")
        return self.code is grpc.StatusCode.RESOURCE_EXHAUSTED


class InvalidInputError(TriptychError):
    """The request is wrong, and stays wrong."""


class NotFoundError(TriptychError):
    """No model of this name is served."""


class NotServedError(TriptychError):
    """The server does not serve this modality or method."""


class OverloadedError(TriptychError):
    """The server has too much to do, or the request is larger than it takes."""


class UnavailableError(TriptychError):
    """No server could be reached, or it is starting or ending."""


class DeadlineError(TriptychError):
    """The answer did not come in time: allow more, or send fewer items at a time."""


class CancelledError(TriptychError):
    """The call was cancelled."""


class AuthenticationError(TriptychError):
    """The call brings no token that the server knows."""


class PermissionDeniedError(TriptychError):
    """The token may not call this method."""


class InternalError(TriptychError):
    """A fault of the server; its log has the cause, by `request_id`."""


class ModelChangedError(TriptychError):
    """The server's model was replaced while items were encoded: their vectors are of two models. Encode all of them anew."""


_BROKEN_OFF = (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
_CLASSES: dict[grpc.StatusCode, type[TriptychError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidInputError,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.UNIMPLEMENTED: NotServedError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineError,
    grpc.StatusCode.CANCELLED: CancelledError,
    grpc.StatusCode.UNAUTHENTICATED: AuthenticationError,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
    grpc.StatusCode.INTERNAL: InternalError,
}
_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True)
class ItemFailure:
    """Why one item has no vector, while the others have theirs."""

    #: In the input.
    index: int
    id: str
    reason: str
    message: str
    field: str = ""
    code: grpc.StatusCode = grpc.StatusCode.UNKNOWN
    is_retryable: bool = False

    def __str__(self) -> str:
        name = f"item {self.index}" + (f" ({self.id})" if self.id else "")
        return f"{name}: {self.reason}: {self.message}"


class ItemsFailedError(TriptychError):
    """Some items have no vector. `embeddings` has those of the others, and `failures` says why."""

    def __init__(self, embeddings: Embeddings) -> None:
        failures = embeddings.failures
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        first = failures[0]
        super().__init__(f"{first}{more}", code=first.code, reason=first.reason, field=first.field)
        self.embeddings = embeddings
        self.failures = failures

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is otherwise made anew of its message, as where a pool of processes hands it on.
        return type(self), (self.embeddings,)


def code_of(number: int) -> grpc.StatusCode:
    """The status of a `google.rpc.Code`."""
    return _CODES.get(number, grpc.StatusCode.UNKNOWN)


def error_of(thrown: Any) -> TriptychError:
    """What a `grpc.RpcError` says, from its trailer `grpc-status-details-bin`."""
    code: grpc.StatusCode = thrown.code() or grpc.StatusCode.UNKNOWN
    details: dict[str, Any] = {}
    for key, value in thrown.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            details = _read_details(value)
    return _CLASSES.get(code, TriptychError)(thrown.details() or code.name, code=code, **details)


def _read_details(value: bytes) -> dict[str, Any]:
    details: dict[str, Any] = {}
    status = status_pb2.Status()
    try:
        status.ParseFromString(value)
    except Exception:  # The bytes are something else; the status stays what it is.
        return details
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    bad = error_details_pb2.BadRequest()
    request = error_details_pb2.RequestInfo()
    for detail in status.details:
        if detail.Unpack(info):
            details["reason"] = info.reason
        elif detail.Unpack(retry):
            details["retry_delay_s"] = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
        elif detail.Unpack(bad) and bad.field_violations:
            details["field"] = bad.field_violations[0].field
        elif detail.Unpack(request):
            details["request_id"] = request.request_id
    return details
