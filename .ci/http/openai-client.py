"""The official Python client: embeddings with its default encoding and others, and the classes of its errors."""

import asyncio
import json
import struct
import sys

import openai

expected = [json.loads(line)["embedding"] for line in open(sys.argv[1], encoding="utf-8")]
texts = ["a pizza", "a sailboat"]
float32 = lambda values: struct.pack(f"<{len(values)}f", *values)


def same(answer, of="default"):
    for item, vector in zip(answer.data, expected, strict=True):
        assert float32(item.embedding) == float32(vector), f"other vectors with the {of} encoding"
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 0
    assert answer.object == "list" and answer.model == "demo-clip"


def raises(kind, status, code, call):
    try:
        call()
    except kind as error:
        assert (error.status_code, error.code) == (status, code), (error.status_code, error.code)
        assert type(error) is kind, type(error)
        return
    raise AssertionError(f"expected {kind.__name__}")


client = openai.OpenAI(max_retries=0)
# The client asks for base64 by itself, and decodes it.
same(client.embeddings.create(model="demo-clip", input=texts))
same(client.embeddings.create(model="demo-clip", input=texts, encoding_format="float"), "float")
assert len(client.embeddings.create(model="demo-clip", input="a pizza", dimensions=8).data[0].embedding) == 8
assert sorted(model.id for model in client.models.list()) == ["demo-clip", "demo-whisper"]
assert client.models.retrieve("demo-clip").owned_by == "triptych"

raises(openai.NotFoundError, 404, "MODEL_NOT_FOUND", lambda: client.embeddings.create(model="gpt", input="a"))
raises(openai.NotFoundError, 404, "MODEL_NOT_FOUND", lambda: client.models.retrieve("gpt"))
raises(
    openai.BadRequestError,
    400,
    "DIMENSIONS_INVALID",
    lambda: client.embeddings.create(model="demo-clip", input="a", dimensions=4096),
)
raises(
    openai.BadRequestError,
    400,
    "MESSAGE_MALFORMED",
    lambda: client.embeddings.create(model="demo-clip", input=[[1, 2, 3]]),
)


async def many():
    async with openai.AsyncOpenAI() as concurrent:
        return await asyncio.gather(
            *(concurrent.embeddings.create(model="demo-clip", input=texts) for _ in range(50))
        )


for one in asyncio.run(many()):
    same(one)
print(f"openai {openai.__version__} for Python: the vectors of gRPC bit for bit, errors of the right classes")
