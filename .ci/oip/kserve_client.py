"""KServe's own client as it comes from PyPI.

  kserve_client.py HOST:PORT DESCRIPTORS
"""

import asyncio
import logging
import sys
from pathlib import Path

import grpc
import numpy as np
from kserve import InferenceGRPCClient, InferInput, InferRequest

from own_api import OwnApi

address, descriptors = sys.argv[1:]
# It logs what it raises.
logging.disable(logging.CRITICAL)
own = OwnApi(address, descriptors)
RAW = {"encoding": "EMBEDDING_ENCODING_RAW_FLOAT32"}
picture = Path("examples/images/pizza.png").read_bytes()


async def main():
    client = InferenceGRPCClient(address)
    assert await client.is_server_live() and await client.is_server_ready()
    assert await client.is_model_ready("demo-clip-image")
    raw = InferInput("image", [1, 1], "BYTES")
    raw.set_data_from_numpy(np.array([[picture]], dtype=object), binary_data=True)
    typed = InferInput("image", [1, 1], "BYTES", data=[picture])
    expected = own.encode("ImageEncoder", images=[{"encoded": picture}], options=RAW)
    for one in (raw, typed):
        answer = await client.infer(InferRequest("demo-clip-image", [one], request_id="9"))
        [vector] = [output.as_numpy() for output in answer.outputs if output.name == "embedding"]
        assert [row.tobytes() for row in vector] == expected and answer.id == "9"
    try:
        await client.infer(InferRequest("other", [raw]))
    except grpc.aio.AioRpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND and error.details().startswith("MODEL_NOT_FOUND")
    else:
        raise AssertionError("an error was expected")
    await client.close()


asyncio.run(main())
print("KServe's client: readiness, vectors raw and typed, errors")
