from triptych.v1 import audio_pb2 as _audio_pb2
from triptych.v1 import common_pb2 as _common_pb2
from triptych.v1 import image_pb2 as _image_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
RANK_FUSION_RULE_MEAN_COSINE: RankFusionRule
RANK_FUSION_RULE_MIN_MAX: RankFusionRule
RANK_FUSION_RULE_RECIPROCAL_RANK: RankFusionRule
RANK_FUSION_RULE_UNSPECIFIED: RankFusionRule
RANK_FUSION_RULE_Z_SCORE: RankFusionRule
VECTOR_FUSION_RULE_GEODESIC: VectorFusionRule
VECTOR_FUSION_RULE_MAX: VectorFusionRule
VECTOR_FUSION_RULE_MEAN: VectorFusionRule
VECTOR_FUSION_RULE_PRINCIPAL: VectorFusionRule
VECTOR_FUSION_RULE_UNSPECIFIED: VectorFusionRule

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
    __slots__ = ["early", "items", "labels", "model", "template"]
    EARLY_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    early: EarlyFusion
    items: _containers.RepeatedCompositeFieldContainer[Item]
    labels: _containers.RepeatedScalarFieldContainer[str]
    model: str
    template: str
    def __init__(self, model: _Optional[str] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., labels: _Optional[_Iterable[str]] = ..., template: _Optional[str] = ..., early: _Optional[_Union[EarlyFusion, _Mapping]] = ...) -> None: ...

class ClassifyResponse(_message.Message):
    __slots__ = ["classifications", "stamp"]
    CLASSIFICATIONS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    classifications: _containers.RepeatedCompositeFieldContainer[Classification]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., classifications: _Optional[_Iterable[_Union[Classification, _Mapping]]] = ...) -> None: ...

class EarlyFusion(_message.Message):
    __slots__ = ["candidates"]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    candidates: int
    def __init__(self, candidates: _Optional[int] = ...) -> None: ...

class FailedItem(_message.Message):
    __slots__ = ["error", "index"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    error: _common_pb2.ItemError
    index: int
    def __init__(self, index: _Optional[int] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class FuseRequest(_message.Message):
    __slots__ = ["encoding", "items", "model", "rule"]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    encoding: _common_pb2.EmbeddingEncoding
    items: _containers.RepeatedCompositeFieldContainer[Item]
    model: str
    rule: VectorFusionRule
    def __init__(self, model: _Optional[str] = ..., items: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., rule: _Optional[_Union[VectorFusionRule, str]] = ..., encoding: _Optional[_Union[_common_pb2.EmbeddingEncoding, str]] = ...) -> None: ...

class FuseResponse(_message.Message):
    __slots__ = ["cosines", "embedding", "stamp"]
    COSINES_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    cosines: _containers.RepeatedScalarFieldContainer[float]
    embedding: _common_pb2.Embedding
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., cosines: _Optional[_Iterable[float]] = ...) -> None: ...

class Item(_message.Message):
    __slots__ = ["audio", "embedding", "id", "image", "space", "text", "weight"]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    audio: _audio_pb2.AudioClip
    embedding: _common_pb2.Embedding
    id: str
    image: _image_pb2.Image
    space: str
    text: str
    weight: float
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., image: _Optional[_Union[_image_pb2.Image, _Mapping]] = ..., audio: _Optional[_Union[_audio_pb2.AudioClip, _Mapping]] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., space: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class LabelScore(_message.Message):
    __slots__ = ["label", "probability"]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    label: str
    probability: float
    def __init__(self, label: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class MatchPair(_message.Message):
    __slots__ = ["id", "image", "text"]
    ID_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    id: str
    image: _image_pb2.Image
    text: str
    def __init__(self, id: _Optional[str] = ..., text: _Optional[str] = ..., image: _Optional[_Union[_image_pb2.Image, _Mapping]] = ...) -> None: ...

class MatchRequest(_message.Message):
    __slots__ = ["encoding", "model", "normalize", "pairs"]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    PAIRS_FIELD_NUMBER: _ClassVar[int]
    encoding: _common_pb2.EmbeddingEncoding
    model: str
    normalize: bool
    pairs: _containers.RepeatedCompositeFieldContainer[MatchPair]
    def __init__(self, model: _Optional[str] = ..., pairs: _Optional[_Iterable[_Union[MatchPair, _Mapping]]] = ..., normalize: bool = ..., encoding: _Optional[_Union[_common_pb2.EmbeddingEncoding, str]] = ...) -> None: ...

class MatchResponse(_message.Message):
    __slots__ = ["results", "stamp"]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[MatchResult]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., results: _Optional[_Iterable[_Union[MatchResult, _Mapping]]] = ...) -> None: ...

class MatchResult(_message.Message):
    __slots__ = ["embedding", "error", "id", "probability"]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    embedding: _common_pb2.Embedding
    error: _common_pb2.ItemError
    id: str
    probability: float
    def __init__(self, id: _Optional[str] = ..., probability: _Optional[float] = ..., embedding: _Optional[_Union[_common_pb2.Embedding, _Mapping]] = ..., error: _Optional[_Union[_common_pb2.ItemError, _Mapping]] = ...) -> None: ...

class RankFusion(_message.Message):
    __slots__ = ["rank_constant", "rule", "sources"]
    RANK_CONSTANT_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    rank_constant: int
    rule: RankFusionRule
    sources: _containers.RepeatedCompositeFieldContainer[RankSource]
    def __init__(self, rule: _Optional[_Union[RankFusionRule, str]] = ..., sources: _Optional[_Iterable[_Union[RankSource, _Mapping]]] = ..., rank_constant: _Optional[int] = ...) -> None: ...

class RankRequest(_message.Message):
    __slots__ = ["candidates", "early", "fusion", "model", "queries", "top_k"]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    EARLY_FIELD_NUMBER: _ClassVar[int]
    FUSION_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    candidates: _containers.RepeatedCompositeFieldContainer[Item]
    early: EarlyFusion
    fusion: RankFusion
    model: str
    queries: _containers.RepeatedCompositeFieldContainer[Item]
    top_k: int
    def __init__(self, model: _Optional[str] = ..., queries: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., candidates: _Optional[_Iterable[_Union[Item, _Mapping]]] = ..., top_k: _Optional[int] = ..., fusion: _Optional[_Union[RankFusion, _Mapping]] = ..., early: _Optional[_Union[EarlyFusion, _Mapping]] = ...) -> None: ...

class RankResponse(_message.Message):
    __slots__ = ["failed_candidates", "rankings", "source_stamps", "stamp"]
    FAILED_CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    RANKINGS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_STAMPS_FIELD_NUMBER: _ClassVar[int]
    STAMP_FIELD_NUMBER: _ClassVar[int]
    failed_candidates: _containers.RepeatedCompositeFieldContainer[FailedItem]
    rankings: _containers.RepeatedCompositeFieldContainer[Ranking]
    source_stamps: _containers.RepeatedCompositeFieldContainer[_common_pb2.ModelStamp]
    stamp: _common_pb2.ModelStamp
    def __init__(self, stamp: _Optional[_Union[_common_pb2.ModelStamp, _Mapping]] = ..., rankings: _Optional[_Iterable[_Union[Ranking, _Mapping]]] = ..., failed_candidates: _Optional[_Iterable[_Union[FailedItem, _Mapping]]] = ..., source_stamps: _Optional[_Iterable[_Union[_common_pb2.ModelStamp, _Mapping]]] = ...) -> None: ...

class RankSource(_message.Message):
    __slots__ = ["model", "queries", "weight"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    model: str
    queries: _containers.RepeatedScalarFieldContainer[int]
    weight: float
    def __init__(self, model: _Optional[str] = ..., weight: _Optional[float] = ..., queries: _Optional[_Iterable[int]] = ...) -> None: ...

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

class RankFusionRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class VectorFusionRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
