from triptych.v1 import audio_pb2 as _audio_pb2
from triptych.v1 import captioner_pb2 as _captioner_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
SPEECH_TASK_TRANSCRIBE: SpeechTask
SPEECH_TASK_TRANSLATE: SpeechTask
SPEECH_TASK_UNSPECIFIED: SpeechTask

class TranscribeRequest(_message.Message):
    __slots__ = ["data", "format", "model", "options"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    format: _audio_pb2.AudioFormat
    model: str
    options: TranscriptionOptions
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., data: _Optional[bytes] = ..., options: _Optional[_Union[TranscriptionOptions, _Mapping]] = ...) -> None: ...

class TranscribeResponse(_message.Message):
    __slots__ = ["duration_s", "fingerprint", "finish_reason", "language", "model", "segments", "text"]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    duration_s: float
    fingerprint: str
    finish_reason: _captioner_pb2.FinishReason
    language: str
    model: str
    segments: _containers.RepeatedCompositeFieldContainer[TranscriptSegment]
    text: str
    def __init__(self, model: _Optional[str] = ..., fingerprint: _Optional[str] = ..., text: _Optional[str] = ..., language: _Optional[str] = ..., duration_s: _Optional[float] = ..., segments: _Optional[_Iterable[_Union[TranscriptSegment, _Mapping]]] = ..., finish_reason: _Optional[_Union[_captioner_pb2.FinishReason, str]] = ...) -> None: ...

class TranscribeStreamConfig(_message.Message):
    __slots__ = ["format", "model", "options", "partial_interval_ms"]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    format: _audio_pb2.AudioFormat
    model: str
    options: TranscriptionOptions
    partial_interval_ms: int
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., options: _Optional[_Union[TranscriptionOptions, _Mapping]] = ..., partial_interval_ms: _Optional[int] = ...) -> None: ...

class TranscribeStreamReady(_message.Message):
    __slots__ = ["fingerprint", "model"]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    fingerprint: str
    model: str
    def __init__(self, model: _Optional[str] = ..., fingerprint: _Optional[str] = ...) -> None: ...

class TranscribeStreamRequest(_message.Message):
    __slots__ = ["chunk", "config"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    chunk: _audio_pb2.AudioChunk
    config: TranscribeStreamConfig
    def __init__(self, config: _Optional[_Union[TranscribeStreamConfig, _Mapping]] = ..., chunk: _Optional[_Union[_audio_pb2.AudioChunk, _Mapping]] = ...) -> None: ...

class TranscribeStreamResponse(_message.Message):
    __slots__ = ["ready", "summary", "update"]
    READY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    ready: TranscribeStreamReady
    summary: TranscribeStreamSummary
    update: TranscriptUpdate
    def __init__(self, ready: _Optional[_Union[TranscribeStreamReady, _Mapping]] = ..., update: _Optional[_Union[TranscriptUpdate, _Mapping]] = ..., summary: _Optional[_Union[TranscribeStreamSummary, _Mapping]] = ...) -> None: ...

class TranscribeStreamSummary(_message.Message):
    __slots__ = ["duration_s", "finish_reason", "segments"]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    duration_s: float
    finish_reason: _captioner_pb2.FinishReason
    segments: int
    def __init__(self, duration_s: _Optional[float] = ..., segments: _Optional[int] = ..., finish_reason: _Optional[_Union[_captioner_pb2.FinishReason, str]] = ...) -> None: ...

class TranscriptSegment(_message.Message):
    __slots__ = ["compression_ratio", "end_s", "final", "finish_reason", "mean_log_probability", "no_speech_probability", "start_s", "temperature", "text", "tokens"]
    COMPRESSION_RATIO_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    MEAN_LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    NO_SPEECH_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    compression_ratio: float
    end_s: float
    final: bool
    finish_reason: _captioner_pb2.FinishReason
    mean_log_probability: float
    no_speech_probability: float
    start_s: float
    temperature: float
    text: str
    tokens: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, start_s: _Optional[float] = ..., end_s: _Optional[float] = ..., text: _Optional[str] = ..., final: bool = ..., tokens: _Optional[_Iterable[int]] = ..., temperature: _Optional[float] = ..., mean_log_probability: _Optional[float] = ..., compression_ratio: _Optional[float] = ..., no_speech_probability: _Optional[float] = ..., finish_reason: _Optional[_Union[_captioner_pb2.FinishReason, str]] = ...) -> None: ...

class TranscriptUpdate(_message.Message):
    __slots__ = ["language", "segments"]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    language: str
    segments: _containers.RepeatedCompositeFieldContainer[TranscriptSegment]
    def __init__(self, segments: _Optional[_Iterable[_Union[TranscriptSegment, _Mapping]]] = ..., language: _Optional[str] = ...) -> None: ...

class TranscriptionOptions(_message.Message):
    __slots__ = ["beams", "condition_on_previous_text", "language", "max_tokens", "prompt", "seed", "task", "temperature", "without_fallback", "without_timestamps"]
    BEAMS_FIELD_NUMBER: _ClassVar[int]
    CONDITION_ON_PREVIOUS_TEXT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_FALLBACK_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_TIMESTAMPS_FIELD_NUMBER: _ClassVar[int]
    beams: int
    condition_on_previous_text: bool
    language: str
    max_tokens: int
    prompt: str
    seed: int
    task: SpeechTask
    temperature: float
    without_fallback: bool
    without_timestamps: bool
    def __init__(self, language: _Optional[str] = ..., task: _Optional[_Union[SpeechTask, str]] = ..., without_timestamps: bool = ..., prompt: _Optional[str] = ..., temperature: _Optional[float] = ..., beams: _Optional[int] = ..., max_tokens: _Optional[int] = ..., without_fallback: bool = ..., condition_on_previous_text: bool = ..., seed: _Optional[int] = ...) -> None: ...

class SpeechTask(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
