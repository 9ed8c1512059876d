from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
EMBEDDING_ENCODING_FLOAT_LIST: EmbeddingEncoding
EMBEDDING_ENCODING_RAW_FLOAT16: EmbeddingEncoding
EMBEDDING_ENCODING_RAW_FLOAT32: EmbeddingEncoding
EMBEDDING_ENCODING_RAW_INT8: EmbeddingEncoding
EMBEDDING_ENCODING_UNSPECIFIED: EmbeddingEncoding
FINISH_REASON_END: FinishReason
FINISH_REASON_LENGTH: FinishReason
FINISH_REASON_UNSPECIFIED: FinishReason
POOLING_CLS: Pooling
POOLING_EOS: Pooling
POOLING_MEAN: Pooling
POOLING_MEAN_VALID: Pooling
POOLING_NONE: Pooling
POOLING_PROJECTED: Pooling
POOLING_UNSPECIFIED: Pooling

class Embedding(_message.Message):
    __slots__ = ["encoding", "raw", "scale", "shape", "values"]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    encoding: EmbeddingEncoding
    raw: bytes
    scale: float
    shape: _containers.RepeatedScalarFieldContainer[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ..., raw: _Optional[bytes] = ..., shape: _Optional[_Iterable[int]] = ..., encoding: _Optional[_Union[EmbeddingEncoding, str]] = ..., scale: _Optional[float] = ...) -> None: ...

class EmbeddingOptions(_message.Message):
    __slots__ = ["dimensions", "encoding", "normalize", "pooling"]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    POOLING_FIELD_NUMBER: _ClassVar[int]
    dimensions: int
    encoding: EmbeddingEncoding
    normalize: bool
    pooling: Pooling
    def __init__(self, pooling: _Optional[_Union[Pooling, str]] = ..., normalize: bool = ..., encoding: _Optional[_Union[EmbeddingEncoding, str]] = ..., dimensions: _Optional[int] = ...) -> None: ...

class ItemError(_message.Message):
    __slots__ = ["code", "field", "message", "reason", "retryable"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    code: int
    field: str
    message: str
    reason: str
    retryable: bool
    def __init__(self, code: _Optional[int] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ..., field: _Optional[str] = ..., retryable: bool = ...) -> None: ...

class ModelStamp(_message.Message):
    __slots__ = ["device", "fingerprint", "model", "precision", "space"]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    device: str
    fingerprint: str
    model: str
    precision: str
    space: str
    def __init__(self, model: _Optional[str] = ..., fingerprint: _Optional[str] = ..., space: _Optional[str] = ..., device: _Optional[str] = ..., precision: _Optional[str] = ...) -> None: ...

class Timing(_message.Message):
    __slots__ = ["inference_us", "preprocess_us", "queue_us"]
    INFERENCE_US_FIELD_NUMBER: _ClassVar[int]
    PREPROCESS_US_FIELD_NUMBER: _ClassVar[int]
    QUEUE_US_FIELD_NUMBER: _ClassVar[int]
    inference_us: int
    preprocess_us: int
    queue_us: int
    def __init__(self, preprocess_us: _Optional[int] = ..., queue_us: _Optional[int] = ..., inference_us: _Optional[int] = ...) -> None: ...

class EmbeddingEncoding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Pooling(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class FinishReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
