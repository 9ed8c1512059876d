"""What needs no server: inputs, splitting, retries, the log of live audio."""
from __future__ import annotations

import asyncio
import io
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np
import pytest
from google.rpc import error_details_pb2, status_pb2

from triptych import (
    AsyncClient,
    AudioOptions,
    Client,
    Embeddings,
    ItemFailure,
    ItemsFailedError,
    ModelChangedError,
    RetryPolicy,
    Samples,
    TranscriptionOptions,
    TriptychError,
    Word,
    read_embedding,
)
from triptych._batches import BatchLimit, Call, Pause, batched, encode_batch
from triptych._inputs import clip_of, embedding_options, files_of, image_of
from triptych._sessions import AudioSession
from triptych._transcripts import TranscriptSession, transcribe_request
from triptych.v1 import audio_pb2, common_pb2, image_pb2, text_pb2, transcriber_pb2, transcript_pb2

RETRY = RetryPolicy(max_attempts=3, first_wait_s=0.1)
OVERLOADED = TriptychError("full", code=grpc.StatusCode.RESOURCE_EXHAUSTED, reason="OVERLOADED", retry_delay_s=0.7)
TOO_MANY = TriptychError("at most 3", code=grpc.StatusCode.RESOURCE_EXHAUSTED, reason="BATCH_TOO_LARGE")


def run(items: list[str], call: Any, limit: BatchLimit | None = None) -> tuple[list[Any], list[float]]:
    """Results of a batch, and the pauses in between."""
    steps = encode_batch(items, limit or BatchLimit(100), RETRY)
    pauses: list[float] = []
    step = next(steps)
    while True:
        try:
            if isinstance(step, Pause):
                pauses.append(step.seconds)
                step = next(steps)
                continue
            assert isinstance(step, Call)
            try:
                answer = call(step.items)
            except TriptychError as error:
                step = steps.throw(error)
            else:
                step = steps.send(answer)
        except StopIteration as end:
            return end.value.results, pauses


def answer_of(items: Any) -> text_pb2.EncodeTextsResponse:
    results = [text_pb2.TextResult(embedding=common_pb2.Embedding(shape=[0]), tokens=ord(item[0])) for item in items]
    return text_pb2.EncodeTextsResponse(results=results)


def test_a_batch_is_halved_until_the_server_takes_it() -> None:
    sizes: list[int] = []

    def call(items: list[str]) -> Any:
        sizes.append(len(items))
        if len(items) > 3:
            raise TOO_MANY
        return answer_of(items)

    limit = BatchLimit(100)
    results, _ = run(list("abcdefghij"), call, limit)
    assert "".join(chr(result.tokens) for result in results) == "abcdefghij"
    assert sizes == [10, 5, 3, 2, 5, 3, 2] and limit.items == 3


def test_an_item_that_no_call_can_hold_fails_alone() -> None:
    def call(items: list[str]) -> Any:
        if "x" in items:
            raise TOO_MANY
        return answer_of(items)

    results, _ = run(["a", "x", "b"], call)
    assert [result.HasField("embedding") for result in results] == [True, False, True]
    assert results[1].error.reason == "BATCH_TOO_LARGE"


def test_a_call_is_repeated_after_the_pause_that_the_server_asks_for_and_no_more_often_than_allowed() -> None:
    calls = []

    def call(items: Any) -> Any:
        calls.append(items)
        raise OVERLOADED

    steps = encode_batch(["a"], BatchLimit(1), RETRY)
    next(steps)
    assert steps.throw(OVERLOADED) == Pause(0.7)
    with pytest.raises(TriptychError, match="OVERLOADED"):
        run(["a"], call)
    assert len(calls) == 3


def test_what_no_attempt_can_mend_fails_at_once() -> None:
    denied = TriptychError("no", code=grpc.StatusCode.PERMISSION_DENIED, reason="METHOD_DENIED")
    steps = encode_batch(["a"], BatchLimit(1), RETRY)
    next(steps)
    with pytest.raises(TriptychError, match="METHOD_DENIED"):
        steps.throw(denied)


def test_only_the_items_that_may_succeed_later_are_sent_again() -> None:
    seen = []

    def call(items: list[str]) -> Any:
        seen.append("".join(items))
        answer = answer_of(items)
        for item, result in zip(items, answer.results):
            if item == "b" and len(seen) == 1:
                result.error.CopyFrom(common_pb2.ItemError(reason="WORKER_LOST", retryable=True))
            if item == "c":
                result.error.CopyFrom(common_pb2.ItemError(reason="TEXT_NOT_UTF8"))
        return answer

    results, pauses = run(["a", "b", "c"], call)
    assert seen == ["abc", "b"] and pauses == [0.1]
    assert [result.HasField("embedding") for result in results] == [True, True, False]


def test_one_batch_has_no_vectors_of_two_models() -> None:
    def call_by(*fingerprints: str) -> Any:
        stamps = iter(fingerprints)

        def call(items: list[str]) -> Any:
            if len(items) > 1:
                raise TOO_MANY
            answer = answer_of(items)
            answer.stamp.CopyFrom(common_pb2.ModelStamp(fingerprint=next(stamps), space="s"))
            if items == ["x"]:
                answer.results[0].error.CopyFrom(common_pb2.ItemError(reason="TEXT_TOO_LONG"))
            return answer

        return call

    with pytest.raises(ModelChangedError, match="from old to new"):
        run(["a", "b"], call_by("old", "new"))
    results, _ = run(["a", "x", "b"], call_by("old", "new", "old"))
    assert [result.HasField("embedding") for result in results] == [True, False, True]


def test_batches_keep_to_items_and_bytes() -> None:
    assert list(batched([1, 2, 3, 4, 99, 5, 200, 6], BatchLimit(3, 100), lambda size: size)) == [
        [1, 2, 3],
        [4],
        [99],
        [5],
        [200],
        [6],
    ]


@pytest.mark.parametrize(
    ("array", "pixel_format"),
    [
        (np.zeros((4, 5, 3), np.uint8), image_pb2.PIXEL_FORMAT_RGB8),
        (np.zeros((4, 5, 4), np.uint8), image_pb2.PIXEL_FORMAT_RGBA8),
        (np.zeros((4, 5), np.uint8), image_pb2.PIXEL_FORMAT_GRAY8),
        (np.zeros((4, 5, 1), np.uint8), image_pb2.PIXEL_FORMAT_GRAY8),
        (np.zeros((4, 5, 3), np.float64), image_pb2.PIXEL_FORMAT_RGB_F32LE),
        (np.zeros((8, 10, 3), np.uint8)[::2, ::2], image_pb2.PIXEL_FORMAT_RGB8),
    ],
)
def test_pixels(array: Any, pixel_format: int) -> None:
    raw = image_of(array).raw
    size = {image_pb2.PIXEL_FORMAT_RGB8: 3, image_pb2.PIXEL_FORMAT_RGBA8: 4, image_pb2.PIXEL_FORMAT_GRAY8: 1}
    assert (raw.format, raw.height, raw.width) == (pixel_format, 4, 5)
    assert len(raw.data) == 20 * size.get(pixel_format, 12)


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 5, 2), np.uint8), np.zeros(7, np.uint8), np.zeros((4, 5, 3), np.int32), np.zeros((1, 4, 5, 3), np.uint8), 7, None],
)
def test_what_is_no_image_is_refused(image: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="expected"):
        image_of(image)


def test_samples() -> None:
    clip = clip_of(Samples(np.array([[1, 2], [3, 4]], dtype=">i2"), 8_000))
    assert (clip.format.channels, clip.format.sample_rate_hz, clip.data) == (2, 8_000, b"\1\0\2\0\3\0\4\0")
    assert clip_of(np.array([0.5]), 16_000).data == np.float32(0.5).tobytes()


@pytest.mark.parametrize(
    ("clip", "rate"),
    [
        (np.zeros(10), None),
        (np.zeros(10, np.int32), 16_000),
        (np.zeros(10, np.uint8), 16_000),
        (np.zeros(10, np.complex64), 16_000),
        (np.zeros((2, 16_000)), 16_000),
        (np.zeros((1, 2, 3)), 16_000),
        (["x"], 16_000),
    ],
)
def test_what_is_no_clip_is_refused(clip: Any, rate: int | None) -> None:
    with pytest.raises((TypeError, ValueError), match="expected|without their rate"):
        clip_of(clip, rate)


def test_one_text_is_not_taken_for_many() -> None:
    with Client("127.0.0.1:1") as client:
        for embed in (client.embed_texts, client.embed_images, client.embed_audio):
            with pytest.raises(TypeError, match="expected a list"):
                embed("a sailboat")
        with pytest.raises(TypeError, match="a text is int"):
            client.embed_texts([7])  # type: ignore[list-item]
        with pytest.raises(ValueError, match="pooling is 'best'"):
            client.embed_texts(["x"], pooling="best")


def test_every_encoding_is_read_as_float32() -> None:
    values = np.array([[0.5, -1.0], [0.25, 0.0]], np.float32)
    scaled = np.array([[64, -127], [32, 0]], np.int8)
    for embedding in (
        common_pb2.Embedding(values=values.ravel(), shape=[2, 2], encoding=1),
        common_pb2.Embedding(raw=values.tobytes(), shape=[2, 2], encoding=2),
        common_pb2.Embedding(raw=values.astype("<f2").tobytes(), shape=[2, 2], encoding=3),
        common_pb2.Embedding(raw=scaled.tobytes(), shape=[2, 2], encoding=4, scale=1 / 127),
    ):
        read = read_embedding(embedding)
        assert read.dtype == np.float32 and read.flags.writeable
        np.testing.assert_allclose(read, values, atol=0.01)


def test_tables() -> None:
    vector = np.array([1, 2], np.float32)
    embeddings = Embeddings(
        [vector, None], ["a", "b"], [ItemFailure(1, "b", "IMAGE_CORRUPT", "bad")], model="m", fingerprint="f", space="s"
    )
    assert np.isnan(embeddings.vectors[1]).all() and np.asarray(embeddings).shape == (2, 2)
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = embeddings.to_pandas()
    assert frame["error"].tolist()[1] == "IMAGE_CORRUPT: bad" and frame.attrs["space"] == "s"
    table = embeddings.to_arrow()
    assert table["embedding"].to_pylist() == [[1.0, 2.0], None]
    named = Embeddings([vector] * 9 + [None], ["caf\udce9.png"] * 10, [ItemFailure(9, "", "A", "x")]).to_arrow()
    assert named["embedding"].to_pylist() == [[1.0, 2.0]] * 9 + [None] and named["id"][0].as_py() == "caf?.png"
    assert table.schema.metadata[b"space"] == b"s"
    assert Embeddings([], []).vectors.shape == (0, 0)


def test_tables_of_a_part_mark_its_own_rows() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    vector = np.array([1, 2], np.float32)
    part = Embeddings([None, vector, None], ["c", "d", "e"], [ItemFailure(2, "c", "A", "x"), ItemFailure(4, "e", "B", "y")])
    assert part.to_pandas()["error"].fillna("").tolist() == ["A: x", "", "B: y"]
    assert part.to_arrow()["error"].to_pylist() == ["A: x", None, "B: y"]


def test_a_table_without_any_vector_has_its_errors() -> None:
    pytest.importorskip("pyarrow")
    failed = Embeddings([None, None], ["a", "b"], [ItemFailure(0, "a", "A", "x"), ItemFailure(1, "b", "B", "y")])
    assert failed.to_arrow().to_pydict() == {"id": ["a", "b"], "embedding": [None, None], "error": ["A: x", "B: y"]}
    assert Embeddings([], []).to_arrow().num_rows == 0


def test_an_error_of_items_is_pickled_whole() -> None:
    failed = ItemsFailedError(Embeddings([None], ["a"], [ItemFailure(7, "a", "IMAGE_CORRUPT", "bad")], model="m"))
    again = pickle.loads(pickle.dumps(failed))
    assert (str(again), again.reason, again.failures) == (str(failed), "IMAGE_CORRUPT", failed.failures)
    assert again.embeddings == failed.embeddings
    denied = pickle.loads(pickle.dumps(OVERLOADED))
    assert (str(denied), denied.code, denied.retry_delay_s) == (str(OVERLOADED), OVERLOADED.code, 0.7)


def test_folders_leave_out_hidden_files_and_links(tmp_path: Any) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.png", ".hidden.png", "in/a.png"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.png").symlink_to(tmp_path / "b.png")
    assert files_of(tmp_path, True) == [str(tmp_path / "b.png"), str(tmp_path / "in" / "a.png")]
    assert files_of(tmp_path, False) == [str(tmp_path / "b.png")]


def test_a_live_stream_keeps_no_more_than_it_may_and_forgets_what_was_answered() -> None:
    config = AudioOptions(sample_rate=16_000, window_ms=500).config()
    session = AudioSession(config, max_log_bytes=100_000)
    session.open()
    assert session.next_request().config == config  # type: ignore[union-attr]
    config.hop_ms = 500
    ready = audio_pb2.AudioStreamReady(config=config, sample_rate_hz=16_000)
    session.take(audio_pb2.AudioStreamResponse(ready=ready))
    for index in range(2_000):
        session.push(bytes(16_000), False)
        assert session.next_request() is not None and not session.is_full
        window = audio_pb2.AudioWindow(index=index, start_sample=8_000 * index, end_sample=8_000 * (index + 1))
        session.take(audio_pb2.AudioStreamResponse(window=window))
    session.broken()
    session.push(bytes(3_200), False)
    session.open()
    request = session.next_request()
    assert request is not None
    resume = request.config.resume
    assert (resume.window_index, resume.window_start_sample) == (2_000, 16_000_000)
    assert resume.audio_start_sample == 16_000_000 - 1_600
    for _ in range(10):
        session.push(bytes(16_000), False)
    assert session.is_full


@pytest.mark.parametrize(("source_rate", "channels", "chunk_frames"), [(16_000, 1, 1_600), (192_000, 8, 5_000), (44_099, 3, 40_000)])
def test_a_live_stream_takes_a_window_however_little_it_may_keep(source_rate: int, channels: int, chunk_frames: int) -> None:
    config = AudioOptions(sample_rate=source_rate, channels=channels, window_ms=1_000).config()
    session = AudioSession(config, max_log_bytes=1)
    session.open()
    config.hop_ms = 500
    ready = audio_pb2.AudioStreamReady(config=config, sample_rate_hz=16_000)
    assert not session.is_full
    session.push(bytes(2 * channels * chunk_frames), False)
    assert session.is_full
    session.take(audio_pb2.AudioStreamResponse(ready=ready))
    frames = chunk_frames
    for index in range(20):
        # A resampler looks ahead.
        while frames < (index / 2 + 1.05) * source_rate:
            assert not session.is_full
            while session.next_request():
                pass
            session.push(bytes(2 * channels * chunk_frames), False)
            frames += chunk_frames
        window = audio_pb2.AudioWindow(index=index, start_sample=8_000 * index, end_sample=8_000 * index + 16_000)
        session.take(audio_pb2.AudioStreamResponse(window=window))
    for _ in range(20 * source_rate // chunk_frames):
        session.push(bytes(2 * channels * chunk_frames), False)
    assert session.is_full


@contextmanager
def server_of(path: str, handler: Any) -> Iterator[str]:
    """The address of a server with one method, given as bytes."""
    service, name = path.strip("/").split("/")
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {name: handler})])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None)


@contextmanager
def refusing_server(delay_s: float) -> Iterator[tuple[str, list[int]]]:
    """A server whose streams break off at first, then find no room for two attempts, then end as they should; and its calls."""
    calls: list[int] = []

    def handle(requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
        calls.append(1)
        if len(calls) == 1:
            config = AudioOptions(sample_rate=16_000, window_ms=500, hop_ms=500).config()
            yield audio_pb2.AudioStreamResponse(ready=audio_pb2.AudioStreamReady(config=config, sample_rate_hz=16_000))
            context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        if len(calls) < 4:
            status = status_pb2.Status(code=8, message="full")
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromNanoseconds(int(delay_s * 1e9))
            for detail in (error_details_pb2.ErrorInfo(reason="OVERLOADED"), retry):
                status.details.add().Pack(detail)
            context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "full")
        for _ in requests:
            pass

    handler = grpc.stream_stream_rpc_method_handler(
        handle, audio_pb2.AudioStreamRequest.FromString, audio_pb2.AudioStreamResponse.SerializeToString
    )
    with server_of("/triptych.v1.AudioEncoder/EncodeStream", handler) as address:
        yield address, calls


@pytest.mark.parametrize("attempts", [10, 2])
def test_a_stream_that_is_refused_with_a_pause_goes_on_after_it(attempts: int) -> None:
    retry = RetryPolicy(attempts, first_wait_s=0.01)

    def read(address: str) -> None:
        with Client(address, retry=retry) as client:
            stream = client.open_audio_stream(AudioOptions(sample_rate=16_000))
            stream.finish()
            assert list(stream) == []

    async def aread(address: str) -> None:
        async with AsyncClient(address, retry=retry) as client:
            stream = client.open_audio_stream(AudioOptions(sample_rate=16_000))
            await stream.finish()
            assert [one async for one in stream] == []

    for run_it in (read, lambda address: asyncio.run(aread(address))):
        with refusing_server(0.02) as (address, calls):
            if attempts == 2:
                with pytest.raises(TriptychError, match="OVERLOADED"):
                    run_it(address)
            else:
                run_it(address)
            assert len(calls) == min(4, attempts)


def test_cancelling_a_stream_ends_its_pause() -> None:
    async def cancel(address: str, calls: list[int]) -> float:
        async with AsyncClient(address, retry=RetryPolicy(first_wait_s=0)) as client:
            stream = client.open_audio_stream(AudioOptions(sample_rate=16_000))

            async def read() -> list[Any]:
                return [one async for one in stream]

            reading = asyncio.ensure_future(read())
            while len(calls) < 2:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            start = time.monotonic()
            stream.cancel()
            assert await reading == []
            return time.monotonic() - start

    with refusing_server(10) as (address, calls):
        assert asyncio.run(cancel(address, calls)) < 5


def test_what_failed_of_a_folder_has_the_name_of_its_file(tmp_path: Any) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.txt").write_text("x" if name == "d" else name)

    def encode(request: Any, _: Any) -> Any:
        answer = answer_of(request.texts)
        for text, result in zip(request.texts, answer.results):
            if text == "x":
                result.error.CopyFrom(common_pb2.ItemError(reason="TEXT_TOO_LONG"))
        return answer

    async def afolder(address: str) -> list[tuple[str, Embeddings]]:
        async with AsyncClient(address) as client:
            return [part async for part in client.embed_folder(tmp_path, kinds=["text"], batch_items=2)]

    handler = grpc.unary_unary_rpc_method_handler(
        encode, text_pb2.EncodeTextsRequest.FromString, text_pb2.EncodeTextsResponse.SerializeToString
    )
    with server_of("/triptych.v1.TextEncoder/Encode", handler) as address, Client(address) as client:
        for parts in (list(client.embed_folder(tmp_path, kinds=["text"], batch_items=2)), asyncio.run(afolder(address))):
            assert [id_ for _, part in parts for id_ in part.ids] == [str(tmp_path / f"{name}.txt") for name in "abcde"]
            assert [(one.index, one.id) for _, part in parts for one in part.failures] == [(3, str(tmp_path / "d.txt"))]


@contextmanager
def text_server() -> Iterator[tuple[str, list[str]]]:
    """A server that has a vector for every text, and what it was sent."""
    sent: list[str] = []

    def encode(request: Any, _: Any) -> Any:
        sent.extend(request.texts)
        answer = answer_of(request.texts)
        answer.stamp.CopyFrom(common_pb2.ModelStamp(model="m", fingerprint="f", space="s"))
        return answer

    handler = grpc.unary_unary_rpc_method_handler(
        encode, text_pb2.EncodeTextsRequest.FromString, text_pb2.EncodeTextsResponse.SerializeToString
    )
    with server_of("/triptych.v1.TextEncoder/Encode", handler) as address:
        yield address, sent


def test_a_lone_surrogate_is_an_error_in_its_place_and_is_not_sent() -> None:
    texts = ["\ud800", "a", "b\udfff", "c"]

    async def embed(address: str) -> Embeddings:
        async with AsyncClient(address) as client:
            return await client.embed_texts(texts, errors="return", batch_items=1)

    with text_server() as (address, sent), Client(address) as client:
        for embeddings in (client.embed_texts(texts, errors="return"), asyncio.run(embed(address))):
            assert [array is not None for array in embeddings.arrays] == [False, True, False, True]
            assert [(one.index, one.reason, one.code) for one in embeddings.failures] == [
                (0, "TEXT_NOT_UTF8", grpc.StatusCode.INVALID_ARGUMENT),
                (2, "TEXT_NOT_UTF8", grpc.StatusCode.INVALID_ARGUMENT),
            ]
            assert (embeddings.model, embeddings.space) == ("m", "s")
        assert sorted(sent) == ["a", "a", "c", "c"]
        with pytest.raises(ItemsFailedError, match="half of a surrogate pair"):
            client.embed_query("\ud800")


def test_texts_of_a_folder_are_read_beside_the_event_loop(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(name)
    readers = set()

    def opened(path: Any, *args: Any, **options: Any) -> Any:
        if str(path).endswith(".txt"):
            readers.add(threading.get_ident())
        return io.open(path, *args, **options)

    async def embed(address: str) -> list[str]:
        async with AsyncClient(address) as client:
            return [id_ async for _, part in client.embed_folder(tmp_path, kinds=["text"]) for id_ in part.ids]

    monkeypatch.setattr("builtins.open", opened)
    with text_server() as (address, _):
        assert asyncio.run(embed(address)) == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert readers and threading.get_ident() not in readers


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_paths_may_be_bytes(tmp_path: Any) -> None:
    (tmp_path / "a.png").write_bytes(b"png")
    with os.scandir(os.fsencode(tmp_path)) as entries:
        images = [image_of(entry) for entry in entries]  # type: ignore[arg-type]
    assert [(image.id, image.encoded) for image in images] == [(str(tmp_path / "a.png"), b"png")]


def test_a_file_whose_name_is_not_utf8_is_encoded(tmp_path: Any) -> None:
    path = os.path.join(tmp_path, os.fsdecode(b"caf\xe9.png"))
    with open(path, "wb") as file:
        file.write(b"x")

    def encode(request: Any, _: Any) -> Any:
        assert [image.id for image in request.images] == [str(tmp_path / "caf?.png")]
        return image_pb2.EncodeImagesResponse(results=[image_pb2.ImageResult(embedding=common_pb2.Embedding(shape=[0]))])

    async def embed(address: str) -> list[tuple[str, Embeddings]]:
        async with AsyncClient(address) as client:
            return [part async for part in client.embed_folder(tmp_path, kinds=["image"])]

    handler = grpc.unary_unary_rpc_method_handler(
        encode, image_pb2.EncodeImagesRequest.FromString, image_pb2.EncodeImagesResponse.SerializeToString
    )
    with server_of("/triptych.v1.ImageEncoder/Encode", handler) as address, Client(address) as client:
        for parts in (list(client.embed_folder(tmp_path, kinds=["image"])), asyncio.run(embed(address))):
            assert [(part.ids, part.failures) for _, part in parts] == [([path], [])]


def test_pauses_grow_and_are_bounded() -> None:
    assert [RetryPolicy().wait_s(n) for n in (1, 2, 3, 10, 1_000_000)] == [0.1, 0.2, 0.4, 5.0, 5.0]
    assert RetryPolicy().wait_s(1, 2.0) == 2.0 and RetryPolicy().wait_s(1, 1e9) == 60.0


def test_options() -> None:
    assert not embedding_options().HasField("normalize")
    assert embedding_options(normalize=False).HasField("normalize")


def test_it_imports_neither_pandas_nor_pyarrow() -> None:
    code = "import sys, triptych; assert not {'pandas', 'pyarrow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_batches_of_tables_are_cut_and_their_dictionaries_decoded() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from triptych import flight

    table = pyarrow.table({"text": pyarrow.array(["a", "b"] * 1_500).dictionary_encode(), "big": ["x" * 10_000] * 3_000})
    schema = flight._decoded_schema(table.schema)
    assert schema.field("text").type == pyarrow.string()
    parts = [part for batch in table.to_batches() for part in flight._cut(flight._decoded(batch, schema))]
    assert all(part.num_rows <= flight.MOST_ROWS and part.nbytes <= flight.MOST_BYTES for part in parts)
    assert pyarrow.Table.from_batches(parts).column("text").to_pylist() == ["a", "b"] * 1_500


def test_an_exchange_that_ends_does_not_wait_for_batches_that_do_not_come() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import flight as arrow_flight

    from triptych import flight

    class Server(arrow_flight.FlightServerBase):  # type: ignore[misc]
        def do_exchange(self, context: Any, descriptor: Any, reader: Any, writer: Any) -> None:
            if b"denied" in descriptor.command:
                raise arrow_flight.FlightUnauthenticatedError("no token")
            writer.begin(reader.schema)
            for chunk in reader:
                writer.write_batch(chunk.data)

    is_over = threading.Event()
    batch = pyarrow.RecordBatch.from_pydict({"text": ["a"]})

    def live() -> Iterator[Any]:
        yield batch
        is_over.wait(30)
        yield batch

    with Server("grpc://127.0.0.1:0") as server:
        address = f"127.0.0.1:{server.port}"
        try:
            start = time.monotonic()
            with pytest.raises(arrow_flight.FlightUnauthenticatedError):
                list(flight.embed_batches(address, batch.schema, live(), modality="text", model="denied"))
            parts = flight.embed_batches(address, batch.schema, live(), modality="text")
            assert [next(parts).num_rows, next(parts).num_rows] == [0, 1]
            parts.close()  # type: ignore[attr-defined]
            assert time.monotonic() - start < 15
        finally:
            is_over.set()
        table = pyarrow.Table.from_batches([batch] * 3)
        assert flight.embed_table(address, table, modality="text") == table


def test_a_recording_is_asked_for_with_its_options() -> None:
    options = TranscriptionOptions(sample_rate=8_000, model="m", language="de", translate=True, beams=5, timestamps=False, seed=7, words=True)
    request = transcribe_request(np.zeros(3, np.int16), options)
    assert (request.format.sample_rate_hz, request.format.channels, request.data) == (8_000, 1, bytes(6))
    assert request.options == transcript_pb2.TranscriptionOptions(
        language="de", task=transcript_pb2.SPEECH_TASK_TRANSLATE, beams=5, without_timestamps=True, seed=7, words=True
    )
    assert transcribe_request(b"RIFF", TranscriptionOptions(fallback=False)).options.without_fallback
    with pytest.raises(ValueError, match="without their rate"):
        transcribe_request(np.zeros(3, np.int16), TranscriptionOptions())
    with pytest.raises(ValueError, match="encoding is 'mp3'"):
        TranscriptionOptions(sample_rate=8_000, encoding="mp3").config()


def test_a_live_transcript_begins_anew_until_a_server_is_ready_and_never_after() -> None:
    session = TranscriptSession(TranscriptionOptions(partial_interval_ms=500).config())
    for connection in range(2):
        session.open()
        config = session.next_request()
        assert config is not None and config.config.partial_interval_ms == 500
        session.push(bytes([connection]))
        sent = []
        while request := session.next_request():
            sent.append((request.chunk.sequence, request.chunk.data))
        assert sent == [(0, b"\0"), (1, b"\1")][: connection + 1]
        if connection == 0:
            assert session.is_resumable
            session.broken()
    session.take(transcriber_pb2.TranscribeStreamResponse(ready={"model": "m"}))
    assert not session.is_resumable
    for _ in range(1_000):
        session.push(bytes(3_200))
        assert session.next_request() is not None and not session.is_full
    assert not session._kept


def test_a_live_transcript_holds_no_more_than_it_may_while_no_server_is_ready() -> None:
    session = TranscriptSession(TranscriptionOptions().config())
    session.open()
    pushed = 0
    while not session.is_full:
        session.push(b"x")
        session.next_request()
        pushed += 1
        assert pushed < 100
    session.take(transcriber_pb2.TranscribeStreamResponse(ready={}))
    while session.next_request():
        pass
    assert not session.is_full


def test_an_update_tells_what_is_final_from_guesses() -> None:
    session = TranscriptSession(TranscriptionOptions().config())
    session.open()
    segments = [
        transcript_pb2.TranscriptSegment(end_s=1, text="a", final=True, tokens=[1, 2], words=[transcript_pb2.TranscriptWord(text="a", end_s=1)]),
        transcript_pb2.TranscriptSegment(start_s=1, end_s=2, text="b", finish_reason=common_pb2.FINISH_REASON_LENGTH),
    ]
    update = transcriber_pb2.TranscriptUpdate(segments=segments, language="en")
    taken = session.take(transcriber_pb2.TranscribeStreamResponse(update=update))
    assert taken.is_progress and taken.event is not None and taken.event.language == "en"
    assert [(one.text, one.is_final, list(one.tokens)) for one in taken.event.final] == [("a", True, [1, 2])]
    assert taken.event.final[0].words == [Word(text="a", start_s=0, end_s=1)] and taken.event.guessed[0].words == []
    assert [(one.text, one.start_s, one.is_cut) for one in taken.event.guessed] == [("b", 1.0, True)]
    summary = session.take(transcriber_pb2.TranscribeStreamResponse(summary={}))
    assert summary.is_last and summary.event is None


def test_a_window_has_its_transcript_where_one_is_asked_for() -> None:
    with pytest.raises(ValueError, match="transcription.partial_interval_ms"):
        AudioOptions(transcription=TranscriptionOptions(partial_interval_ms=500)).config()
    assert not AudioOptions().config().HasField("transcription")
    config = AudioOptions(sample_rate=16_000, transcription=TranscriptionOptions()).config()
    assert config.HasField("transcription")
    session = AudioSession(config, max_log_bytes=100_000)
    session.open()
    session.take(audio_pb2.AudioStreamResponse(ready=audio_pb2.AudioStreamReady(config=config, sample_rate_hz=16_000)))
    segments = [transcript_pb2.TranscriptSegment(start_s=3, end_s=4, text=" a", final=True)]
    embedding = common_pb2.Embedding(values=[1, 2], shape=[2], encoding=common_pb2.EMBEDDING_ENCODING_FLOAT_LIST)
    for transcript in (None, transcript_pb2.WindowTranscript(text="a", language="en", segments=segments)):
        window = audio_pb2.AudioWindow(end_sample=1, embedding=embedding, transcript=transcript)
        event = session.take(audio_pb2.AudioStreamResponse(window=window)).event
        assert event is not None
        if transcript is None:
            assert event.transcript is None
        else:
            assert event.transcript is not None and (event.transcript.text, event.transcript.language) == ("a", "en")
            assert [(one.start_s, one.is_final) for one in event.transcript.segments] == [(3.0, True)]
