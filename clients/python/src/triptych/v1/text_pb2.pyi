from triptych.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EncodeTextsRequest(_message.Message):
    __slots__ = ["model", "options", "prompt_name", "reject_too_long", "texts"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_NAME_FIELD_NUMBER: _ClassVar[int]
    REJECT_TOO_LONG_FIELD_NUMBER: _ClassVar[int]
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    model: str
    options: _common_pb2.EmbeddingOptions
    prompt_name: str
    reject_too_long: bool
    texts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, model: _Optional[str] = ..., texts: _Optional[_Iterable[str]] = ..., options: _Optional[_Union[_common_pb2.EmbeddingOptions, _Mapping]] = ..., reject_too_long: bool = ..., prompt_name: _Optional[str] = ...) -> None: ...

class EncodeTextsResponse(_message.Message):
    __slots__ = ["results", "stamp"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[TextResult]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., results: _Optional[_Iterable[_Union[TextResult, _Mapping]]] = ...) -> None: ...

class TextResult(_message.Message):
    __slots__ = ["embedding", "error", "timing", "tokens", "truncated"]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    embedding: _common_pb2.Embedding
    error: _common_pb2.ItemError
    timing: _common_pb2.Timing
    tokens: int
    truncated: bool
    def __init__(self, embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ..., tokens: _Optional[int] = ..., truncated: bool = ..., timing: _Optional[_Union[_common_pb2.Timing, _Mapping]] = ...) -> None: ...
