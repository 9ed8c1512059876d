"""Live streams for programs with asyncio's event loop: one connection after the other, as if they were one."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

import grpc

from ._batches import BatchLimit, Filling
from ._errors import TriptychError, error_of
from ._retry import RetryPolicy
from ._sessions import AudioOptions, AudioSession, ImageResult, ImageSession, Window
from ._streams import chunk_bytes
from ._transcripts import TranscriptionOptions, TranscriptSession, TranscriptUpdate
from .v1 import image_pb2

Event = TypeVar("Event")


class _Signal:
    """Something that changes, for those who wait until it does."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def change(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


class AsyncStream(Generic[Event]):
    """A bidirectional call that is opened anew where it breaks off. One task sends while another one reads."""

    def __init__(self, session: Any, start: Callable[[AsyncIterator[Any]], Any], retry: RetryPolicy) -> None:
        self._session = session
        self._start = start
        self._retry = retry
        self._signal = _Signal()
        self._call: Any = None
        self._connection = 0
        self._pushes = 0
        self._is_finished = False
        self._is_over = False
        self._failure: BaseException | None = None

    async def finish(self) -> None:
        """No more comes: what is left is answered, then the stream ends."""
        self._is_finished = True
        self._pushed()

    def cancel(self) -> None:
        """Ends the stream now; whoever reads or sends is let go."""
        self._is_over = True
        self._signal.change()
        if self._call is not None:
            self._call.cancel()

    def fail(self, failure: BaseException) -> None:
        """Ends the stream, whose reader gets this error."""
        self._failure = failure
        self.cancel()

    @property
    def is_over(self) -> bool:
        return self._is_over

    async def __aenter__(self) -> AsyncStream[Event]:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cancel()

    async def __aiter__(self) -> AsyncIterator[Event]:
        attempt = 0
        try:
            while True:
                attempt += 1
                pushes = self._pushes
                try:
                    async for answer in self._open():
                        taken = self._session.take(answer)
                        self._signal.change()
                        if taken.is_progress:
                            attempt = 1
                        if taken.event is not None:
                            yield taken.event
                    self._raise_failure()
                    return
                except grpc.RpcError as thrown:
                    error = error_of(thrown)
                except asyncio.CancelledError:
                    # Of the call, by `cancel`; or of the task that reads, which goes on.
                    if not self._is_over:
                        raise
                    self._raise_failure()
                    return
                self._raise_failure()
                if self._is_over:
                    return
                self._closed()
                is_idle = error.reason == "CALL_IDLE"
                if not self._session.is_resumable or not error.is_passing or (attempt >= self._retry.max_attempts and not is_idle):
                    raise error from None
                if is_idle:
                    # Silence is no failure: one that was sent something opens anew at once.
                    while not self._is_over and self._pushes == pushes:
                        await self._signal.changed()
                    attempt = 0
                else:
                    await self._pause(self._retry.wait_s(attempt, error.retry_delay_s))
                self._raise_failure()
                if self._is_over:
                    return
        finally:
            self.cancel()

    async def _push(self, push: Callable[[], None]) -> None:
        if self._is_finished:
            raise ValueError("the stream is finished")
        if self._is_over:
            raise self._failure or TriptychError("the stream is over", code=grpc.StatusCode.CANCELLED)
        push()
        self._pushed()
        while not self._is_over and self._session.is_full:
            await self._signal.changed()

    def _pushed(self) -> None:
        self._pushes += 1
        self._signal.change()

    def _open(self) -> Any:
        self._connection += 1
        self._session.open()
        self._call = self._start(self._requests(self._connection))
        return self._call

    async def _requests(self, connection: int) -> AsyncIterator[Any]:
        while self._connection == connection and not self._is_over:
            request = self._session.next_request()
            if request is not None:
                self._signal.change()
                yield request
            elif self._is_finished:
                return
            else:
                await self._signal.changed()

    def _closed(self) -> None:
        self._connection += 1
        self._session.broken()
        self._signal.change()

    async def _pause(self, seconds: float) -> None:
        """Waits, unless the stream ends meanwhile."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._is_over and loop.time() < end:
            try:
                await asyncio.wait_for(self._signal.changed(), end - loop.time())
            except asyncio.TimeoutError:
                return

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


class AsyncAudioStream(AsyncStream[Window]):
    """Live audio in, windows out."""

    def __init__(
        self, session: AudioSession, options: AudioOptions, start: Callable[[AsyncIterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(session, start, retry)
        self._options = options

    async def send(self, chunk: Any, *, flush: bool = False) -> None:
        """Sends an array of samples or bytes of the configured encoding. `flush` encodes what is buffered as a partial window. Waits
        while the server is not reading."""
        data = chunk_bytes(chunk, self._options)
        await self._push(lambda: self._session.push(data, flush))


class AsyncTranscriptStream(AsyncStream[TranscriptUpdate]):
    """Live audio in, what is said out."""

    def __init__(
        self, options: TranscriptionOptions, start: Callable[[AsyncIterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(TranscriptSession(options.config()), start, retry)
        self._options = options

    async def send(self, chunk: Any) -> None:
        """Sends an array of samples or bytes of the configured encoding. Waits while the server is not reading."""
        data = chunk_bytes(chunk, self._options)
        await self._push(lambda: self._session.push(data))


class AsyncImageStream(AsyncStream[list[ImageResult]]):
    """Images in, results out."""

    def __init__(
        self, session: ImageSession, limit: BatchLimit, start: Callable[[AsyncIterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(session, start, retry)
        self._filling: Filling[image_pb2.Image] = Filling(limit, lambda image: len(image.encoded) + len(image.raw.data))

    async def send(self, image: image_pb2.Image) -> None:
        batch = self._filling.add(image)
        if batch:
            await self._push(lambda: self._session.push(batch))

    async def finish(self) -> None:
        batch = self._filling.batch
        if batch:
            await self._push(lambda: self._session.push(batch))
        await super().finish()


async def feed(stream: Any, first: Any, chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """Reads the stream while a task sends it the chunks."""

    async def send() -> None:
        try:
            if first is not None:
                await stream.send(first)
            async for chunk in chunks:
                await stream.send(chunk)
            await stream.finish()
        except Exception as failure:
            if not stream.is_over:
                stream.fail(failure)

    sending = asyncio.ensure_future(send())
    try:
        async for event in stream:
            yield event
    finally:
        stream.cancel()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
