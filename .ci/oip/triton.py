"""tritonclient as it comes from PyPI, against the demo server: whatever it gives is what triptych.v1 gives, bit for bit.

  triton.py HOST:PORT DESCRIPTORS
"""

import asyncio
import queue
import sys
from pathlib import Path

import numpy as np
import tritonclient.grpc as triton
import tritonclient.grpc.aio as triton_aio
from tritonclient.utils import InferenceServerException

from own_api import OwnApi

address, descriptors = sys.argv[1:]
own = OwnApi(address, descriptors)
client = triton.InferenceServerClient(address)
AUDIO, IMAGE, TEXT = "demo-whisper-audio", "demo-clip-image", "demo-clip-text"
RAW = {"encoding": "EMBEDDING_ENCODING_RAW_FLOAT32"}
words = ["a sailboat", "ein Käse ☃", ""]
pictures = [path.read_bytes() for path in sorted(Path("examples/images").glob("*.png"))[:4]]
pcm = np.frombuffer(Path("examples/speech/pizza-a.wav").read_bytes()[44:], dtype="<i2")
format = {"encoding": "AUDIO_ENCODING_PCM_S16LE", "sample_rate_hz": 16000}


def tensor(name, values, kind=triton):
    datatype = {"object": "BYTES", "int16": "INT16", "float32": "FP32", "uint8": "UINT8"}[values.dtype.name]
    made = kind.InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values)
    return made


def column(values):
    return np.array([[value.encode() if isinstance(value, str) else value] for value in values], dtype=object)


def rows(result):
    return [row.tobytes() for row in result.as_numpy("embedding")]


def refused(call):
    try:
        call()
    except InferenceServerException as error:
        return error.status().removeprefix("StatusCode."), error.message().split(":")[0]
    raise AssertionError("an error was expected")


# What is served.
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(TEXT, "1")
assert not client.is_model_ready("other") and not client.is_model_ready(TEXT, "9")
assert "statistics" in client.get_server_metadata().extensions
assert [model.name for model in client.get_model_repository_index().models] == [AUDIO, IMAGE, TEXT]
metadata, config = client.get_model_metadata(IMAGE), client.get_model_config(IMAGE).config
assert [list(one.shape) for one in metadata.inputs] == [[-1, *one.dims] for one in config.input]
assert config.max_batch_size == 64 and client.get_model_config(AUDIO).config.model_transaction_policy.decoupled

# Vectors, of texts, pictures, pixels and recordings.
result = client.infer(TEXT, [tensor("text", column(words))], request_id="7")
assert rows(result) == own.encode("TextEncoder", texts=words, options=RAW)
assert result.get_response().id == "7" and result.as_numpy("space").tolist() == [[b"triptych-demo"]] * 3
result = client.infer(IMAGE, [tensor("image", column(pictures))])
assert rows(result) == own.encode("ImageEncoder", images=[{"encoded": one} for one in pictures], options=RAW)
pixels = np.random.default_rng(1).integers(0, 256, (2, 40, 60, 3), dtype=np.uint8)
raw = [{"raw": {"format": "PIXEL_FORMAT_RGB8", "width": 60, "height": 40, "data": one.tobytes()}} for one in pixels]
assert rows(client.infer(IMAGE, [tensor("image", pixels)])) == own.encode("ImageEncoder", images=raw, options=RAW)
clips = [{"format": format, "data": pcm.tobytes()}]
expected = own.encode("AudioEncoder", clips=clips, context="AUDIO_CONTEXT_TRIMMED", options=RAW)
trimmed = {"context": "trimmed"}
for samples in (pcm, pcm.astype(np.float32) / 32768):
    assert rows(client.infer(AUDIO, [tensor("audio", samples[None])], parameters=trimmed)) == expected
wav = column([Path("examples/speech/pizza-a.wav").read_bytes()])
result = client.infer(AUDIO, [tensor("audio", wav)], parameters=trimmed, compression_algorithm="gzip")
assert rows(result) == expected and result.as_numpy("span").tolist() == [[0, len(pcm)]]

# One bad item.
broken = [tensor("image", column([pictures[0], b"no picture"]))]
assert refused(lambda: client.infer(IMAGE, broken)) == ("INVALID_ARGUMENT", "IMAGE_FORMAT_UNKNOWN")
asked = [triton.InferRequestedOutput(name) for name in ("embedding", "error")]
result = client.infer(IMAGE, broken, outputs=asked)
assert result.as_numpy("error")[1, 0].startswith(b"IMAGE_FORMAT_UNKNOWN") and result.as_numpy("error")[0, 0] == b""
assert np.isnan(result.as_numpy("embedding")[1]).all() and not np.isnan(result.as_numpy("embedding")[0]).any()
assert refused(lambda: client.infer("other", broken)) == ("NOT_FOUND", "MODEL_NOT_FOUND")
assert refused(lambda: client.infer(IMAGE, [tensor("image", pixels[0])])) == ("INVALID_ARGUMENT", "TENSOR_UNEXPECTED")
misspelt = {"poling": "none"}
assert refused(lambda: client.infer(IMAGE, broken, parameters=misspelt)) == ("INVALID_ARGUMENT", "PARAMETER_INVALID")
assert refused(client.get_system_shared_memory_status)[0] == "UNIMPLEMENTED"


# Live audio: two sequences side by side, and requests of their own between them.
def parts(samples):
    return [samples[at : at + 1600] for at in range(0, len(samples), 1600)]


def live(make, ids):
    options = {"window_ms": 500, "hop_ms": 250, "context": "trimmed"}
    for at, samples in enumerate(parts(pcm)):
        for one in ids:
            make(
                AUDIO,
                [tensor("audio", samples[None])],
                request_id=f"{one}.{at}",
                sequence_id=one,
                sequence_start=at == 0,
                sequence_end=at == len(parts(pcm)) - 1,
                parameters=options,
                enable_empty_final_response=True,
            )


answers = queue.Queue()
client.start_stream(lambda result, error: answers.put((result, error)))
live(client.async_stream_infer, [1, "left"])
client.async_stream_infer(IMAGE, broken, request_id="broken")
client.async_stream_infer(TEXT, [tensor("text", column(words))], request_id="words")
client.stop_stream()
given, errors, final = {}, [], set()
while not answers.empty():
    result, error = answers.get()
    if error:
        errors.append(error.message().split(":")[0])
        continue
    response = result.get_response()
    if response.parameters["triton_final_response"].bool_param:
        assert response.id not in final
        final.add(response.id)
    if response.outputs:
        given.setdefault(response.id.split(".")[0], []).append(result)
assert errors == ["IMAGE_FORMAT_UNKNOWN"], errors
assert rows(given["words"][0]) == own.encode("TextEncoder", texts=words, options=RAW)
assert final == {f"{one}.{at}" for one in (1, "left") for at in range(len(parts(pcm)))} | {"words"}
settings = {"window_ms": 500, "hop_ms": 250, "context": "AUDIO_CONTEXT_TRIMMED", "options": RAW, "format": format}
windows = own.stream_audio(settings, [samples.tobytes() for samples in parts(pcm)])
for one in ("1", "left"):
    assert [(*result.as_numpy("span")[0].tolist(), rows(result)[0]) for result in given[one]] == windows

# A status where one is asked for.
client.start_stream(lambda result, error: answers.put((result, error)), headers={"triton_grpc_error": "true"})
client.async_stream_infer(IMAGE, broken)
_, error = answers.get(timeout=30)
assert error.status() == "StatusCode.INVALID_ARGUMENT", error
client.stop_stream()


async def asynchronous():
    async with triton_aio.InferenceServerClient(address) as aio:
        assert await aio.is_model_ready(TEXT)
        made = [aio.infer(TEXT, [tensor("text", column([word]), triton_aio)]) for word in words * 8]
        vectors = [rows(result)[0] for result in await asyncio.gather(*made)]
        assert vectors == own.encode("TextEncoder", texts=words, options=RAW) * 8


asyncio.run(asynchronous())

# Counts are true: the texts of this program's calls of both APIs.
statistics = client.get_inference_statistics(TEXT).model_stats[0]
assert statistics.inference_stats.success.count == 1 + 1 + 24 and statistics.inference_stats.fail.count == 0
assert statistics.inference_count == 3 + 3 + 24 + 3 * 3, statistics.inference_count
assert 0 < statistics.execution_count <= statistics.inference_count
assert sum(one.batch_size * one.compute_infer.count for one in statistics.batch_stats) == statistics.inference_count

# Models that come and go.
client.unload_model(TEXT)
assert not client.is_model_ready(TEXT) and client.is_model_ready(AUDIO)
assert refused(lambda: client.infer(TEXT, [tensor("text", column(words))])) == ("NOT_FOUND", "MODEL_NOT_FOUND")
client.load_model("demo-clip")
assert rows(client.infer(TEXT, [tensor("text", column(words))])) == own.encode("TextEncoder", texts=words, options=RAW)
print(f"tritonclient: vectors as triptych.v1 has them, {len(windows)} windows of live audio twice, errors, statistics, unload and load")
