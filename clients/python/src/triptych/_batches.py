"""Many items as calls of the size that a server takes. No I/O: generators say what to do next, and clients do it."""
from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, Union

from ._embeddings import Embeddings, Vector, read_embedding
from ._errors import ItemFailure, ModelChangedError, TriptychError, code_of
from ._retry import RetryPolicy
from .v1 import common_pb2

Item = TypeVar("Item")

#: Bytes of one call: half of what a server receives by default.
_BATCH_BYTES = 8 * 1024 * 1024


@dataclass
class BatchLimit:
    """How much goes into one call; it shrinks where the server says that a call was too large."""

    items: int
    bytes: int = _BATCH_BYTES


@dataclass(frozen=True)
class Call:
    """Make a call with these items, and send its answer in (or throw its TriptychError)."""

    items: Sequence[Any]


@dataclass(frozen=True)
class Pause:
    """Come back after this long."""

    seconds: float


Step = Union[Call, Pause]


@dataclass(frozen=True)
class Kind(Generic[Item]):
    """What is particular to texts, images or clips."""

    #: The request with these items.
    request: Callable[[Sequence[Item]], Any]
    bytes_of: Callable[[Item], int]
    id_of: Callable[[Item], str]
    #: What is wrong with an item that no message can hold; None with all others.
    refused: Callable[[Item], common_pb2.ItemError | None] = field(default=lambda _: None)


def batched(items: Iterable[Item], limit: BatchLimit, bytes_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    """Batches within the limit; an item that is larger goes alone."""
    filling: Filling[Item] = Filling(limit, bytes_of)
    for item in items:
        batch = filling.add(item)
        if batch:
            yield batch
    if filling.batch:
        yield filling.batch


class Filling(Generic[Item]):
    """The batch that is being filled."""

    def __init__(self, limit: BatchLimit, bytes_of: Callable[[Item], int]) -> None:
        self._limit = limit
        self._bytes_of = bytes_of
        self.batch: list[Item] = []
        self._bytes = 0

    def add(self, item: Item) -> list[Item] | None:
        """The batch before this item, where it does not fit into that."""
        size = self._bytes_of(item)
        full = self.batch and (len(self.batch) >= self._limit.items or self._bytes + size > self._limit.bytes)
        done = self.batch if full else None
        if full:
            self.batch, self._bytes = [], 0
        self.batch.append(item)
        self._bytes += size
        return done


@dataclass
class Answer:
    """Results of one batch, in the order of its items."""

    results: list[Any]
    stamp: Any = field(default_factory=common_pb2.ModelStamp)


def encode_batch(
    items: Sequence[Any], limit: BatchLimit, retry: RetryPolicy, refused: Callable[[Any], Any] = lambda _: None
) -> Generator[Step, Any, Answer]:
    """Encodes one batch for good: repeats a call that may succeed later, and the items that may; halves one that is too large. Items that are
    refused fail without being sent. Raises ModelChangedError where its calls are answered by two models."""
    errors = [refused(item) for item in items]
    results: list[Any] = [None if error is None else _Failed(error) for error in errors]
    stamp = common_pb2.ModelStamp()
    #: Of the answers that brought vectors.
    made_by: Any = None
    waiting = [[index for index, error in enumerate(errors) if error is None]]
    while waiting:
        group = waiting.pop()
        attempt = 0
        while group:
            attempt += 1
            delay_s: float | None = None
            try:
                answer = yield Call([items[index] for index in group])
            except TriptychError as error:
                if error.is_too_large:
                    if len(group) == 1:
                        results[group[0]] = _Failed(_too_large(error))
                    else:
                        half = (len(group) + 1) // 2
                        limit.items = max(1, min(limit.items, half))
                        waiting += [group[half:], group[:half]]
                    break
                if not error.is_retryable or attempt >= retry.max_attempts:
                    raise
                delay_s = error.retry_delay_s
            else:
                if any(result.HasField("embedding") for result in answer.results):
                    made_by = same_model(made_by, answer.stamp)
                stamp = answer.stamp if made_by is None else made_by
                for index, result in zip(group, answer.results):
                    results[index] = result
                group = [i for i in group if results[i] is not None and results[i].error.retryable]
                if attempt >= retry.max_attempts:
                    break
            if group:
                yield Pause(retry.wait_s(attempt, delay_s))
    return Answer(results, stamp)


class _Failed:
    """The result of an item that no call holds."""

    def __init__(self, error: common_pb2.ItemError) -> None:
        self.error = error

    def HasField(self, name: str) -> bool:
        return name == "error"


def _too_large(error: TriptychError) -> common_pb2.ItemError:
    return common_pb2.ItemError(
        code=error.code.value[0], reason=error.reason or "MESSAGE_TOO_LARGE", message=error.message, field=error.field
    )


class Collector:
    """Answers of batches as `Embeddings`, with indices in the whole input. Raises where the model changes in between."""

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self._stamp: Any = None

    def take(self, ids: Sequence[str], answer: Answer) -> Embeddings:
        stamp = answer.stamp
        if stamp.space:
            self._stamp = same_model(self._stamp, stamp)
        arrays: list[Vector | None] = []
        failures = []
        for offset, (id_, result) in enumerate(zip(ids, answer.results)):
            if result is not None and result.HasField("embedding"):
                arrays.append(read_embedding(result.embedding))
                continue
            arrays.append(None)
            failures.append(failure_of(self.done + offset, id_, result.error if result is not None else None))
        self.done += len(arrays)
        self.failed += len(failures)
        return Embeddings(
            arrays=arrays,
            ids=ids,
            failures=failures,
            model=stamp.model,
            fingerprint=stamp.fingerprint,
            space=stamp.space,
            tokens=[getattr(result, "tokens", 0) for result in answer.results],
            truncated=[getattr(result, "truncated", False) for result in answer.results],
        )


def same_model(before: Any, stamp: Any) -> Any:
    """The stamp. Raises ModelChangedError where vectors were made by another model before."""
    if before is not None and (before.fingerprint, before.space) != (stamp.fingerprint, stamp.space):
        raise ModelChangedError(
            f"the server's model changed from {before.fingerprint} to {stamp.fingerprint} while it encoded; encode all anew"
        )
    return stamp


def failure_of(index: int, id_: str, error: Any) -> ItemFailure:
    if error is None or not error.reason:
        return ItemFailure(index, id_, "INTERNAL", "the answer has no result for this item")
    return ItemFailure(index, id_, error.reason, error.message, error.field, code_of(error.code), error.retryable)
