from triptych.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
PIXEL_FORMAT_GRAY8: PixelFormat
PIXEL_FORMAT_RGB8: PixelFormat
PIXEL_FORMAT_RGBA8: PixelFormat
PIXEL_FORMAT_RGB_F32LE: PixelFormat
PIXEL_FORMAT_UNSPECIFIED: PixelFormat

class EncodeImagesRequest(_message.Message):
    __slots__ = ["images", "model", "options"]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    images: _containers.RepeatedCompositeFieldContainer[Image]
    model: str
    options: _common_pb2.EmbeddingOptions
    def __init__(self, model: _Optional[str] = ..., images: _Optional[_Iterable[_Union[Image, _Mapping]]] = ..., options: _Optional[_Union[_common_pb2.EmbeddingOptions, _Mapping]] = ...) -> None: ...

class EncodeImagesResponse(_message.Message):
    __slots__ = ["results", "stamp"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[ImageResult]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., results: _Optional[_Iterable[_Union[ImageResult, _Mapping]]] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ["encoded", "id", "raw"]
    ENCODED_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    encoded: bytes
    id: str
    raw: RawImage
    def __init__(self, id: _Optional[str] = ..., encoded: _Optional[bytes] = ..., raw: _Optional[_Union[RawImage, _Mapping]] = ...) -> None: ...

class ImageBatch(_message.Message):
    __slots__ = ["batch_id", "images"]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    batch_id: int
    images: _containers.RepeatedCompositeFieldContainer[Image]
    def __init__(self, batch_id: _Optional[int] = ..., images: _Optional[_Iterable[_Union[Image, _Mapping]]] = ...) -> None: ...

class ImageBatchResult(_message.Message):
    __slots__ = ["batch_id", "results"]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    batch_id: int
    results: _containers.RepeatedCompositeFieldContainer[ImageResult]
    def __init__(self, batch_id: _Optional[int] = ..., results: _Optional[_Iterable[_Union[ImageResult, _Mapping]]] = ...) -> None: ...

class ImageResult(_message.Message):
    __slots__ = ["embedding", "error", "id", "timing"]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    embedding: _common_pb2.Embedding
    error: _common_pb2.ItemError
    id: str
    timing: _common_pb2.Timing
    def __init__(self, id: _Optional[str] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ..., timing: _Optional[_Union[_common_pb2.Timing, _Mapping]] = ...) -> None: ...

class ImageStreamConfig(_message.Message):
    __slots__ = ["model", "options"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    model: str
    options: _common_pb2.EmbeddingOptions
    def __init__(self, model: _Optional[str] = ..., options: _Optional[_Union[_common_pb2.EmbeddingOptions, _Mapping]] = ...) -> None: ...

class ImageStreamReady(_message.Message):
    __slots__ = ["dimensions", "max_batch_images", "stamp"]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_IMAGES_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    dimensions: int
    max_batch_images: int
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., dimensions: _Optional[int] = ..., max_batch_images: _Optional[int] = ...) -> None: ...

class ImageStreamRequest(_message.Message):
    __slots__ = ["batch", "config"]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    batch: ImageBatch
    config: ImageStreamConfig
    def __init__(self, config: _Optional[_Union[ImageStreamConfig, _Mapping]] = ..., batch: _Optional[_Union[ImageBatch, _Mapping]] = ...) -> None: ...

class ImageStreamResponse(_message.Message):
    __slots__ = ["ready", "result", "summary"]
    READY_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    ready: ImageStreamReady
    result: ImageBatchResult
    summary: ImageStreamSummary
    def __init__(self, ready: _Optional[_Union[ImageStreamReady, _Mapping]] = ..., result: _Optional[_Union[ImageBatchResult, _Mapping]] = ..., summary: _Optional[_Union[ImageStreamSummary, _Mapping]] = ...) -> None: ...

class ImageStreamSummary(_message.Message):
    __slots__ = ["batches", "failed", "images"]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    IMAGES_FIELD_NUMBER: _ClassVar[int]
    batches: int
    failed: int
    images: int
    def __init__(self, batches: _Optional[int] = ..., images: _Optional[int] = ..., failed: _Optional[int] = ...) -> None: ...

class RawImage(_message.Message):
    __slots__ = ["data", "format", "height", "width"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    format: PixelFormat
    height: int
    width: int
    def __init__(self, format: _Optional[_Union[PixelFormat, str]] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class PixelFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
