"""The client for programs without an event loop."""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import grpc

from ._batches import BatchLimit
from ._calls import (
    CHANNEL_OPTIONS,
    CAPTION,
    CLASSIFY,
    FUSE,
    LIST_MODELS,
    MATCH,
    RANK,
    SIMILARITY,
    STREAM_AUDIO,
    STREAM_IMAGES,
    STREAM_TRANSCRIPT,
    TRANSCRIBE,
    Metadata,
    Method,
    Work,
    audio_work,
    image_work,
    limit_of,
    most_images,
    text_work,
)
from ._comparing import (
    Fused,
    Match,
    Ranked,
    Scores,
    Source,
    caption_request,
    captions_of,
    classify_request,
    fuse_request,
    fused_of,
    match_request,
    matches_of,
    rank_request,
    rank_together_request,
    ranked_of,
    scored_of,
    scores_of,
    similarity_request,
)
from ._embeddings import Embeddings, join
from ._errors import ItemsFailedError, TriptychError
from ._inputs import AudioInput, ImageInput, by_kind, embedding_options, files_of, image_of, no_single, pcm
from ._retry import RetryPolicy
from ._run import run_batches, with_retries
from ._sessions import AudioOptions, AudioSession, ImageResult, ImageSession, Window
from ._streams import AudioStream, ImageStream, TranscriptStream, feed
from ._transcripts import Transcript, TranscriptionOptions, TranscriptUpdate, transcribe_request, transcript_of
from .v1 import audio_pb2, image_pb2, models_pb2

Progress = Callable[[int, int], None]


class Client:
    """A connection to a Triptych server, which may be shared by threads. It connects with the first call.

    Calls are split to what the server takes, made some at a time, and repeated where they may succeed later. They raise
    `TriptychError`. What one item lacks raises `ItemsFailedError` once all others are done, or, with `errors="return"`, is in
    `Embeddings.failures`.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:50051",
        *,
        token: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        metadata: Metadata = (),
        timeout_s: float = 60.0,
        retry: RetryPolicy = RetryPolicy(),
        concurrency: int = 4,
        options: Sequence[tuple[str, Any]] = (),
    ) -> None:
        """`credentials`: default is a connection without TLS. `timeout_s`: of one call. `concurrency`: calls under way at a time."""
        if concurrency < 1:
            raise ValueError(f"concurrency is {concurrency}; expected 1 or more")
        all_options = [*CHANNEL_OPTIONS, *options]
        self._channel: grpc.Channel = (
            grpc.insecure_channel(address, options=all_options)
            if credentials is None
            else grpc.secure_channel(address, credentials, options=all_options)
        )
        self._metadata = (*metadata, *((("authorization", f"Bearer {token}"),) if token is not None else ()))
        self._timeout_s = timeout_s
        self._retry = retry
        self._concurrency = concurrency

    def close(self) -> None:
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Whole inputs

    def embed_texts(
        self, texts: Iterable[str], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """Encodes texts. Options: model, prompt, reject_too_long, batch_items, pooling, normalize, dimensions, numbers."""
        return _joined(self.iter_texts(texts, **options), errors, progress)

    def embed_images(
        self, images: Iterable[ImageInput], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """Encodes images: paths, bytes, arrays or Pillow images. Options: model, batch_items, pooling, normalize, dimensions, numbers."""
        return _joined(self.iter_images(images, **options), errors, progress)

    def embed_audio(
        self, clips: Iterable[AudioInput], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """Encodes clips: paths, bytes, arrays (with `sample_rate`) or `Samples`. Options: sample_rate, model, context, batch_items,
        pooling, normalize, dimensions, numbers."""
        return _joined(self.iter_audio(clips, **options), errors, progress)

    def embed_folder(
        self,
        folder: str | os.PathLike[str],
        *,
        kinds: Sequence[str] = ("image", "audio", "text"),
        recursive: bool = True,
        **options: Any,
    ) -> Iterator[tuple[str, Embeddings]]:
        """Encodes the files of a folder, told by their names, as they are read: yields a kind and the embeddings of some of its
        files, whose ids are their paths; what failed is in `failures`. Hidden files and links are left out."""
        files = by_kind(files_of(folder, recursive))
        for kind in kinds:
            if kind not in files:
                raise ValueError(f"kind is {kind!r}; expected image, audio or text")
            if kind == "text":
                parts = self.iter_texts(map(read_text, files[kind]), **options)
            else:
                parts = (self.iter_images if kind == "image" else self.iter_audio)(files[kind], **options)
            done = 0
            for part in parts:
                yield kind, with_ids(part, files[kind], done)
                done += len(part)

    # Batch by batch, in the order of the input; no more is read than is under way

    def iter_texts(self, texts: Iterable[str], **options: Any) -> Iterator[Embeddings]:
        no_single("texts", texts)
        return self._run(text_work(**options), texts)

    def iter_images(self, images: Iterable[ImageInput], **options: Any) -> Iterator[Embeddings]:
        no_single("images", images)
        work = image_work(**options)
        batch_items, model = options.get("batch_items"), options.get("model", "")
        return self._run(work, images, lambda: limit_of("image", batch_items, self._most_images(model)))

    def iter_audio(self, clips: Iterable[AudioInput], **options: Any) -> Iterator[Embeddings]:
        no_single("clips", clips)
        return self._run(audio_work(**options), clips)

    def embed_query(self, text: str, **options: Any) -> Any:
        """One text's vector, with the model's prompt for queries where the options name it."""
        return self.embed_texts([text], **options).vectors[0]

    # Live

    def open_audio_stream(self, options: AudioOptions) -> AudioStream:
        """A live stream to send to by hand. It goes on by itself where its connection breaks off: each window comes once, in order.
        Read it while you send: reading is what opens it, and opens it anew."""
        session = AudioSession(options.config(), options.max_log_bytes)
        return AudioStream(session, options, self._starter(STREAM_AUDIO), self._retry)

    def stream_audio(self, chunks: Iterable[Any], **options: Any) -> Iterator[Window]:
        """Windows of live audio while it comes: chunks are arrays of samples (with `sample_rate`), PCM bytes, or the bytes of a file
        (without). Options: those of `AudioOptions`. Goes on by itself where a connection breaks off."""
        no_single("chunks", chunks)
        iterator = iter(chunks)
        first = next(iterator, None)
        if first is None:
            return
        stream = self.open_audio_stream(AudioOptions(**told_by(first, options)))
        yield from feed(stream, first, iterator)

    def stream_images(
        self,
        images: Iterable[ImageInput],
        *,
        batch_items: int = 16,
        max_unanswered: int = 8,
        model: str = "",
        **options: Any,
    ) -> Iterator[ImageResult]:
        """Results of images as they are ready, while images still come. Goes on by itself where a connection breaks off."""
        no_single("images", images)
        config = image_pb2.ImageStreamConfig(model=model, options=embedding_options(**options))
        limit = BatchLimit(min(batch_items, self._most_images(model) or batch_items))
        stream = ImageStream(ImageSession(config, max_unanswered), limit, self._starter(STREAM_IMAGES), self._retry)
        iterator = iter(images)
        for results in feed(stream, None, map(image_of, iterator)):
            yield from results

    # What is said

    def transcribe(
        self,
        recording: AudioInput,
        *,
        sample_rate: int | None = None,
        model: str = "",
        language: str = "",
        translate: bool = False,
        prompt: str = "",
        beams: int = 0,
        temperature: float = 0.0,
        max_tokens: int = 0,
        timestamps: bool = True,
        fallback: bool = True,
        condition_on_previous_text: bool = False,
        seed: int = 0,
        words: bool = False,
    ) -> Transcript:
        """What is said in a recording: a path, bytes, an array (with `sample_rate`) or `Samples`. The options are explained with
        `TranscriptionOptions`. It is one call, within the client's `timeout_s`; recordings of any length go through `transcribe_stream`."""
        options = TranscriptionOptions(
            sample_rate=sample_rate,
            model=model,
            language=language,
            translate=translate,
            prompt=prompt,
            beams=beams,
            temperature=temperature,
            max_tokens=max_tokens,
            timestamps=timestamps,
            fallback=fallback,
            condition_on_previous_text=condition_on_previous_text,
            seed=seed,
            words=words,
        )
        return transcript_of(self._unary(TRANSCRIBE, transcribe_request(recording, options)))

    def transcribe_stream(self, chunks: Iterable[Any], **options: Any) -> Iterator[TranscriptUpdate]:
        """What is said, while it is said: chunks are arrays of samples (with `sample_rate`), PCM bytes, or the bytes of a file (without).
        Options: those of `TranscriptionOptions`; with `partial_interval_ms`, guesses come before what is final."""
        no_single("chunks", chunks)
        iterator = iter(chunks)
        first = next(iterator, None)
        if first is None:
            return
        stream = self.open_transcript_stream(TranscriptionOptions(**told_by(first, options)))
        yield from feed(stream, first, iterator)

    def open_transcript_stream(self, options: TranscriptionOptions) -> TranscriptStream:
        """A live transcript to send to by hand, for one thread that sends while another one reads. Once a server has begun, a connection
        that breaks off raises: what was heard and is not final is lost with it."""
        return TranscriptStream(options, self._starter(STREAM_TRANSCRIPT), self._retry)

    # Comparing

    def similarity(self, queries: Sequence[Any], candidates: Sequence[Any], *, model: str = "", logits: bool = False) -> Scores:
        """Every query against every candidate: texts (str), images, `Samples`, or rows of `Embeddings` by `Vectors`."""
        return scores_of(self._unary(SIMILARITY, similarity_request(queries, candidates, model, logits)))

    def rank(
        self, query: Any, candidates: Sequence[Any], *, top: int = 0, model: str = "", early: int | None = None
    ) -> list[Ranked]:
        """The candidates that fit best, best first. With `early`, so many of them (0: 16) are ranked anew by one encoder of text and image."""
        return ranked_of(self._unary(RANK, rank_request(query, candidates, top, model, early)))

    def rank_together(
        self,
        queries: Sequence[Any],
        candidates: Sequence[Any],
        *,
        weights: Sequence[float] | None = None,
        rule: str = "",
        rank_constant: int = 0,
        sources: Sequence[Source] = (),
        top: int = 0,
        model: str = "",
    ) -> list[Ranked]:
        """The candidates that fit all queries together best, best first. `sources` are models that rank, each in its own space."""
        request = rank_together_request(
            queries,
            candidates,
            weights=weights,
            rule=rule,
            rank_constant=rank_constant,
            sources=sources,
            top=top,
            model=model,
        )
        return ranked_of(self._unary(RANK, request))

    def fuse(
        self, items: Sequence[Any], *, weights: Sequence[float] | None = None, rule: str = "", model: str = ""
    ) -> Fused:
        """One vector of several items of one space, whatever their modalities."""
        return fused_of(self._unary(FUSE, fuse_request(items, weights, rule, model)))

    def caption(
        self, images: Sequence[Any], *, prompt: str = "", beams: int = 0, max_tokens: int = 0, model: str = ""
    ) -> list[str]:
        """What each image shows, in words; every caption begins with `prompt`."""
        return captions_of(self._unary(CAPTION, caption_request(images, prompt, beams, max_tokens, model)))

    def match(self, pairs: Sequence[tuple[str, Any]], *, model: str = "") -> list[Match]:
        """How probably each text belongs to its image, by one encoder of both."""
        return matches_of(self._unary(MATCH, match_request(pairs, model)))

    def classify(
        self,
        items: Sequence[Any],
        labels: Sequence[str],
        *,
        template: str = "",
        model: str = "",
        early: int | None = None,
    ) -> list[dict[str, float]]:
        """For each item the probability of each label, most probable first; with `early` as in `rank`."""
        return scored_of(self._unary(CLASSIFY, classify_request(items, labels, template, model, early)))

    def list_models(self) -> Sequence[models_pb2.Model]:
        """What the server serves, with the limits and spaces of each."""
        return list(self._unary(LIST_MODELS, models_pb2.ListModelsRequest()).models)

    # How

    def _run(
        self, work: Work, items: Iterable[Any], limit: Callable[[], BatchLimit] | None = None
    ) -> Iterator[Embeddings]:
        return run_batches(work, items, limit, self._future(work.method), self._concurrency, self._retry)

    def _future(self, method: Method) -> Callable[[Any], Any]:
        call = self._channel.unary_unary(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
        )
        return lambda request: call.future(request, timeout=self._timeout_s, metadata=self._metadata)

    def _unary(self, method: Method, request: Any) -> Any:
        return with_retries(self._future(method), request, self._retry)

    def _starter(self, method: Method) -> Callable[[Iterator[Any]], Any]:
        call = self._channel.stream_stream(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
        )
        return lambda requests: call(requests, metadata=self._metadata)

    def _most_images(self, model: str) -> int:
        """A token may not be allowed to ask, or no server answer now: then what servers take by default."""
        try:
            models = with_retries(self._future(LIST_MODELS), models_pb2.ListModelsRequest(), RetryPolicy(max_attempts=1))
            return most_images(models, model)
        except TriptychError:
            return 0


def told_by(first: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Options of a stream whose first chunk is known: arrays say their encoding and channels."""
    if hasattr(first, "dtype") and "encoding" not in options:
        if options.get("sample_rate") is None:
            raise ValueError("chunks are arrays without their rate; give sample_rate")
        _, encoding = pcm(first)
        name = "s16le" if encoding == audio_pb2.AUDIO_ENCODING_PCM_S16LE else "f32le"
        options = {**options, "encoding": name, "channels": 1 if first.ndim == 1 else first.shape[1]}
    return options


def _joined(parts: Iterator[Embeddings], errors: str, progress: Progress | None) -> Embeddings:
    if errors not in ("raise", "return"):
        raise ValueError(f"errors is {errors!r}; expected 'raise' or 'return'")
    done: list[Embeddings] = []
    items = failed = 0
    for part in parts:
        done.append(part)
        items += len(part)
        failed += len(part.failures)
        if progress:
            progress(items, failed)
    embeddings = join(done)
    if embeddings.failures and errors == "raise":
        raise ItemsFailedError(embeddings)
    return embeddings


def read_text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def with_ids(part: Embeddings, ids: Sequence[str], done: int) -> Embeddings:
    """The part that comes after `done` items, with the ids of its own: `ids` are those of the whole input, as indices of failures are in it."""
    failures = [replace(failure, id=ids[failure.index]) for failure in part.failures]
    return replace(part, ids=ids[done : done + len(part)], failures=failures)
