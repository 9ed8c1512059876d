"""What both clients share: how a channel is set up, which methods there are, and what a request holds."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ._batches import BatchLimit, Kind
from ._inputs import CONTEXTS, choose, clip_of, embedding_options, image_of, refused_text, text_of
from .v1 import audio_pb2, captioner_pb2, cross_modal_pb2, image_pb2, models_pb2, text_pb2, transcriber_pb2

#: What a server takes in one call by default.
_MOST_ITEMS = {"text": 256, "image": 64, "audio": 64}
#: What goes into one call unless the caller says otherwise: its answer comes well within its time on a small machine.
_BATCH_ITEMS = {"text": 64, "image": 16, "audio": 8}

#: As grpc takes them.
CHANNEL_OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", 256 * 1024 * 1024),
    ("grpc.max_send_message_length", -1),
    # A server that restarts is found again within seconds, however long it was gone.
    ("grpc.initial_reconnect_backoff_ms", 250),
    ("grpc.min_reconnect_backoff_ms", 250),
    ("grpc.max_reconnect_backoff_ms", 5000),
]

Metadata = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Method:
    path: str
    request: Any
    response: Any


ENCODE_TEXTS = Method("/triptych.v1.TextEncoder/Encode", text_pb2.EncodeTextsRequest, text_pb2.EncodeTextsResponse)
ENCODE_IMAGES = Method("/triptych.v1.ImageEncoder/Encode", image_pb2.EncodeImagesRequest, image_pb2.EncodeImagesResponse)
ENCODE_AUDIO = Method("/triptych.v1.AudioEncoder/Encode", audio_pb2.EncodeAudioRequest, audio_pb2.EncodeAudioResponse)
STREAM_AUDIO = Method("/triptych.v1.AudioEncoder/EncodeStream", audio_pb2.AudioStreamRequest, audio_pb2.AudioStreamResponse)
STREAM_IMAGES = Method("/triptych.v1.ImageEncoder/EncodeStream", image_pb2.ImageStreamRequest, image_pb2.ImageStreamResponse)
SIMILARITY = Method("/triptych.v1.CrossModal/Similarity", cross_modal_pb2.SimilarityRequest, cross_modal_pb2.SimilarityResponse)
RANK = Method("/triptych.v1.CrossModal/Rank", cross_modal_pb2.RankRequest, cross_modal_pb2.RankResponse)
CLASSIFY = Method("/triptych.v1.CrossModal/Classify", cross_modal_pb2.ClassifyRequest, cross_modal_pb2.ClassifyResponse)
FUSE = Method("/triptych.v1.CrossModal/Fuse", cross_modal_pb2.FuseRequest, cross_modal_pb2.FuseResponse)
MATCH = Method("/triptych.v1.CrossModal/Match", cross_modal_pb2.MatchRequest, cross_modal_pb2.MatchResponse)
CAPTION = Method("/triptych.v1.Captioner/Caption", captioner_pb2.CaptionRequest, captioner_pb2.CaptionResponse)
TRANSCRIBE = Method("/triptych.v1.Transcriber/Transcribe", transcriber_pb2.TranscribeRequest, transcriber_pb2.TranscribeResponse)
STREAM_TRANSCRIPT = Method(
    "/triptych.v1.Transcriber/TranscribeStream",
    transcriber_pb2.TranscribeStreamRequest,
    transcriber_pb2.TranscribeStreamResponse,
)
LIST_MODELS = Method("/triptych.v1.Models/List", models_pb2.ListModelsRequest, models_pb2.ListModelsResponse)


@dataclass(frozen=True)
class Work:
    """Items of one kind, as calls."""

    method: Method
    kind: Kind[Any]
    #: An item as the API has it: reads files, copies arrays.
    prepare: Callable[[Any], Any]
    limit: BatchLimit


def limit_of(modality: str, batch_items: int | None, most: int | None = None) -> BatchLimit:
    if batch_items is not None and batch_items < 1:
        raise ValueError(f"batch_items is {batch_items}; expected 1 or more")
    return BatchLimit(min(batch_items or _BATCH_ITEMS[modality], most or _MOST_ITEMS[modality]))


def most_images(models: models_pb2.ListModelsResponse, model: str) -> int:
    """How many images one call to this model may hold; 0 where the server does not say."""
    for one in models.models:
        for encoder in one.encoders:
            if encoder.HasField("image") and (one.name == model if model else encoder.is_default):
                return encoder.image.max_batch_images
    return 0


def text_work(
    *,
    model: str = "",
    prompt: str | None = None,
    reject_too_long: bool = False,
    batch_items: int | None = None,
    pooling: str = "",
    normalize: bool | None = None,
    dimensions: int = 0,
    numbers: str = "float32",
) -> Work:
    options = embedding_options(pooling, normalize, dimensions, numbers)

    def request(texts: Sequence[str]) -> text_pb2.EncodeTextsRequest:
        made = text_pb2.EncodeTextsRequest(model=model, texts=texts, options=options, reject_too_long=reject_too_long)
        if prompt is not None:
            made.prompt_name = prompt
        return made

    kind = Kind(request, bytes_of=lambda text: len(text.encode("utf-8", "replace")), id_of=lambda _: "", refused=refused_text)
    return Work(ENCODE_TEXTS, kind, text_of, limit_of("text", batch_items))


def image_work(
    *,
    model: str = "",
    batch_items: int | None = None,
    pooling: str = "",
    normalize: bool | None = None,
    dimensions: int = 0,
    numbers: str = "float32",
) -> Work:
    options = embedding_options(pooling, normalize, dimensions, numbers)

    def request(images: Sequence[image_pb2.Image]) -> image_pb2.EncodeImagesRequest:
        return image_pb2.EncodeImagesRequest(model=model, images=images, options=options)

    kind: Kind[image_pb2.Image] = Kind(
        request, bytes_of=lambda image: len(image.encoded) + len(image.raw.data), id_of=lambda image: image.id
    )
    return Work(ENCODE_IMAGES, kind, image_of, limit_of("image", batch_items))


def audio_work(
    *,
    sample_rate: int | None = None,
    model: str = "",
    context: str = "",
    batch_items: int | None = None,
    pooling: str = "",
    normalize: bool | None = None,
    dimensions: int = 0,
    numbers: str = "float32",
) -> Work:
    options = embedding_options(pooling, normalize, dimensions, numbers)
    chosen = choose("context", context, CONTEXTS)

    def request(clips: Sequence[audio_pb2.AudioClip]) -> audio_pb2.EncodeAudioRequest:
        return audio_pb2.EncodeAudioRequest(model=model, clips=clips, options=options, context=chosen)

    kind: Kind[audio_pb2.AudioClip] = Kind(request, bytes_of=lambda clip: len(clip.data), id_of=lambda clip: clip.id)
    return Work(ENCODE_AUDIO, kind, lambda clip: clip_of(clip, sample_rate), limit_of("audio", batch_items))
