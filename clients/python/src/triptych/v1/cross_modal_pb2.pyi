from triptych.v1 import audio_pb2 as _audio_pb2
from triptych.v1 import common_pb2 as _common_pb2
from triptych.v1 import image_pb2 as _image_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Classification(_message.Message):
    __slots__ = ["error", "id", "labels"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    error: _common_pb2.ItemError
    id: str
    labels: _containers.RepeatedCompositeFieldContainer[LabelScore]
    def __init__(self, id: _Optional[str] = ..., labels: _Optional[_Iterable[_Union[LabelScore, _Mapping]]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class ClassifyRequest(_message.Message):
    __slots__ = ["items", "labels", "model", "template"]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Item]
    labels: _containers.RepeatedScalarFieldContainer[str]
    model: str
    template: str
    def __init__(self, model: _Optional[str] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., labels: _Optional[_Iterable[str]] = ..., template: _Optional[str] = ...) -> None: ...

class ClassifyResponse(_message.Message):
    __slots__ = ["classifications", "stamp"]
    CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    classifications: _containers.RepeatedCompositeFieldContainer[Classification]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., classifications: _Optional[_Iterable[_Union[Classification, _Mapping]]] = ...) -> None: ...

class FailedItem(_message.Message):
    __slots__ = ["error", "index"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    error: _common_pb2.ItemError
    index: int
    def __init__(self, index: _Optional[int] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ["audio", "embedding", "id", "image", "space", "text"]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    audio: _audio_pb2.AudioClip
    embedding: _common_pb2.Embedding
    id: str
    image: _image_pb2.Image
    space: str
    text: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., image: _Optional[_Union[_image_pb2.Image, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioClip, _Mapping]] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., space: _Optional[str] = ...) -> None: ...

class LabelScore(_message.Message):
    __slots__ = ["label", "probability"]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    label: str
    probability: float
    def __init__(self, label: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class RankRequest(_message.Message):
    __slots__ = ["candidates", "model", "queries", "top_k"]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[Item]
    model: str
    queries: _containers.RepeatedCompositeFieldContainer[Item]
    top_k: int
    def __init__(self, model: _Optional[str] = ..., queries: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., candidates: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., top_k: _Optional[int] = ...) -> None: ...

class RankResponse(_message.Message):
    __slots__ = ["failed_candidates", "rankings", "stamp"]
    FAILED_CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    RANKINGS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    failed_candidates: _containers.RepeatedCompositeFieldContainer[FailedItem]
    rankings: _containers.RepeatedCompositeFieldContainer[Ranking]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., rankings: _Optional[_Iterable[_Union[Ranking, _Mapping]]] = ..., failed_candidates: _Optional[_Iterable[_Union[FailedItem, _Mapping]]] = ...) -> None: ...

class RankedItem(_message.Message):
    __slots__ = ["id", "index", "score"]
    ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    id: str
    index: int
    score: float
    def __init__(self, index: _Optional[int] = ..., id: _Optional[str] = ..., score: _Optional[float] = ...) -> None: ...

class Ranking(_message.Message):
    __slots__ = ["error", "items", "query_id"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    QUERY_ID_FIELD_NUMBER: _ClassVar[int]
    error: _common_pb2.ItemError
    items: _containers.RepeatedCompositeFieldContainer[RankedItem]
    query_id: str
    def __init__(self, query_id: _Optional[str] = ..., items: _Optional[_Iterable[_Union[RankedItem, _Mapping]]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class SimilarityRequest(_message.Message):
    __slots__ = ["candidates", "logits", "model", "queries"]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    LOGITS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[Item]
    logits: bool
    model: str
    queries: _containers.RepeatedCompositeFieldContainer[Item]
    def __init__(self, model: _Optional[str] = ..., queries: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., candidates: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., logits: bool = ...) -> None: ...

class SimilarityResponse(_message.Message):
    __slots__ = ["columns", "failed_candidates", "failed_queries", "rows", "scores", "stamp"]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    FAILED_CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    FAILED_QUERIES_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    columns: int
    failed_candidates: _containers.RepeatedCompositeFieldContainer[FailedItem]
    failed_queries: _containers.RepeatedCompositeFieldContainer[FailedItem]
    rows: int
    scores: _containers.RepeatedScalarFieldContainer[float]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., rows: _Optional[int] = ..., columns: _Optional[int] = ..., scores: _Optional[_Iterable[float]] = ..., failed_queries: _Optional[_Iterable[_Union[FailedItem, _Mapping]]] = ..., failed_candidates: _Optional[_Iterable[_Union[FailedItem, _Mapping]]] = ...) -> None: ...
