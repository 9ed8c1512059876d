from triptych.v1 import audio_pb2 as _audio_pb2
from triptych.v1 import common_pb2 as _common_pb2
from triptych.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TranscribeRequest(_message.Message):
    __slots__ = ["data", "format", "model", "options"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    format: _audio_pb2.AudioFormat
    model: str
    options: _transcript_pb2.TranscriptionOptions
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., data: _Optional[bytes] = ..., options: _Optional[_Union[_transcript_pb2.TranscriptionOptions, _Mapping]] = ...) -> None: ...

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
    finish_reason: _common_pb2.FinishReason
    language: str
    model: str
    segments: _containers.RepeatedCompositeFieldContainer[_transcript_pb2.TranscriptSegment]
    text: str
    def __init__(self, model: _Optional[str] = ..., fingerprint: _Optional[str] = ..., text: _Optional[str] = ..., language: _Optional[str] = ..., duration_s: _Optional[float] = ..., segments: _Optional[_Iterable[_Union[_transcript_pb2.TranscriptSegment, _Mapping]]] = ..., finish_reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ...) -> None: ...

class TranscribeStreamConfig(_message.Message):
    __slots__ = ["format", "model", "options", "partial_interval_ms"]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    format: _audio_pb2.AudioFormat
    model: str
    options: _transcript_pb2.TranscriptionOptions
    partial_interval_ms: int
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[_audio_pb2.AudioFormat, _Mapping]] = ..., options: _Optional[_Union[_transcript_pb2.TranscriptionOptions, _Mapping]] = ..., partial_interval_ms: _Optional[int] = ...) -> None: ...

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
    finish_reason: _common_pb2.FinishReason
    segments: int
    def __init__(self, duration_s: _Optional[float] = ..., segments: _Optional[int] = ..., finish_reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ...) -> None: ...

class TranscriptUpdate(_message.Message):
    __slots__ = ["language", "segments"]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    language: str
    segments: _containers.RepeatedCompositeFieldContainer[_transcript_pb2.TranscriptSegment]
    def __init__(self, segments: _Optional[_Iterable[_Union[_transcript_pb2.TranscriptSegment, _Mapping]]] = ..., language: _Optional[str] = ...) -> None: ...
