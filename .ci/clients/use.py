"""Uses the package as a program of its own does: ADDRESS EXAMPLES RESTART. Prints a JSON line for each vector."""
from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePath

import numpy as np

from triptych import (
    AsyncClient,
    Client,
    InvalidInputError,
    ItemsFailedError,
    NotFoundError,
    NotServedError,
    Source,
    TranscriptionOptions,
    TranscriptUpdate,
    TriptychEmbeddings,
    Window,
)

address, examples, restart = sys.argv[1:4]
pizza = os.path.join(examples, "images", "pizza.png")
speech = os.path.join(examples, "speech", "pizza-a.wav")
with wave.open(speech) as file:
    samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
HALF = 12_000


def show(kind: str, vector: object) -> None:
    print(json.dumps({"kind": kind, "embedding": np.asarray(vector).tolist()}))


def texts(client: Client) -> None:
    many = [f"text {i}" for i in range(599)] + ["a sailboat"]
    seen: list[tuple[int, int]] = []
    embeddings = client.embed_texts(many, progress=lambda done, failed: seen.append((done, failed)))
    assert embeddings.vectors.shape[0] == 600 and seen[-1] == (600, 0) and embeddings.space
    for numbers in ("float16", "int8"):
        rounded = client.embed_texts(["a sailboat"], numbers=numbers).vectors[0]
        assert rounded @ embeddings.vectors[-1] > 0.999, numbers
    framework = TriptychEmbeddings(client)
    assert framework.embed_query("a sailboat") == framework.embed_documents(["a sailboat"])[0]
    show("text", embeddings.vectors[-1])


def fusion(client: Client) -> None:
    both = client.fuse(["a picture of pizza", PurePath(pizza)], weights=[2, 1])
    assert both.values.shape == (128,) and both.cosines[0] > both.cosines[1] and both.space
    ranked = client.rank_together(["a picture of pizza", PurePath(speech)], ["a picture of sailboat", PurePath(pizza)])
    assert [one.index for one in ranked] == [1, 0]
    twice = [Source(weight=2), Source(queries=[0])]
    by_place = client.rank_together(
        [both.item, "a pizza"], ["a sailboat", PurePath(pizza)], rule="reciprocal_rank", rank_constant=1, sources=twice
    )
    assert abs(by_place[0].score - 5 / 2) < 1e-6, by_place
    try:
        client.caption([pizza], beams=2)
        raise AssertionError("the demo's models write captions")
    except NotServedError as error:
        assert error.reason == "MODALITY_NOT_SERVED"
    try:
        client.match([("a pizza", pizza)])
        raise AssertionError("the demo's model matches pairs")
    except NotServedError as error:
        assert error.reason == "MODALITY_NOT_SERVED"
    try:
        client.fuse(["a pizza"], weights=[-1])
        raise AssertionError("a negative weight counts")
    except InvalidInputError as error:
        assert (error.reason, error.field) == ("WEIGHT_INVALID", "items[0].weight")


def images(client: Client) -> None:
    files = [id_ for _, part in client.embed_folder(os.path.join(examples, "images"), batch_items=5) for id_ in part.ids]
    assert len(files) == 12, files
    show("image", client.embed_images([pizza]).vectors[0])
    try:
        client.embed_images([pizza, b"not an image"])
        raise AssertionError("a bad image has a vector")
    except ItemsFailedError as error:
        assert error.failures[0].index == 1 and error.reason == "IMAGE_FORMAT_UNKNOWN"
        assert error.embeddings[0] is not None
    results = sorted(client.stream_images([pizza] * 40, batch_items=8), key=lambda result: result.index)
    assert [result.index for result in results] == list(range(40))


def clips(client: Client) -> None:
    embeddings = client.embed_audio([speech, samples], sample_rate=16_000)
    assert np.array_equal(embeddings.vectors[0], embeddings.vectors[1])
    show("audio", embeddings.vectors[0])


def check_updates(updates: list[TranscriptUpdate], text: str) -> None:
    assert "".join(one.text for update in updates for one in update.final).strip() == text, updates
    assert any(update.guessed for update in updates), updates


def transcripts(client: Client) -> None:
    """The same words of a file, of its bytes and samples, and of these as they are said."""
    assert [one.name for one in client.list_models() if one.transcribes] == ["demo-whisper"]
    whole = client.transcribe(PurePath(speech))
    assert "pizza" in whole.text and whole.fingerprint and not whole.is_cut, whole
    assert abs(whole.duration_s - len(samples) / 16_000) < 0.01 and [one.is_final for one in whole.segments] == [True]
    with open(speech, "rb") as file:
        assert client.transcribe(file.read()) == client.transcribe(samples, sample_rate=16_000) == whole
    cut = client.transcribe(speech, max_tokens=1, beams=2, timestamps=False)
    assert cut.is_cut and cut.segments[0].is_cut and len(cut.segments[0].tokens) == 1, cut
    pieces = np.array_split(samples, 10)
    check_updates(list(client.transcribe_stream(pieces, sample_rate=16_000, partial_interval_ms=300)), whole.text)
    both = list(client.stream_audio(pieces, sample_rate=16_000, transcription=TranscriptionOptions()))
    assert [one.transcript.text for one in both if one.transcript] == [whole.text] and both[0].vector is not None, both
    with open(speech, "rb") as file:
        of_file = list(client.transcribe_stream(iter(lambda: file.read(4096), b"")))
    assert [one.text for update in of_file for one in update.final] == [whole.segments[0].text] and not of_file[0].guessed, of_file
    for fails in (lambda: client.transcribe(speech, beams=99), lambda: list(client.transcribe_stream(pieces, sample_rate=16_000, beams=99))):
        try:
            fails()
            raise AssertionError("there are 99 beams")
        except InvalidInputError as error:
            assert error.reason == "PARAMETER_INVALID" and error.field.endswith("beams"), error.field


def first_half() -> list[np.ndarray]:
    return np.array_split(samples[:HALF], 8)


def chunks(windows: list[Window]) -> Iterator[np.ndarray]:
    """Kills the server once a window has come."""
    yield from first_half()
    while not windows:
        import time

        time.sleep(0.05)
    subprocess.run([restart], check=True)
    yield samples[HALF:]


def stream(client: Client) -> None:
    windows: list[Window] = []
    for window in client.stream_audio(chunks(windows), sample_rate=16_000, window_ms=500):
        assert window.index == len(windows) and window.vector is not None, window
        windows.append(window)
        show("window", window.vector)


async def asynchronous() -> None:
    windows: list[Window] = []

    async def live() -> AsyncIterator[np.ndarray]:
        for chunk in first_half():
            yield chunk
        while not windows:
            await asyncio.sleep(0.05)
        await (await asyncio.create_subprocess_exec(restart)).wait()
        yield samples[HALF:]

    async with AsyncClient(address) as client:
        both = await asyncio.gather(client.embed_texts(["a sailboat"]), client.embed_images([pizza]), client.embed_audio([speech]))
        for kind, embeddings in zip(("text", "image", "audio"), both):
            show(kind, embeddings.vectors[0])
        whole = await client.transcribe(speech)
        pieces = np.array_split(samples, 10)
        check_updates([one async for one in client.transcribe_stream(pieces, sample_rate=16_000, partial_interval_ms=300)], whole.text)
        async for window in client.stream_audio(live(), sample_rate=16_000, window_ms=500):
            assert window.index == len(windows), window
            windows.append(window)
            show("window", window.vector)


with Client(address) as client:
    texts(client)
    images(client)
    fusion(client)
    clips(client)
    transcripts(client)
    stream(client)
    try:
        client.embed_texts(["x"], model="none")
        raise AssertionError("a model that is not served encodes")
    except NotFoundError as error:
        assert error.reason == "MODEL_NOT_FOUND", error
asyncio.run(asynchronous())
