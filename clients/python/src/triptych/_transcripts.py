"""What is said, in words: requests, answers, and the state of a live transcript. No I/O but the reading of files."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ._inputs import AudioInput, AudioSource, clip_of
from ._session import MOST_UNSENT, Taken
from .v1 import audio_pb2, common_pb2, transcriber_pb2, transcript_pb2


@dataclass(frozen=True)
class Word:
    """A word of a transcript. Seconds are from the beginning of the recording or stream."""

    #: As it stands in its segment's text, with the space before it.
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Segment:
    """A part of a transcript. Seconds are from the beginning of the recording or stream."""

    start_s: float
    end_s: float
    text: str
    #: It changes no more; guesses are replaced by those of the next update.
    is_final: bool
    tokens: Sequence[int]
    #: Its words were drawn at this one; 0: the likeliest.
    temperature: float
    #: Of the tokens of its window.
    mean_log_probability: float
    #: Of these: above 2.4, they repeat themselves.
    compression_ratio: float
    no_speech_probability: float
    #: Its window was cut at the most tokens.
    is_cut: bool
    #: Where they are asked for, of final segments.
    words: Sequence[Word] = ()


@dataclass(frozen=True)
class Transcript:
    """What is said in a recording."""

    text: str
    #: Its code; empty where the model knows one alone.
    language: str
    duration_s: float
    segments: Sequence[Segment]
    #: At least one segment was cut at the most tokens.
    is_cut: bool
    model: str
    fingerprint: str


@dataclass(frozen=True)
class WindowTranscript:
    """What is said in one window of live audio that is encoded. Seconds are from the beginning of the stream."""

    text: str
    #: Its code; empty where the model knows one alone.
    language: str
    segments: Sequence[Segment]
    #: It was cut at the most tokens.
    is_cut: bool


@dataclass(frozen=True)
class TranscriptUpdate:
    """What a server knows more of what is said."""

    #: These change no more, and come once.
    final: Sequence[Segment]
    #: What comes behind all final ones as far as is known; these replace the guesses of earlier updates.
    guessed: Sequence[Segment]
    language: str


@dataclass(frozen=True)
class TranscriptionOptions(AudioSource):
    """How live audio comes, and how it is written."""

    model: str = ""
    #: Its code, as in "en"; empty: detected.
    language: str = ""
    #: Into English.
    translate: bool = False
    #: A text that this one goes on from: names, spelling, style.
    prompt: str = ""
    #: Searched side by side for the likeliest words: up to 8; 0: 1, greedily.
    beams: int = 0
    #: 0: the likeliest words; above, up to 1: drawn by chance.
    temperature: float = 0.0
    #: Of one window; 0: as many as the decoder has positions.
    max_tokens: int = 0
    #: Without them, a recording that fits into the model's context is one segment.
    timestamps: bool = True
    #: What is unlikely or repeats itself is tried again at temperatures of 0.2 to 1, unless a temperature is given.
    fallback: bool = True
    #: Each window goes on from what was said before it.
    condition_on_previous_text: bool = False
    #: Of what is drawn by chance.
    seed: int = 0
    #: Final segments have their words, with times. Of models that know which heads follow what is said.
    words: bool = False
    #: So much audio apart, guesses are sent before a window is full: 200 to 30000; 0: none are.
    partial_interval_ms: int = 0

    def message(self) -> transcript_pb2.TranscriptionOptions:
        task = transcript_pb2.SPEECH_TASK_TRANSLATE if self.translate else transcript_pb2.SPEECH_TASK_TRANSCRIBE
        return transcript_pb2.TranscriptionOptions(
            language=self.language,
            task=task,
            without_timestamps=not self.timestamps,
            prompt=self.prompt,
            temperature=self.temperature,
            beams=self.beams,
            max_tokens=self.max_tokens,
            without_fallback=not self.fallback,
            condition_on_previous_text=self.condition_on_previous_text,
            seed=self.seed,
            words=self.words,
        )

    def window_message(self) -> transcript_pb2.TranscriptionOptions:
        """The same of windows of `AudioOptions`, which say for themselves how audio comes. Raises ValueError of what windows have not."""
        for name in ("model", "sample_rate", "partial_interval_ms"):
            if getattr(self, name):
                raise ValueError(f"transcription.{name}: the stream of audio says the model and rate, and each window is told once; leave it out")
        return self.message()

    def config(self) -> transcriber_pb2.TranscribeStreamConfig:
        return transcriber_pb2.TranscribeStreamConfig(
            model=self.model, format=self.format(), options=self.message(), partial_interval_ms=self.partial_interval_ms
        )


def transcribe_request(recording: AudioInput, options: TranscriptionOptions) -> transcriber_pb2.TranscribeRequest:
    clip = clip_of(recording, options.sample_rate)
    return transcriber_pb2.TranscribeRequest(model=options.model, format=clip.format, data=clip.data, options=options.message())


def transcript_of(response: transcriber_pb2.TranscribeResponse) -> Transcript:
    return Transcript(
        text=response.text,
        language=response.language,
        duration_s=response.duration_s,
        segments=[_segment(one) for one in response.segments],
        is_cut=response.finish_reason == common_pb2.FINISH_REASON_LENGTH,
        model=response.model,
        fingerprint=response.fingerprint,
    )


def window_transcript_of(transcript: transcript_pb2.WindowTranscript) -> WindowTranscript:
    return WindowTranscript(
        text=transcript.text,
        language=transcript.language,
        segments=[_segment(one) for one in transcript.segments],
        is_cut=transcript.finish_reason == common_pb2.FINISH_REASON_LENGTH,
    )


def _segment(segment: transcript_pb2.TranscriptSegment) -> Segment:
    return Segment(
        start_s=segment.start_s,
        end_s=segment.end_s,
        text=segment.text,
        is_final=segment.final,
        tokens=list(segment.tokens),
        temperature=segment.temperature,
        mean_log_probability=segment.mean_log_probability,
        compression_ratio=segment.compression_ratio,
        no_speech_probability=segment.no_speech_probability,
        is_cut=segment.finish_reason == common_pb2.FINISH_REASON_LENGTH,
        words=[Word(text=one.text, start_s=one.start_s, end_s=one.end_s) for one in segment.words],
    )


class TranscriptSession:
    """Audio in, updates out. What a server has heard is in its memory alone: once one is ready, a connection that breaks off ends the stream."""

    def __init__(self, config: transcriber_pb2.TranscribeStreamConfig) -> None:
        self._config = config
        self._next_sequence = 0
        #: All chunks, until a server is ready.
        self._kept: list[audio_pb2.AudioChunk] = []
        self._unsent: deque[audio_pb2.AudioChunk] = deque()
        self._is_config_unsent = False
        self._is_open = False
        self._is_ready = False

    @property
    def is_resumable(self) -> bool:
        return not self._is_ready

    @property
    def is_full(self) -> bool:
        return len(self._unsent) > MOST_UNSENT or len(self._kept) > MOST_UNSENT

    def push(self, data: bytes) -> None:
        chunk = audio_pb2.AudioChunk(sequence=self._next_sequence, data=data)
        self._next_sequence += 1
        if not self._is_ready:
            self._kept.append(chunk)
        if self._is_open:
            self._unsent.append(chunk)

    def open(self) -> None:
        self._unsent = deque(self._kept)
        self._is_config_unsent = True
        self._is_open = True

    def broken(self) -> None:
        self._is_open = False
        self._unsent.clear()

    def next_request(self) -> transcriber_pb2.TranscribeStreamRequest | None:
        if self._is_config_unsent:
            self._is_config_unsent = False
            return transcriber_pb2.TranscribeStreamRequest(config=self._config)
        if not self._unsent:
            return None
        return transcriber_pb2.TranscribeStreamRequest(chunk=self._unsent.popleft())

    def take(self, answer: transcriber_pb2.TranscribeStreamResponse) -> Taken[TranscriptUpdate]:
        kind = answer.WhichOneof("message")
        if kind == "ready":
            self._is_ready = True
            self._kept.clear()
        if kind != "update":
            return Taken(is_last=kind == "summary")
        segments = [_segment(one) for one in answer.update.segments]
        update = TranscriptUpdate(
            final=[one for one in segments if one.is_final],
            guessed=[one for one in segments if not one.is_final],
            language=answer.update.language,
        )
        return Taken(update, is_progress=True)
