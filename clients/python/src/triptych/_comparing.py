"""Requests and answers of similarity, ranking, classification and fusion."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._embeddings import Embeddings, Vector, read_embedding
from ._errors import InvalidInputError, ItemFailure, code_of
from ._batches import failure_of
from ._inputs import Samples, by_kind, choose, clip_of, image_of
from .v1 import captioner_pb2, common_pb2, cross_modal_pb2


@dataclass(frozen=True)
class Ranked:
    """A candidate and how well it fits."""

    #: In the candidates.
    index: int
    score: float


@dataclass(frozen=True)
class Scores:
    """Every query (row) against every candidate (column); NaN where either failed."""

    values: Vector
    failed_queries: Sequence[ItemFailure]
    failed_candidates: Sequence[ItemFailure]


@dataclass(frozen=True)
class Fused:
    """One vector of several items, of length 1."""

    values: Vector
    #: Of each item to it.
    cosines: Vector
    model: str
    fingerprint: str
    #: Vectors may be compared only where this is the same.
    space: str

    @property
    def item(self) -> tuple[Vector, str]:
        """It as a query or a candidate."""
        return self.values, self.space


@dataclass(frozen=True)
class Match:
    """A text and an image through one encoder of both."""

    #: That they belong together.
    probability: float
    #: Of both, of length 1.
    values: Vector


@dataclass(frozen=True)
class Source:
    """Rankings by one model, in its own space."""

    #: Empty: the call's.
    model: str = ""
    weight: float = 1.0
    #: Places of queries in the call; empty: every one.
    queries: Sequence[int] = ()


VECTOR_RULES = {
    "mean": cross_modal_pb2.VECTOR_FUSION_RULE_MEAN,
    "geodesic": cross_modal_pb2.VECTOR_FUSION_RULE_GEODESIC,
    "principal": cross_modal_pb2.VECTOR_FUSION_RULE_PRINCIPAL,
    "max": cross_modal_pb2.VECTOR_FUSION_RULE_MAX,
}
RANK_RULES = {
    "z_score": cross_modal_pb2.RANK_FUSION_RULE_Z_SCORE,
    "min_max": cross_modal_pb2.RANK_FUSION_RULE_MIN_MAX,
    "mean_cosine": cross_modal_pb2.RANK_FUSION_RULE_MEAN_COSINE,
    "reciprocal_rank": cross_modal_pb2.RANK_FUSION_RULE_RECIPROCAL_RANK,
}


def items_of(items: Any) -> list[cross_modal_pb2.Item]:
    """A str is a text; a path, bytes, pixels or a Pillow image an image; a path of a recording or `Samples` a clip; `Embeddings` are vectors
    made earlier, or one may be given as (vector, space)."""
    if isinstance(items, Embeddings):
        return [_vector(array, items.space) for array in items.arrays]
    if isinstance(items, (str, bytes, os.PathLike)):
        raise TypeError(f"items are one {type(items).__name__}; expected a list of them")
    return [_item(item) for item in items]


def _item(item: Any) -> cross_modal_pb2.Item:
    if isinstance(item, str):
        return cross_modal_pb2.Item(text=item)
    if isinstance(item, Samples) or (isinstance(item, os.PathLike) and by_kind([os.fspath(item)])["audio"]):
        return cross_modal_pb2.Item(audio=clip_of(item))
    if isinstance(item, tuple):
        return _vector(*item)
    return cross_modal_pb2.Item(image=image_of(item))


def _vector(array: Vector | None, space: str) -> cross_modal_pb2.Item:
    if array is None:
        raise ValueError("one of the embeddings has no vector, as its item failed; leave it out")
    values = np.ascontiguousarray(array, dtype="<f4")
    embedding = common_pb2.Embedding(
        raw=values.tobytes(), shape=values.shape, encoding=common_pb2.EMBEDDING_ENCODING_RAW_FLOAT32
    )
    return cross_modal_pb2.Item(embedding=embedding, space=space)


def similarity_request(queries: Any, candidates: Any, model: str, logits: bool) -> cross_modal_pb2.SimilarityRequest:
    return cross_modal_pb2.SimilarityRequest(
        model=model, queries=items_of(queries), candidates=items_of(candidates), logits=logits
    )


def scores_of(response: cross_modal_pb2.SimilarityResponse) -> Scores:
    values = np.array(response.scores, dtype=np.float32).reshape(response.rows, response.columns)
    return Scores(
        values,
        [failure_of(one.index, "", one.error) for one in response.failed_queries],
        [failure_of(one.index, "", one.error) for one in response.failed_candidates],
    )


def rank_request(query: Any, candidates: Any, top: int, model: str, early: int | None) -> cross_modal_pb2.RankRequest:
    return cross_modal_pb2.RankRequest(
        model=model, queries=items_of([query]), candidates=items_of(candidates), top_k=top, early=_early(early)
    )


def _early(candidates: int | None) -> cross_modal_pb2.EarlyFusion | None:
    return None if candidates is None else cross_modal_pb2.EarlyFusion(candidates=candidates)


def caption_request(
    images: Sequence[Any], prompt: str, beams: int, max_tokens: int, model: str
) -> captioner_pb2.CaptionRequest:
    return captioner_pb2.CaptionRequest(
        model=model, images=[image_of(image) for image in images], prompt=prompt, beams=beams, max_tokens=max_tokens
    )


def captions_of(response: captioner_pb2.CaptionResponse) -> list[str]:
    for one in response.captions:
        _raise(one)
    return [one.text for one in response.captions]


def match_request(pairs: Sequence[tuple[str, Any]], model: str) -> cross_modal_pb2.MatchRequest:
    return cross_modal_pb2.MatchRequest(
        model=model,
        pairs=[cross_modal_pb2.MatchPair(text=text, image=image_of(image)) for text, image in pairs],
        encoding=common_pb2.EMBEDDING_ENCODING_RAW_FLOAT32,
    )


def matches_of(response: cross_modal_pb2.MatchResponse) -> list[Match]:
    for one in response.results:
        _raise(one)
    return [Match(one.probability, read_embedding(one.embedding)) for one in response.results]


def rank_together_request(
    queries: Any,
    candidates: Any,
    *,
    weights: Sequence[float] | None,
    rule: str,
    rank_constant: int,
    sources: Sequence[Source],
    top: int,
    model: str,
) -> cross_modal_pb2.RankRequest:
    made = [cross_modal_pb2.RankSource(model=one.model, weight=one.weight, queries=one.queries) for one in sources]
    fusion = cross_modal_pb2.RankFusion(rule=choose("rule", rule, {"": 0, **RANK_RULES}), rank_constant=rank_constant, sources=made)
    return cross_modal_pb2.RankRequest(
        model=model, queries=weighted(queries, weights), candidates=items_of(candidates), top_k=top, fusion=fusion
    )


def fuse_request(items: Any, weights: Sequence[float] | None, rule: str, model: str) -> cross_modal_pb2.FuseRequest:
    return cross_modal_pb2.FuseRequest(
        model=model,
        items=weighted(items, weights),
        rule=choose("rule", rule, {"": 0, **VECTOR_RULES}),
        encoding=common_pb2.EMBEDDING_ENCODING_RAW_FLOAT32,
    )


def weighted(items: Any, weights: Sequence[float] | None) -> list[cross_modal_pb2.Item]:
    made = items_of(items)
    if weights is None:
        return made
    if len(weights) != len(made):
        raise ValueError(f"there are {len(weights)} weights; expected one for each of {len(made)} items")
    for item, weight in zip(made, weights):
        item.weight = weight
    return made


def fused_of(response: cross_modal_pb2.FuseResponse) -> Fused:
    stamp = response.stamp
    cosines = np.array(response.cosines, dtype=np.float32)
    return Fused(read_embedding(response.embedding), cosines, stamp.model, stamp.fingerprint, stamp.space)


def ranked_of(response: cross_modal_pb2.RankResponse) -> list[Ranked]:
    ranking = response.rankings[0]
    _raise(ranking)
    return [Ranked(item.index, item.score) for item in ranking.items]


def classify_request(
    items: Any, labels: Sequence[str], template: str, model: str, early: int | None
) -> cross_modal_pb2.ClassifyRequest:
    return cross_modal_pb2.ClassifyRequest(
        model=model, items=items_of(items), labels=labels, template=template, early=_early(early)
    )


def scored_of(response: cross_modal_pb2.ClassifyResponse) -> list[dict[str, float]]:
    for one in response.classifications:
        _raise(one)
    return [{label.label: label.probability for label in one.labels} for one in response.classifications]


def _raise(answer: Any) -> None:
    error = answer.error
    if error.reason:
        raise InvalidInputError(error.message, code=code_of(error.code), reason=error.reason, field=error.field)
