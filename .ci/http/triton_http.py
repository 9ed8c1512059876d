"""tritonclient over HTTP, sync and asyncio, with its binary extension and without: the vectors of gRPC bit for bit.

  triton_http.py HOST:PORT VECTORS
"""

import asyncio
import json
import sys

import numpy as np
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from tritonclient.utils import InferenceServerException

address, path = sys.argv[1:]
expected = np.array([json.loads(line)["embedding"] for line in open(path, encoding="utf-8")], dtype="<f4")
TEXT = "demo-clip-text"
client = triton.InferenceServerClient(address)


def texts(kind, binary):
    made = kind.InferInput("text", [2, 1], "BYTES")
    made.set_data_from_numpy(np.array([["a pizza"], ["a sailboat"]], dtype=object), binary_data=binary)
    return made


def outputs(kind, binary):
    return [kind.InferRequestedOutput("embedding", binary_data=binary)]


def same(result):
    assert result.as_numpy("embedding").tobytes() == expected.tobytes()


assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(TEXT)
assert not client.is_model_ready("other")
assert "statistics" in client.get_server_metadata()["extensions"]
assert {model["name"] for model in client.get_model_repository_index()} >= {TEXT, "demo-clip-image"}
config = client.get_model_config(TEXT)
assert client.get_model_metadata(TEXT)["inputs"][0]["shape"] == [-1, *config["input"][0]["dims"]]
for binary in (True, False):
    same(client.infer(TEXT, [texts(triton, binary)], outputs=outputs(triton, binary)))
same(client.infer(TEXT, [texts(triton, True)]))
stats = client.get_inference_statistics(TEXT)["model_stats"][0]
assert stats["inference_stats"]["success"]["count"] >= 3 and stats["inference_count"] >= 6
try:
    client.infer(TEXT, [texts(triton, True)], parameters={"pool": "x"})
    raise AssertionError("an error was expected")
except InferenceServerException as error:
    assert error.message().startswith("PARAMETER_INVALID"), error.message()


async def concurrent():
    async with triton_aio.InferenceServerClient(address) as many:
        for result in await asyncio.gather(*(many.infer(TEXT, [texts(triton_aio, True)]) for _ in range(30))):
            same(result)


asyncio.run(concurrent())
print("tritonclient over HTTP: the vectors of gRPC bit for bit, in JSON and with the binary extension, sync and asyncio")
