"""Streams that outlive their connections. No I/O: what to send next, and what an answer means."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Union

from ._audio_log import AudioLog, AudioRates, LoggedChunk
from ._batches import failure_of, same_model
from ._embeddings import Vector, read_embedding
from ._errors import ItemFailure
from ._inputs import CONTEXTS, AudioSource, choose, embedding_options
from ._session import MOST_UNSENT, Taken
from ._transcripts import TranscriptionOptions, WindowTranscript, window_transcript_of
from .v1 import audio_pb2, image_pb2

_SAMPLE_BYTES = {
    audio_pb2.AUDIO_ENCODING_PCM_S16LE: 2,
    audio_pb2.AUDIO_ENCODING_PCM_F32LE: 4,
    audio_pb2.AUDIO_ENCODING_PCM_MULAW: 1,
}


@dataclass(frozen=True)
class Window:
    """A window of a live stream. Positions are in the model's sample rate, from the start of the stream."""

    index: int
    start_sample: int
    end_sample: int
    #: The model's.
    sample_rate: int
    #: [dim], or [n, dim] where the pooling gives one for each frame; None where it failed.
    vector: Vector | None
    failure: ItemFailure | None
    #: Shorter than the window that was asked for: a flush, or the tail.
    is_partial: bool
    model: str
    fingerprint: str
    space: str
    #: What is said in it, where `transcription` was asked for.
    transcript: WindowTranscript | None = None

    @property
    def start_s(self) -> float:
        return self.start_sample / self.sample_rate

    @property
    def end_s(self) -> float:
        return self.end_sample / self.sample_rate


@dataclass(frozen=True)
class AudioOptions(AudioSource):
    """How live audio comes, is cut and encoded."""

    model: str = ""
    #: 0: the model's full context.
    window_ms: int = 0
    #: 0: equal to window_ms.
    hop_ms: int = 0
    drop_tail: bool = False
    #: Windows that could not be answered this long after their last chunk are dropped; 0: none.
    max_lag_ms: int = 0
    context: str = ""
    pooling: str = ""
    normalize: bool | None = None
    dimensions: int = 0
    numbers: str = "float32"
    #: What is said in each window is written, too, by the same run of the encoder.
    transcription: TranscriptionOptions | None = None
    #: Audio that may be kept for sending it again; beyond it `send` waits for answers. Of PCM that is never less than a window takes, without which
    #: there are no answers to wait for.
    max_log_bytes: int = 64 * 1024 * 1024

    def config(self) -> audio_pb2.AudioStreamConfig:
        return audio_pb2.AudioStreamConfig(
            model=self.model,
            format=self.format(),
            window_ms=self.window_ms,
            hop_ms=self.hop_ms,
            tail=audio_pb2.TAIL_POLICY_DROP if self.drop_tail else audio_pb2.TAIL_POLICY_EMIT,
            context=choose("context", self.context, CONTEXTS),
            options=embedding_options(self.pooling, self.normalize, self.dimensions, self.numbers),
            max_lag_ms=self.max_lag_ms,
            transcription=None if self.transcription is None else self.transcription.window_message(),
        )


class AudioSession:
    """Audio in, each window once and in order, as of one stream."""

    def __init__(self, config: audio_pb2.AudioStreamConfig, max_log_bytes: int) -> None:
        self._config = config
        self._max_log_bytes = max_log_bytes
        self._log = AudioLog()
        self._unsent: deque[LoggedChunk] = deque()
        self._unsent_config: audio_pb2.AudioStreamConfig | None = None
        self._rates: AudioRates | None = None
        self._is_open = False
        self._stamp: Any = None
        self._is_container = config.format.encoding == audio_pb2.AUDIO_ENCODING_CONTAINER

    @property
    def is_resumable(self) -> bool:
        return self._log.is_whole

    @property
    def is_full(self) -> bool:
        # Before the first answer, which comes at once, no more is known than what the caller allows.
        least_bytes = 0 if self._rates is None else self._log.least_bytes(self._rates)
        if self._log.size > max(self._max_log_bytes, least_bytes):
            if not self._is_container or not self._is_open:
                return True
            self._log.give_up()
        return len(self._unsent) > MOST_UNSENT

    def push(self, data: bytes, flush: bool) -> None:
        chunk = self._log.add(data, flush)
        if self._is_open:
            self._unsent.append(chunk)

    def open(self) -> None:
        config = audio_pb2.AudioStreamConfig()
        config.CopyFrom(self._config)
        if self._rates is None:
            # No server has answered yet: the stream starts at its beginning.
            chunks = self._log.chunks
        else:
            resume, chunks = self._log.resume(self._rates)
            config.resume.CopyFrom(resume)
        self._unsent = deque(chunks)
        self._unsent_config = config
        self._is_open = True

    def broken(self) -> None:
        self._is_open = False
        self._unsent.clear()

    def next_request(self) -> audio_pb2.AudioStreamRequest | None:
        if self._unsent_config is not None:
            request = audio_pb2.AudioStreamRequest(config=self._unsent_config)
            self._unsent_config = None
            return request
        if not self._unsent:
            return None
        chunk = self._unsent.popleft()
        return audio_pb2.AudioStreamRequest(
            chunk=audio_pb2.AudioChunk(sequence=chunk.sequence, data=chunk.data, flush=chunk.flush)
        )

    def take(self, answer: audio_pb2.AudioStreamResponse) -> Taken[Window]:
        kind = answer.WhichOneof("message")
        if kind == "ready":
            self._rates = _rates_of(answer.ready)
            self._stamp = same_model(self._stamp, answer.ready.stamp)
            return Taken()
        if kind != "window" or self._rates is None:
            return Taken(is_last=kind == "summary")
        window = answer.window
        self._log.answered(window, self._rates)
        has_vector = window.HasField("embedding")
        return Taken(
            Window(
                index=window.index,
                start_sample=window.start_sample,
                end_sample=window.end_sample,
                sample_rate=self._rates.model_rate,
                vector=read_embedding(window.embedding) if has_vector else None,
                failure=None if has_vector else failure_of(window.index, "", window.error),
                is_partial=window.partial,
                model=self._stamp.model,
                fingerprint=self._stamp.fingerprint,
                space=self._stamp.space,
                transcript=window_transcript_of(window.transcript) if window.HasField("transcript") else None,
            ),
            is_progress=True,
        )


def _rates_of(ready: audio_pb2.AudioStreamReady) -> AudioRates:
    audio_format = ready.config.format
    size = _SAMPLE_BYTES.get(audio_format.encoding)
    return AudioRates(
        frame_bytes=None if size is None else size * (audio_format.channels or 1),
        source_rate=audio_format.sample_rate_hz or ready.sample_rate_hz,
        model_rate=ready.sample_rate_hz,
        hop_samples=round(ready.config.hop_ms * ready.sample_rate_hz / 1000),
        window_samples=round(ready.config.window_ms * ready.sample_rate_hz / 1000),
    )


@dataclass(frozen=True)
class ImageResult:
    """One image of a stream. Results come as they are ready, not in the order of the images."""

    #: Of all images of the stream, from 0.
    index: int
    id: str
    vector: Vector | None
    failure: ItemFailure | None
    model: str
    fingerprint: str
    space: str


@dataclass
class _Batch:
    first: int
    images: Sequence[image_pb2.Image] = field(default_factory=list)


class ImageSession:
    """Batches of images in, each batch's results once."""

    is_resumable = True

    def __init__(self, config: image_pb2.ImageStreamConfig, max_unanswered: int) -> None:
        self._config = config
        self._max_unanswered = max_unanswered
        self._unanswered: dict[int, _Batch] = {}
        self._unsent: deque[int] = deque()
        self._is_config_unsent = False
        self._is_open = False
        self._next_batch = 0
        self._next_image = 0
        self._stamp: Any = None

    @property
    def is_full(self) -> bool:
        return len(self._unanswered) >= self._max_unanswered

    def push(self, images: Sequence[image_pb2.Image]) -> None:
        self._unanswered[self._next_batch] = _Batch(self._next_image, images)
        if self._is_open:
            self._unsent.append(self._next_batch)
        self._next_batch += 1
        self._next_image += len(images)

    def open(self) -> None:
        self._unsent = deque(self._unanswered)
        self._is_config_unsent = True
        self._is_open = True

    def broken(self) -> None:
        self._is_open = False
        self._unsent.clear()

    def next_request(self) -> image_pb2.ImageStreamRequest | None:
        if self._is_config_unsent:
            self._is_config_unsent = False
            return image_pb2.ImageStreamRequest(config=self._config)
        if not self._unsent:
            return None
        batch_id = self._unsent.popleft()
        images = self._unanswered[batch_id].images
        return image_pb2.ImageStreamRequest(batch=image_pb2.ImageBatch(batch_id=batch_id, images=images))

    def take(self, answer: image_pb2.ImageStreamResponse) -> Taken[list[ImageResult]]:
        kind = answer.WhichOneof("message")
        if kind == "ready":
            self._stamp = same_model(self._stamp, answer.ready.stamp)
        if kind != "result":
            return Taken(is_last=kind == "summary")
        batch = self._unanswered.pop(answer.result.batch_id, None)
        if batch is None:
            return Taken()
        return Taken([self._result(batch.first + i, one) for i, one in enumerate(answer.result.results)], is_progress=True)

    def _result(self, index: int, result: image_pb2.ImageResult) -> ImageResult:
        has_vector = result.HasField("embedding")
        return ImageResult(
            index=index,
            id=result.id,
            vector=read_embedding(result.embedding) if has_vector else None,
            failure=None if has_vector else failure_of(index, result.id, result.error),
            model=self._stamp.model,
            fingerprint=self._stamp.fingerprint,
            space=self._stamp.space,
        )


AnySession = Union[AudioSession, ImageSession]
