"""Live streams for programs without an event loop: one connection after the other, as if they were one."""
from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

import grpc

from ._batches import BatchLimit, Filling
from ._errors import TriptychError, error_of
from ._inputs import AudioSource, pcm
from ._retry import RetryPolicy
from ._sessions import AudioOptions, AudioSession, ImageResult, ImageSession, Window
from ._transcripts import TranscriptionOptions, TranscriptSession, TranscriptUpdate
from .v1 import image_pb2

Event = TypeVar("Event")


class Stream(Generic[Event]):
    """A bidirectional call that is opened anew where it breaks off. One thread sends while another one reads."""

    def __init__(self, session: Any, start: Callable[[Iterator[Any]], Any], retry: RetryPolicy) -> None:
        self._session = session
        self._start = start
        self._retry = retry
        self._changed = threading.Condition()
        self._call: Any = None
        #: The connection, counted from 1, that is open now.
        self._connection = 0
        self._pushes = 0
        self._is_finished = False
        self._is_over = False
        self._failure: BaseException | None = None

    def finish(self) -> None:
        """No more comes: what is left is answered, then the stream ends."""
        with self._changed:
            self._is_finished = True
            self._pushed()

    def cancel(self) -> None:
        """Ends the stream now; whoever reads or sends is let go."""
        with self._changed:
            self._is_over = True
            call = self._call
            self._changed.notify_all()
        if call is not None:
            call.cancel()

    def fail(self, failure: BaseException) -> None:
        """Ends the stream, whose reader gets this error."""
        self._failure = failure
        self.cancel()

    @property
    def is_over(self) -> bool:
        return self._is_over

    def __enter__(self) -> Stream[Event]:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    def __iter__(self) -> Iterator[Event]:
        attempt = 0
        try:
            while True:
                attempt += 1
                pushes = self._pushes
                try:
                    for answer in self._open():
                        with self._changed:
                            taken = self._session.take(answer)
                            self._changed.notify_all()
                        if taken.is_progress:
                            attempt = 1
                        if taken.event is not None:
                            yield taken.event
                    self._raise_failure()
                    return
                except grpc.RpcError as thrown:
                    error = error_of(thrown)
                self._raise_failure()
                if self._is_over:
                    return
                self._closed()
                is_idle = error.reason == "CALL_IDLE"
                if not self._session.is_resumable or not error.is_passing or (attempt >= self._retry.max_attempts and not is_idle):
                    raise error from None
                if is_idle:
                    # Silence is no failure: one that was sent something opens anew at once.
                    self._wait(lambda: self._pushes != pushes)
                    attempt = 0
                else:
                    self._pause(self._retry.wait_s(attempt, error.retry_delay_s))
                self._raise_failure()
                if self._is_over:
                    return
        finally:
            self.cancel()

    def _push(self, push: Callable[[], None]) -> None:
        with self._changed:
            if self._is_finished:
                raise ValueError("the stream is finished")
            if self._is_over:
                raise self._failure or TriptychError("the stream is over", code=grpc.StatusCode.CANCELLED)
            push()
            self._pushed()
            while not self._is_over and self._session.is_full:
                self._changed.wait(1.0)

    def _pushed(self) -> None:
        self._pushes += 1
        self._changed.notify_all()

    def _open(self) -> Any:
        with self._changed:
            self._connection += 1
            self._session.open()
            requests = self._requests(self._connection)
        call = self._start(requests)
        with self._changed:
            self._call = call
            is_over = self._is_over
        if is_over:
            call.cancel()
        return call

    def _requests(self, connection: int) -> Iterator[Any]:
        """What this connection sends. gRPC reads it in a thread of its own, one message at a time."""
        while True:
            with self._changed:
                while True:
                    if self._connection != connection or self._is_over:
                        return
                    request = self._session.next_request()
                    if request is not None:
                        self._changed.notify_all()
                        break
                    if self._is_finished:
                        return
                    self._changed.wait()
            yield request

    def _closed(self) -> None:
        with self._changed:
            self._connection += 1
            self._session.broken()
            self._changed.notify_all()

    def _wait(self, until: Callable[[], bool]) -> None:
        with self._changed:
            while not self._is_over and not until():
                self._changed.wait(1.0)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        with self._changed:
            while not self._is_over and time.monotonic() < end:
                self._changed.wait(min(1.0, max(0.0, end - time.monotonic())))

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


class AudioStream(Stream[Window]):
    """Live audio in, windows out."""

    def __init__(
        self, session: AudioSession, options: AudioOptions, start: Callable[[Iterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(session, start, retry)
        self._options = options

    def send(self, chunk: Any, *, flush: bool = False) -> None:
        """Sends an array of samples or bytes of the configured encoding. `flush` encodes what is buffered as a partial window. Waits
        while the server is not reading."""
        data = chunk_bytes(chunk, self._options)
        self._push(lambda: self._session.push(data, flush))


class TranscriptStream(Stream[TranscriptUpdate]):
    """Live audio in, what is said out."""

    def __init__(
        self, options: TranscriptionOptions, start: Callable[[Iterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(TranscriptSession(options.config()), start, retry)
        self._options = options

    def send(self, chunk: Any) -> None:
        """Sends an array of samples or bytes of the configured encoding. Waits while the server is not reading."""
        data = chunk_bytes(chunk, self._options)
        self._push(lambda: self._session.push(data))


class ImageStream(Stream[list[ImageResult]]):
    """Images in, results out."""

    def __init__(
        self, session: ImageSession, limit: BatchLimit, start: Callable[[Iterator[Any]], Any], retry: RetryPolicy
    ) -> None:
        super().__init__(session, start, retry)
        self._filling: Filling[image_pb2.Image] = Filling(limit, lambda image: len(image.encoded) + len(image.raw.data))

    def send(self, image: image_pb2.Image) -> None:
        batch = self._filling.add(image)
        if batch:
            self._push(lambda: self._session.push(batch))

    def finish(self) -> None:
        batch = self._filling.batch
        if batch:
            self._push(lambda: self._session.push(batch))
        super().finish()


class _Sendable(Protocol):
    def send(self, chunk: Any) -> None: ...
    def finish(self) -> None: ...
    def fail(self, failure: BaseException) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    @property
    def is_over(self) -> bool: ...


def chunk_bytes(chunk: Any, options: AudioSource) -> bytes:
    """A chunk as bytes of the configured encoding. Raises TypeError or ValueError for another one."""
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    if not hasattr(chunk, "dtype"):
        raise TypeError(f"a chunk is {type(chunk).__name__}; expected an array of samples or bytes")
    if options.sample_rate is None:
        raise ValueError("a chunk is an array, but the stream is of the bytes of a file; give sample_rate")
    data, encoding = pcm(chunk)
    if encoding != options.format().encoding:
        raise TypeError(f"a chunk is an array of {chunk.dtype}, but the stream is of {options.encoding}")
    channels = 1 if chunk.ndim == 1 else chunk.shape[1]
    if channels != options.channels:
        raise ValueError(f"a chunk has {channels} channels, but the stream has {options.channels}")
    return data


def feed(stream: _Sendable, first: Any, chunks: Iterable[Any]) -> Iterator[Any]:
    """Reads the stream while a thread sends it the chunks."""

    def send() -> None:
        try:
            if first is not None:
                stream.send(first)
            for chunk in chunks:
                if stream.is_over:
                    return
                stream.send(chunk)
            stream.finish()
        except BaseException as failure:
            if not stream.is_over:
                stream.fail(failure)

    # Its chunks may never end, and its reader stop: then nothing waits for it.
    threading.Thread(target=send, name="triptych-feed", daemon=True).start()
    yield from stream
