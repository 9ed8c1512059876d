from triptych.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
SPEECH_TASK_TRANSCRIBE: SpeechTask
SPEECH_TASK_TRANSLATE: SpeechTask
SPEECH_TASK_UNSPECIFIED: SpeechTask

class TranscriptSegment(_message.Message):
    __slots__ = ["compression_ratio", "end_s", "final", "finish_reason", "mean_log_probability", "no_speech_probability", "start_s", "temperature", "text", "tokens", "words"]
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
    WORDS_FIELD_NUMBER: _ClassVar[int]
    compression_ratio: float
    end_s: float
    final: bool
    finish_reason: _common_pb2.FinishReason
    mean_log_probability: float
    no_speech_probability: float
    start_s: float
    temperature: float
    text: str
    tokens: _containers.RepeatedScalarFieldContainer[int]
    words: _containers.RepeatedCompositeFieldContainer[TranscriptWord]
    def __init__(self, start_s: _Optional[float] = ..., end_s: _Optional[float] = ..., text: _Optional[str] = ..., final: bool = ..., tokens: _Optional[_Iterable[int]] = ..., temperature: _Optional[float] = ..., mean_log_probability: _Optional[float] = ..., compression_ratio: _Optional[float] = ..., no_speech_probability: _Optional[float] = ..., finish_reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ..., words: _Optional[_Iterable[_Union[TranscriptWord, _Mapping]]] = ...) -> None: ...

class TranscriptWord(_message.Message):
    __slots__ = ["end_s", "start_s", "text"]
    END_S_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    end_s: float
    start_s: float
    text: str
    def __init__(self, text: _Optional[str] = ..., start_s: _Optional[float] = ..., end_s: _Optional[float] = ...) -> None: ...

class TranscriptionOptions(_message.Message):
    __slots__ = ["beams", "condition_on_previous_text", "language", "max_tokens", "prompt", "seed", "task", "temperature", "without_fallback", "without_timestamps", "words"]
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
    WORDS_FIELD_NUMBER: _ClassVar[int]
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
    words: bool
    def __init__(self, language: _Optional[str] = ..., task: _Optional[_Union[SpeechTask, str]] = ..., without_timestamps: bool = ..., prompt: _Optional[str] = ..., temperature: _Optional[float] = ..., beams: _Optional[int] = ..., max_tokens: _Optional[int] = ..., without_fallback: bool = ..., condition_on_previous_text: bool = ..., seed: _Optional[int] = ..., words: bool = ...) -> None: ...

class WindowTranscript(_message.Message):
    __slots__ = ["finish_reason", "language", "segments", "text"]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    finish_reason: _common_pb2.FinishReason
    language: str
    segments: _containers.RepeatedCompositeFieldContainer[TranscriptSegment]
    text: str
    def __init__(self, text: _Optional[str] = ..., segments: _Optional[_Iterable[_Union[TranscriptSegment, _Mapping]]] = ..., language: _Optional[str] = ..., finish_reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ...) -> None: ...

class SpeechTask(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
