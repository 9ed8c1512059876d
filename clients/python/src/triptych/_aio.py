"""The client for programs with asyncio's event loop."""
from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar, Union

import grpc
import grpc.aio

from ._aio_streams import AsyncAudioStream, AsyncImageStream, AsyncTranscriptStream, feed
from ._batches import Answer, BatchLimit, Collector, Filling, Pause, encode_batch
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
from ._client import Progress, read_text, told_by, with_ids
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
from ._errors import ItemsFailedError, TriptychError, error_of
from ._inputs import AudioInput, ImageInput, by_kind, embedding_options, files_of, image_of, no_single
from ._retry import RetryPolicy
from ._sessions import AudioOptions, AudioSession, ImageResult, ImageSession, Window
from ._transcripts import Transcript, TranscriptionOptions, TranscriptUpdate, transcribe_request, transcript_of
from .v1 import image_pb2, models_pb2

Item = TypeVar("Item")
Items = Union[Iterable[Item], AsyncIterable[Item]]


class AsyncClient:
    """As `Client`, with coroutines. Inputs may be iterables or asynchronous ones; files are read and arrays are copied in threads."""

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
        self._channel: grpc.aio.Channel = (
            grpc.aio.insecure_channel(address, options=all_options)
            if credentials is None
            else grpc.aio.secure_channel(address, credentials, options=all_options)
        )
        self._metadata = (*metadata, *((("authorization", f"Bearer {token}"),) if token is not None else ()))
        self._timeout_s = timeout_s
        self._retry = retry
        self._concurrency = concurrency

    async def close(self) -> None:
        await self._channel.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def embed_texts(
        self, texts: Items[str], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """As `Client.embed_texts`."""
        return await _joined(self.iter_texts(texts, **options), errors, progress)

    async def embed_images(
        self, images: Items[ImageInput], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """As `Client.embed_images`."""
        return await _joined(self.iter_images(images, **options), errors, progress)

    async def embed_audio(
        self, clips: Items[AudioInput], *, errors: str = "raise", progress: Progress | None = None, **options: Any
    ) -> Embeddings:
        """As `Client.embed_audio`."""
        return await _joined(self.iter_audio(clips, **options), errors, progress)

    async def embed_folder(
        self,
        folder: str | os.PathLike[str],
        *,
        kinds: Sequence[str] = ("image", "audio", "text"),
        recursive: bool = True,
        **options: Any,
    ) -> AsyncIterator[tuple[str, Embeddings]]:
        """As `Client.embed_folder`."""
        files = by_kind(await asyncio.to_thread(files_of, folder, recursive))
        for kind in kinds:
            if kind not in files:
                raise ValueError(f"kind is {kind!r}; expected image, audio or text")
            if kind == "text":
                parts = self.iter_texts(_read_texts(files[kind]), **options)
            else:
                parts = (self.iter_images if kind == "image" else self.iter_audio)(files[kind], **options)
            done = 0
            async for part in parts:
                yield kind, with_ids(part, files[kind], done)
                done += len(part)

    def iter_texts(self, texts: Items[str], **options: Any) -> AsyncIterator[Embeddings]:
        no_single("texts", texts)
        return self._run(text_work(**options), texts)

    def iter_images(self, images: Items[ImageInput], **options: Any) -> AsyncIterator[Embeddings]:
        no_single("images", images)
        batch_items, model = options.get("batch_items"), options.get("model", "")

        async def limit() -> BatchLimit:
            return limit_of("image", batch_items, await self._most_images(model))

        return self._run(image_work(**options), images, limit)

    def iter_audio(self, clips: Items[AudioInput], **options: Any) -> AsyncIterator[Embeddings]:
        no_single("clips", clips)
        return self._run(audio_work(**options), clips)

    async def embed_query(self, text: str, **options: Any) -> Any:
        return (await self.embed_texts([text], **options)).vectors[0]

    def open_audio_stream(self, options: AudioOptions) -> AsyncAudioStream:
        """As `Client.open_audio_stream`: one task sends while another one reads."""
        session = AudioSession(options.config(), options.max_log_bytes)
        return AsyncAudioStream(session, options, self._starter(STREAM_AUDIO), self._retry)

    async def stream_audio(self, chunks: Items[Any], **options: Any) -> AsyncIterator[Window]:
        """As `Client.stream_audio`."""
        no_single("chunks", chunks)
        iterator = _each(chunks)
        async for first in iterator:
            stream = self.open_audio_stream(AudioOptions(**told_by(first, options)))
            async for window in feed(stream, first, iterator):
                yield window

    async def stream_images(
        self,
        images: Items[ImageInput],
        *,
        batch_items: int = 16,
        max_unanswered: int = 8,
        model: str = "",
        **options: Any,
    ) -> AsyncIterator[ImageResult]:
        """As `Client.stream_images`."""
        no_single("images", images)
        config = image_pb2.ImageStreamConfig(model=model, options=embedding_options(**options))
        limit = BatchLimit(min(batch_items, await self._most_images(model) or batch_items))
        stream = AsyncImageStream(ImageSession(config, max_unanswered), limit, self._starter(STREAM_IMAGES), self._retry)
        async for results in feed(stream, None, _prepared(image_of, images)):
            for result in results:
                yield result

    async def transcribe(
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
        """As `Client.transcribe`."""
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
        request = await asyncio.to_thread(transcribe_request, recording, options)
        return transcript_of(await self._unary(TRANSCRIBE, request))

    async def transcribe_stream(self, chunks: Items[Any], **options: Any) -> AsyncIterator[TranscriptUpdate]:
        """As `Client.transcribe_stream`."""
        no_single("chunks", chunks)
        iterator = _each(chunks)
        async for first in iterator:
            stream = self.open_transcript_stream(TranscriptionOptions(**told_by(first, options)))
            async for update in feed(stream, first, iterator):
                yield update

    def open_transcript_stream(self, options: TranscriptionOptions) -> AsyncTranscriptStream:
        """As `Client.open_transcript_stream`: one task sends while another one reads."""
        return AsyncTranscriptStream(options, self._starter(STREAM_TRANSCRIPT), self._retry)

    async def similarity(
        self, queries: Sequence[Any], candidates: Sequence[Any], *, model: str = "", logits: bool = False
    ) -> Scores:
        """As `Client.similarity`."""
        return scores_of(await self._unary(SIMILARITY, similarity_request(queries, candidates, model, logits)))

    async def rank(
        self, query: Any, candidates: Sequence[Any], *, top: int = 0, model: str = "", early: int | None = None
    ) -> list[Ranked]:
        """As `Client.rank`."""
        return ranked_of(await self._unary(RANK, rank_request(query, candidates, top, model, early)))

    async def rank_together(
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
        """As `Client.rank_together`."""
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
        return ranked_of(await self._unary(RANK, request))

    async def fuse(
        self, items: Sequence[Any], *, weights: Sequence[float] | None = None, rule: str = "", model: str = ""
    ) -> Fused:
        """As `Client.fuse`."""
        return fused_of(await self._unary(FUSE, fuse_request(items, weights, rule, model)))

    async def caption(
        self, images: Sequence[Any], *, prompt: str = "", beams: int = 0, max_tokens: int = 0, model: str = ""
    ) -> list[str]:
        """As `Client.caption`."""
        return captions_of(await self._unary(CAPTION, caption_request(images, prompt, beams, max_tokens, model)))

    async def match(self, pairs: Sequence[tuple[str, Any]], *, model: str = "") -> list[Match]:
        """As `Client.match`."""
        return matches_of(await self._unary(MATCH, match_request(pairs, model)))

    async def classify(
        self,
        items: Sequence[Any],
        labels: Sequence[str],
        *,
        template: str = "",
        model: str = "",
        early: int | None = None,
    ) -> list[dict[str, float]]:
        """As `Client.classify`."""
        return scored_of(await self._unary(CLASSIFY, classify_request(items, labels, template, model, early)))

    async def list_models(self) -> Sequence[models_pb2.Model]:
        return list((await self._unary(LIST_MODELS, models_pb2.ListModelsRequest())).models)

    async def _run(
        self, work: Work, items: Items[Any], limit: Callable[[], Awaitable[BatchLimit]] | None = None
    ) -> AsyncIterator[Embeddings]:
        bound = await limit() if limit else work.limit
        call = self._caller(work.method)
        collector = Collector()
        under_way: deque[tuple[list[str], asyncio.Task[Answer]]] = deque()

        async def encode(batch: list[Any]) -> Answer:
            steps = encode_batch(batch, bound, self._retry, work.kind.refused)
            try:
                step = next(steps)
                while True:
                    if isinstance(step, Pause):
                        await asyncio.sleep(step.seconds)
                        step = next(steps)
                        continue
                    try:
                        response = await call(work.kind.request(step.items))
                    except TriptychError as error:
                        step = steps.throw(error)
                    else:
                        step = steps.send(response)
            except StopIteration as end:
                answer: Answer = end.value
                return answer

        def begin(batch: list[Any]) -> None:
            ids = [work.kind.id_of(item) for item in batch]
            under_way.append((ids, asyncio.ensure_future(encode(batch))))

        async def first() -> Embeddings:
            ids, task = under_way[0]
            answer = await task
            under_way.popleft()
            return collector.take(ids, answer)

        try:
            filling: Filling[Any] = Filling(bound, work.kind.bytes_of)
            async for item in _prepared(work.prepare, items):
                batch = filling.add(item)
                if batch is None:
                    continue
                begin(batch)
                if len(under_way) >= self._concurrency:
                    yield await first()
            if filling.batch:
                begin(filling.batch)
            while under_way:
                yield await first()
        finally:
            tasks = [task for _, task in under_way]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _caller(self, method: Method) -> Callable[[Any], Awaitable[Any]]:
        """One attempt of a call."""
        call = self._channel.unary_unary(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
        )

        async def once(request: Any) -> Any:
            try:
                return await call(request, timeout=self._timeout_s, metadata=self._metadata)
            except grpc.RpcError as thrown:
                raise error_of(thrown) from None

        return once

    async def _unary(self, method: Method, request: Any) -> Any:
        call = self._caller(method)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await call(request)
            except TriptychError as error:
                if not error.is_retryable or attempt >= self._retry.max_attempts:
                    raise
                await asyncio.sleep(self._retry.wait_s(attempt, error.retry_delay_s))

    def _starter(self, method: Method) -> Callable[[AsyncIterator[Any]], Any]:
        call = self._channel.stream_stream(
            method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
        )
        return lambda requests: call(requests, metadata=self._metadata)

    async def _most_images(self, model: str) -> int:
        """A token may not be allowed to ask, or no server answer now: then what servers take by default."""
        try:
            return most_images(await self._caller(LIST_MODELS)(models_pb2.ListModelsRequest()), model)
        except TriptychError:
            return 0


async def _each(items: Items[Any]) -> AsyncIterator[Any]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
            # Other tasks have their turn, however fast the items come.
            await asyncio.sleep(0)


async def _prepared(prepare: Callable[[Any], Any], items: Items[Any]) -> AsyncIterator[Any]:
    async for item in _each(items):
        yield item if isinstance(item, str) and prepare is _TEXT else await asyncio.to_thread(prepare, item)


async def _read_texts(paths: Iterable[str]) -> AsyncIterator[str]:
    for path in paths:
        yield await asyncio.to_thread(read_text, path)


async def _joined(parts: AsyncIterator[Embeddings], errors: str, progress: Progress | None) -> Embeddings:
    if errors not in ("raise", "return"):
        raise ValueError(f"errors is {errors!r}; expected 'raise' or 'return'")
    done: list[Embeddings] = []
    items = failed = 0
    async for part in parts:
        done.append(part)
        items += len(part)
        failed += len(part.failures)
        if progress:
            progress(items, failed)
    embeddings = join(done)
    if embeddings.failures and errors == "raise":
        raise ItemsFailedError(embeddings)
    return embeddings


_TEXT = text_work().prepare
