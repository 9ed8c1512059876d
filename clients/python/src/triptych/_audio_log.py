"""What of a live stream is kept, to be sent again where it breaks off."""
from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from .v1 import audio_pb2

#: Audio that leads up to a window when it is sent again: longer than any resampler remembers.
_LEAD_SECONDS = 0.1


@dataclass(frozen=True)
class LoggedChunk:
    """A chunk as it was sent, and where its bytes lie in all of the audio."""

    sequence: int
    data: bytes
    flush: bool
    start_byte: int

    @property
    def end_byte(self) -> int:
        return self.start_byte + len(self.data)


@dataclass(frozen=True)
class AudioRates:
    """What the positions of a stream's audio depend on."""

    #: Bytes of one frame of PCM; None for a container, whose audio can only be decoded from its beginning.
    frame_bytes: int | None
    source_rate: int
    model_rate: int
    hop_samples: int
    window_samples: int


class AudioLog:
    """The chunks of a stream from the one on that the first unanswered window needs."""

    def __init__(self) -> None:
        self._chunks: deque[LoggedChunk] = deque()
        self._is_given_up = False
        self._end_byte = 0
        self._last_sequence = -1
        self._index = 0
        self._start_sample = 0
        self._covered_sample = 0
        #: Chunks up to this one have been flushed, and their windows answered.
        self._flushed = -1

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._end_byte - self._chunks[0].start_byte if self._chunks else 0

    @property
    def chunks(self) -> list[LoggedChunk]:
        return list(self._chunks)

    @property
    def is_whole(self) -> bool:
        """Whether all that would be needed to go on is kept."""
        return not self._is_given_up

    def give_up(self) -> None:
        """Keeps nothing any more: a container of which more came than may be kept, all of which it would take to go on."""
        self._is_given_up = True
        self._chunks.clear()

    def least_bytes(self, rates: AudioRates) -> int:
        """How much must be allowed to be kept, as nothing is forgotten before the next window is answered: of PCM the window, what leads up to it,
        as much behind it, since resamplers look ahead, and the rest of the chunk that this begins in."""
        if rates.frame_bytes is None or not self._chunks:
            return 0
        samples = rates.window_samples + 2 * _lead_samples(rates)
        frames = math.ceil(samples * rates.source_rate / rates.model_rate) + _steps(rates)[1]
        return frames * rates.frame_bytes + len(self._chunks[0].data)

    def add(self, data: bytes, flush: bool) -> LoggedChunk:
        self._last_sequence += 1
        chunk = LoggedChunk(self._last_sequence, data, flush, self._end_byte)
        self._end_byte += len(data)
        if not self._is_given_up:
            self._chunks.append(chunk)
        return chunk

    def answered(self, window: audio_pb2.AudioWindow, rates: AudioRates) -> None:
        """Notes a window's answer; what only it needed is forgotten."""
        self._index = window.index + 1
        self._start_sample = window.end_sample if window.partial else window.start_sample + rates.hop_samples
        self._covered_sample = window.end_sample
        if window.partial:
            self._flushed = window.last_sequence
        _, byte = self._resume_at(rates)
        while len(self._chunks) > 1 and self._chunks[0].end_byte <= byte:
            self._chunks.popleft()

    def resume(self, rates: AudioRates) -> tuple[audio_pb2.AudioStreamResume, list[LoggedChunk]]:
        """How to go on: what the config says, and the chunks that are sent again."""
        sample, byte = self._resume_at(rates)
        chunks = []
        for chunk in self._chunks:
            flush = chunk.flush and chunk.sequence > self._flushed
            if chunk.end_byte > byte or flush:
                cut = min(max(0, byte - chunk.start_byte), len(chunk.data))
                chunks.append(replace(chunk, data=chunk.data[cut:], flush=flush))
        return (
            audio_pb2.AudioStreamResume(
                window_index=self._index,
                window_start_sample=self._start_sample,
                covered_sample=self._covered_sample,
                audio_start_sample=sample,
                sequence=chunks[0].sequence if chunks else self._last_sequence + 1,
            ),
            chunks,
        )

    def _resume_at(self, rates: AudioRates) -> tuple[int, int]:
        """From where audio is needed: a lead before the next window, where a frame of the source and a sample of the model's rate
        coincide, so that a resampler starts in the phase that it had there."""
        if rates.frame_bytes is None:
            return 0, 0
        model_step, source_step = _steps(rates)
        steps = max(0, self._start_sample - _lead_samples(rates)) // model_step
        return steps * model_step, steps * source_step * rates.frame_bytes


def _lead_samples(rates: AudioRates) -> int:
    return math.ceil(_LEAD_SECONDS * rates.model_rate)


def _steps(rates: AudioRates) -> tuple[int, int]:
    """Samples of the model's rate, and frames of the source, from where both coincide to where they do again."""
    common = math.gcd(rates.source_rate, rates.model_rate)
    return rates.model_rate // common, rates.source_rate // common
