from google.protobuf import timestamp_pb2 as _timestamp_pb2
from triptych.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
MODALITY_AUDIO: Modality
MODALITY_IMAGE: Modality
MODALITY_TEXT: Modality
MODALITY_UNSPECIFIED: Modality
MODEL_STATE_FAILED: ModelState
MODEL_STATE_LOADING: ModelState
MODEL_STATE_READY: ModelState
MODEL_STATE_STANDBY: ModelState
MODEL_STATE_UNLOADED: ModelState
MODEL_STATE_UNLOADING: ModelState
MODEL_STATE_UNSPECIFIED: ModelState

class AudioLimits(_message.Message):
    __slots__ = ["context_ms", "frame_ms", "max_ms", "min_ms", "sample_rate_hz"]
    CONTEXT_MS_FIELD_NUMBER: _ClassVar[int]
    FRAME_MS_FIELD_NUMBER: _ClassVar[int]
    MAX_MS_FIELD_NUMBER: _ClassVar[int]
    MIN_MS_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_HZ_FIELD_NUMBER: _ClassVar[int]
    context_ms: int
    frame_ms: float
    max_ms: int
    min_ms: int
    sample_rate_hz: int
    def __init__(self, sample_rate_hz: _Optional[int] = ..., context_ms: _Optional[int] = ..., frame_ms: _Optional[float] = ..., min_ms: _Optional[int] = ..., max_ms: _Optional[int] = ...) -> None: ...

class Encoder(_message.Message):
    __slots__ = ["audio", "default_pooling", "dimensions", "image", "is_default", "modality", "poolings", "space", "text"]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_POOLING_FIELD_NUMBER: _ClassVar[int]
    DIMENSIONS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    MODALITY_FIELD_NUMBER: _ClassVar[int]
    POOLINGS_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    audio: AudioLimits
    default_pooling: _common_pb2.Pooling
    dimensions: int
    image: ImageLimits
    is_default: bool
    modality: Modality
    poolings: _containers.RepeatedScalarFieldContainer[_common_pb2.Pooling]
    space: str
    text: TextLimits
    def __init__(self, modality: _Optional[_Union[Modality, str]] = ..., dimensions: _Optional[int] = ..., default_pooling: _Optional[_Union[_common_pb2.Pooling, str]] = ..., poolings: _Optional[_Iterable[_Union[_common_pb2.Pooling, str]]] = ..., is_default: bool = ..., space: _Optional[str] = ..., audio: _Optional[_Union[AudioLimits, _Mapping]] = ..., image: _Optional[_Union[ImageLimits, _Mapping]] = ..., text: _Optional[_Union[TextLimits, _Mapping]] = ...) -> None: ...

class GetModelRequest(_message.Message):
    __slots__ = ["model"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: str
    def __init__(self, model: _Optional[str] = ...) -> None: ...

class ImageLimits(_message.Message):
    __slots__ = ["input_size", "max_batch_images", "max_pixels", "patch_size"]
    INPUT_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_IMAGES_FIELD_NUMBER: _ClassVar[int]
    MAX_PIXELS_FIELD_NUMBER: _ClassVar[int]
    PATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    input_size: int
    max_batch_images: int
    max_pixels: int
    patch_size: int
    def __init__(self, input_size: _Optional[int] = ..., patch_size: _Optional[int] = ..., max_pixels: _Optional[int] = ..., max_batch_images: _Optional[int] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ["all"]
    ALL_FIELD_NUMBER: _ClassVar[int]
    all: bool
    def __init__(self, all: bool = ...) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ["models"]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class LoadFailure(_message.Message):
    __slots__ = ["at", "message", "reason"]
    AT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    at: _timestamp_pb2.Timestamp
    message: str
    reason: str
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., at: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LoadModelRequest(_message.Message):
    __slots__ = ["aliases", "current", "hub", "model", "on_demand", "path"]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    HUB_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ON_DEMAND_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    aliases: _containers.RepeatedScalarFieldContainer[str]
    current: bool
    hub: str
    model: str
    on_demand: bool
    path: str
    def __init__(self, model: _Optional[str] = ..., path: _Optional[str] = ..., hub: _Optional[str] = ..., on_demand: bool = ..., current: bool = ..., aliases: _Optional[_Iterable[str]] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ["aliases", "architecture", "captions", "device", "encoders", "failures", "fingerprint", "last_failure", "last_use", "load_ms", "loads", "memory_bytes", "name", "parameters", "precision", "state", "transcribes", "version", "weight_type"]
    ALIASES_FIELD_NUMBER: _ClassVar[int]
    ARCHITECTURE_FIELD_NUMBER: _ClassVar[int]
    CAPTIONS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    ENCODERS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    LAST_FAILURE_FIELD_NUMBER: _ClassVar[int]
    LAST_USE_FIELD_NUMBER: _ClassVar[int]
    LOADS_FIELD_NUMBER: _ClassVar[int]
    LOAD_MS_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TRANSCRIBES_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_TYPE_FIELD_NUMBER: _ClassVar[int]
    aliases: _containers.RepeatedScalarFieldContainer[str]
    architecture: str
    captions: bool
    device: str
    encoders: _containers.RepeatedCompositeFieldContainer[Encoder]
    failures: int
    fingerprint: str
    last_failure: LoadFailure
    last_use: _timestamp_pb2.Timestamp
    load_ms: float
    loads: int
    memory_bytes: int
    name: str
    parameters: int
    precision: str
    state: ModelState
    transcribes: bool
    version: str
    weight_type: str
    def __init__(self, name: _Optional[str] = ..., fingerprint: _Optional[str] = ..., architecture: _Optional[str] = ..., encoders: _Optional[_Iterable[_Union[Encoder, _Mapping]]] = ..., weight_type: _Optional[str] = ..., parameters: _Optional[int] = ..., load_ms: _Optional[float] = ..., version: _Optional[str] = ..., aliases: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[ModelState, str]] = ..., memory_bytes: _Optional[int] = ..., loads: _Optional[int] = ..., failures: _Optional[int] = ..., last_use: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., last_failure: _Optional[_Union[LoadFailure, _Mapping]] = ..., device: _Optional[str] = ..., precision: _Optional[str] = ..., captions: bool = ..., transcribes: bool = ...) -> None: ...

class ReloadModelRequest(_message.Message):
    __slots__ = ["model"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: str
    def __init__(self, model: _Optional[str] = ...) -> None: ...

class TextLimits(_message.Message):
    __slots__ = ["max_tokens"]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    max_tokens: int
    def __init__(self, max_tokens: _Optional[int] = ...) -> None: ...

class UnloadModelRequest(_message.Message):
    __slots__ = ["model", "wait"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    model: str
    wait: bool
    def __init__(self, model: _Optional[str] = ..., wait: bool = ...) -> None: ...

class Modality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ModelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
