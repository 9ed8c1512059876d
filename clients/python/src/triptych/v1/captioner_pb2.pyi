from triptych.v1 import common_pb2 as _common_pb2
from triptych.v1 import image_pb2 as _image_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Caption(_message.Message):
    __slots__ = ["error", "finish_reason", "id", "mean_log_probability", "text", "tokens"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MEAN_LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    error: _common_pb2.ItemError
    finish_reason: _common_pb2.FinishReason
    id: str
    mean_log_probability: float
    text: str
    tokens: int
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., tokens: _Optional[int] = ..., mean_log_probability: _Optional[float] = ..., finish_reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class CaptionRequest(_message.Message):
    __slots__ = ["beams", "images", "max_tokens", "model", "prompt"]
    BEAMS_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    beams: int
    images: _containers.RepeatedCompositeFieldContainer[_image_pb2.Image]
    max_tokens: int
    model: str
    prompt: str
    def __init__(self, model: _Optional[str] = ..., images: _Optional[_Iterable[_Union[_image_pb2.Image, _Mapping]]] = ..., prompt: _Optional[str] = ..., beams: _Optional[int] = ..., max_tokens: _Optional[int] = ...) -> None: ...

class CaptionResponse(_message.Message):
    __slots__ = ["captions", "fingerprint", "model"]
    CAPTIONS_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    captions: _containers.RepeatedCompositeFieldContainer[Caption]
    fingerprint: str
    model: str
    def __init__(self, model: _Optional[str] = ..., fingerprint: _Optional[str] = ..., captions: _Optional[_Iterable[_Union[Caption, _Mapping]]] = ...) -> None: ...
