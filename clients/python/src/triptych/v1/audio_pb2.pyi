from google.protobuf import timestamp_pb2 as _timestamp_pb2
from triptych.v1 import common_pb2 as _common_pb2
from triptych.v1 import transcript_pb2 as _transcript_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

AUDIO_CONTEXT_PADDED: AudioContext
AUDIO_CONTEXT_TRIMMED: AudioContext
AUDIO_CONTEXT_UNSPECIFIED: AudioContext
AUDIO_ENCODING_CONTAINER: AudioEncoding
AUDIO_ENCODING_PCM_F32LE: AudioEncoding
AUDIO_ENCODING_PCM_MULAW: AudioEncoding
AUDIO_ENCODING_PCM_S16LE: AudioEncoding
AUDIO_ENCODING_UNSPECIFIED: AudioEncoding
DESCRIPTOR: _descriptor.FileDescriptor
TAIL_POLICY_DROP: TailPolicy
TAIL_POLICY_EMIT: TailPolicy
TAIL_POLICY_UNSPECIFIED: TailPolicy

class AudioChunk(_message.Message):
    __slots__ = ["captured_at", "data", "flush", "sequence"]
    CAPTURED_AT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FLUSH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    captured_at: _timestamp_pb2.Timestamp
    data: bytes
    flush: bool
    sequence: int
    def __init__(self, sequence: _Optional[int] = ..., data: _Optional[bytes] = ..., captured_at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., flush: bool = ...) -> None: ...

class AudioClip(_message.Message):
    __slots__ = ["data", "format", "id"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    format: AudioFormat
    id: str
    def __init__(self, id: _Optional[str] = ..., format: _Optional[_Union[AudioFormat, _Mapping]] = ..., data: _Optional[bytes] = ...) -> None: ...

class AudioFormat(_message.Message):
    __slots__ = ["channels", "encoding", "sample_rate_hz"]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    channels: int
    encoding: AudioEncoding
    sample_rate_hz: int
    def __init__(self, encoding: _Optional[_Union[AudioEncoding, str]] = ..., sample_rate_hz: _Optional[int] = ..., channels: _Optional[int] = ...) -> None: ...

class AudioResult(_message.Message):
    __slots__ = ["embedding", "error", "id", "timing", "valid_frames"]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    VALID_FRAMES_FIELD_NUMBER: _ClassVar[int]
    embedding: _common_pb2.Embedding
    error: _common_pb2.ItemError
    id: str
    timing: _common_pb2.Timing
    valid_frames: int
    def __init__(self, id: _Optional[str] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ..., valid_frames: _Optional[int] = ..., timing: _Optional[_Union[_common_pb2.Timing, _Mapping]] = ...) -> None: ...

class AudioStreamConfig(_message.Message):
    __slots__ = ["context", "format", "hop_ms", "max_lag_ms", "model", "options", "resume", "tail", "transcription", "window_ms"]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    HOP_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_LAG_MS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    TAIL_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_MS_FIELD_NUMBER: _ClassVar[int]
    context: AudioContext
    format: AudioFormat
    hop_ms: int
    max_lag_ms: int
    model: str
    options: _common_pb2.EmbeddingOptions
    resume: AudioStreamResume
    tail: TailPolicy
    transcription: _transcript_pb2.TranscriptionOptions
    window_ms: int
    def __init__(self, model: _Optional[str] = ..., format: _Optional[_Union[AudioFormat, _Mapping]] = ..., window_ms: _Optional[int] = ..., hop_ms: _Optional[int] = ..., tail: _Optional[_Union[TailPolicy, str]] = ..., context: _Optional[_Union[AudioContext, str]] = ..., options: _Optional[_Union[_common_pb2.EmbeddingOptions, _Mapping]] = ..., resume: _Optional[_Union[AudioStreamResume, _Mapping]] = ..., max_lag_ms: _Optional[int] = ..., transcription: _Optional[_Union[_transcript_pb2.TranscriptionOptions, _Mapping]] = ...) -> None: ...

class AudioStreamReady(_message.Message):
    __slots__ = ["config", "dimensions", "frame_ms", "sample_rate_hz", "stamp"]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    FRAME_MS_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    config: AudioStreamConfig
    dimensions: int
    frame_ms: float
    sample_rate_hz: int
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., config: _Optional[_Union[AudioStreamConfig, _Mapping]] = ..., dimensions: _Optional[int] = ..., frame_ms: _Optional[float] = ..., sample_rate_hz: _Optional[int] = ...) -> None: ...

class AudioStreamRequest(_message.Message):
    __slots__ = ["chunk", "config"]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    chunk: AudioChunk
    config: AudioStreamConfig
    def __init__(self, config: _Optional[_Union[AudioStreamConfig, _Mapping]] = ..., chunk: _Optional[_Union[AudioChunk, _Mapping]] = ...) -> None: ...

class AudioStreamResponse(_message.Message):
    __slots__ = ["ready", "summary", "window"]
    READY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    ready: AudioStreamReady
    summary: AudioStreamSummary
    window: AudioWindow
    def __init__(self, ready: _Optional[_Union[AudioStreamReady, _Mapping]] = ..., window: _Optional[_Union[AudioWindow, _Mapping]] = ..., summary: _Optional[_Union[AudioStreamSummary, _Mapping]] = ...) -> None: ...

class AudioStreamResume(_message.Message):
    __slots__ = ["audio_start_sample", "covered_sample", "sequence", "window_index", "window_start_sample"]
    AUDIO_START_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    COVERED_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_INDEX_FIELD_NUMBER: _ClassVar[int]
    WINDOW_START_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    audio_start_sample: int
    covered_sample: int
    sequence: int
    window_index: int
    window_start_sample: int
    def __init__(self, window_index: _Optional[int] = ..., window_start_sample: _Optional[int] = ..., covered_sample: _Optional[int] = ..., audio_start_sample: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class AudioStreamSummary(_message.Message):
    __slots__ = ["chunks", "late_windows", "samples", "windows"]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    LATE_WINDOWS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_FIELD_NUMBER: _ClassVar[int]
    chunks: int
    late_windows: int
    samples: int
    windows: int
    def __init__(self, windows: _Optional[int] = ..., chunks: _Optional[int] = ..., samples: _Optional[int] = ..., late_windows: _Optional[int] = ...) -> None: ...

class AudioWindow(_message.Message):
    __slots__ = ["embedding", "end_sample", "error", "index", "last_sequence", "partial", "start_sample", "timing", "transcript", "valid_frames"]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    END_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    START_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIPT_FIELD_NUMBER: _ClassVar[int]
    VALID_FRAMES_FIELD_NUMBER: _ClassVar[int]
    embedding: _common_pb2.Embedding
    end_sample: int
    error: _common_pb2.ItemError
    index: int
    last_sequence: int
    partial: bool
    start_sample: int
    timing: _common_pb2.Timing
    transcript: _transcript_pb2.WindowTranscript
    valid_frames: int
    def __init__(self, index: _Optional[int] = ..., start_sample: _Optional[int] = ..., end_sample: _Optional[int] = ..., valid_frames: _Optional[int] = ..., partial: bool = ..., last_sequence: _Optional[int] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ..., timing: _Optional[_Union[_common_pb2.Timing, _Mapping]] = ..., transcript: _Optional[_Union[_transcript_pb2.WindowTranscript, _Mapping]] = ...) -> None: ...

class EncodeAudioRequest(_message.Message):
    __slots__ = ["clips", "context", "model", "options"]
    CLIPS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    clips: _containers.RepeatedCompositeFieldContainer[AudioClip]
    context: AudioContext
    model: str
    options: _common_pb2.EmbeddingOptions
    def __init__(self, model: _Optional[str] = ..., clips: _Optional[_Iterable[_Union[AudioClip, _Mapping]]] = ..., context: _Optional[_Union[AudioContext, str]] = ..., options: _Optional[_Union[_common_pb2.EmbeddingOptions, _Mapping]] = ...) -> None: ...

class EncodeAudioResponse(_message.Message):
    __slots__ = ["results", "stamp"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[AudioResult]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., results: _Optional[_Iterable[_Union[AudioResult, _Mapping]]] = ...) -> None: ...

class AudioEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class AudioContext(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class TailPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
