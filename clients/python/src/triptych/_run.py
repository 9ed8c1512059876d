"""Does what `encode_batch` asks for, with grpc's futures: no thread of its own."""
from __future__ import annotations

import heapq
import queue
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count
from typing import Any

import grpc

from ._batches import Answer, BatchLimit, Collector, Pause, Step, batched, encode_batch
from ._calls import Work
from ._embeddings import Embeddings
from ._errors import TriptychError, error_of
from ._retry import RetryPolicy


class _Job:
    """A batch that is being encoded."""

    def __init__(self, work: Work, items: list[Any], limit: BatchLimit, retry: RetryPolicy) -> None:
        self.ids = [work.kind.id_of(item) for item in items]
        self.steps: Generator[Step, Any, Answer] = encode_batch(items, limit, retry, work.kind.refused)
        self.call: Any = None
        self.answer: Answer | None = None
        self.error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return self.answer is not None or self.error is not None


def run_batches(
    work: Work,
    items: Iterable[Any],
    limit: Callable[[], BatchLimit] | None,
    start: Callable[[Any], Any],
    concurrency: int,
    retry: RetryPolicy,
) -> Iterator[Embeddings]:
    """Each batch's embeddings, in order. Calls that are under way are cancelled where the reader stops or one fails."""
    bound = limit() if limit else work.limit
    batches = batched(map(work.prepare, items), bound, work.kind.bytes_of)
    under_way: deque[_Job] = deque()
    answered: queue.SimpleQueue[tuple[_Job, Any]] = queue.SimpleQueue()
    timers: list[tuple[float, int, _Job]] = []
    numbers = count()
    collector = Collector()

    def advance(job: _Job, send: Callable[[], Step]) -> None:
        try:
            step = send()
        except StopIteration as end:
            job.answer = end.value
        except BaseException as error:
            job.error = error
        else:
            if isinstance(step, Pause):
                heapq.heappush(timers, (time.monotonic() + step.seconds, next(numbers), job))
            else:
                job.call = start(work.kind.request(step.items))
                job.call.add_done_callback(lambda call: answered.put((job, call)))

    def settle(timeout_s: float | None) -> None:
        try:
            job, call = answered.get(timeout=timeout_s)
        except queue.Empty:
            return
        if call is not job.call:
            return
        job.call = None
        try:
            response = call.result()
        except grpc.FutureCancelledError:
            advance(job, lambda: job.steps.throw(TriptychError("the call was cancelled", code=grpc.StatusCode.CANCELLED)))
        except grpc.RpcError as thrown:
            error = error_of(thrown)
            advance(job, lambda: job.steps.throw(error))
        else:
            advance(job, lambda: job.steps.send(response))

    is_exhausted = False
    try:
        while True:
            while not is_exhausted and len(under_way) < concurrency:
                batch = next(batches, None)
                if batch is None:
                    is_exhausted = True
                    break
                job = _Job(work, batch, bound, retry)
                under_way.append(job)
                advance(job, lambda: next(job.steps))
            if not under_way:
                return
            while not under_way[0].is_done:
                now = time.monotonic()
                while timers and timers[0][0] <= now:
                    waited = heapq.heappop(timers)[2]
                    advance(waited, lambda: next(waited.steps))
                if not under_way[0].is_done:
                    # Woken now and then, so that Ctrl-C is seen on every platform.
                    settle(min(1.0, max(0.0, timers[0][0] - now)) if timers else 1.0)
            job = under_way.popleft()
            if job.error is not None:
                raise job.error
            assert job.answer is not None
            yield collector.take(job.ids, job.answer)
    finally:
        for job in under_way:
            if job.call is not None:
                job.call.cancel()


def with_retries(start: Callable[[Any], Any], request: Any, retry: RetryPolicy) -> Any:
    """One call's answer. Raises TriptychError."""
    attempt = 0
    while True:
        attempt += 1
        call = start(request)
        try:
            return call.result()
        except grpc.FutureCancelledError:
            raise TriptychError("the call was cancelled", code=grpc.StatusCode.CANCELLED) from None
        except grpc.RpcError as thrown:
            error = error_of(thrown)
            if not error.is_retryable or attempt >= retry.max_attempts:
                raise error from None
            time.sleep(retry.wait_s(attempt, error.retry_delay_s))
        except BaseException:
            call.cancel()
            raise

