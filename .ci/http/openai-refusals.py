"""The official Python client at a server with tokens and room for two calls: 401, 403 and 429 are its own classes."""

import os
import socket

import openai

address = os.environ["OPENAI_BASE_URL"].removeprefix("http://").removesuffix("/v1")
texts = os.environ["TEXTS_TOKEN"]


def raises(kind, code, key, **request):
    client = openai.OpenAI(max_retries=0, api_key=key)
    try:
        client.embeddings.create(model="demo-clip", input="a", **request)
    except kind as error:
        assert error.code == code, error.code
        return error
    raise AssertionError(f"expected {kind.__name__}")


raises(openai.AuthenticationError, "TOKEN_MISSING", "wrong")
raises(openai.PermissionDeniedError, "METHOD_DENIED", texts, extra_body={"modality": "image"})
try:
    wav = ("a.wav", b"never read")
    openai.OpenAI(max_retries=0, api_key=texts).audio.transcriptions.create(model="demo-whisper", file=wav)
    raise AssertionError("expected PermissionDeniedError")
except openai.PermissionDeniedError as error:
    assert error.code == "METHOD_DENIED", error.code
# Two calls whose bodies do not come yet.
host, port = address.rsplit(":", 1)
head = f"POST /v1/embeddings HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {texts}\r\n"
waiting = [socket.create_connection((host, int(port))) for _ in range(2)]
for one in waiting:
    one.sendall(f"{head}content-type: application/json\r\ncontent-length: 5\r\n\r\n".encode())
# What another connection sends now may be read before them.
while True:
    try:
        limited = raises(openai.RateLimitError, "OVERLOADED", texts)
        break
    except AssertionError:
        pass
assert int(limited.response.headers["retry-after"]) > 0
# The client tries again by itself, after as long as it was told, once there is room.
for one in waiting:
    one.close()
client = openai.OpenAI(api_key=texts, max_retries=5)
assert len(client.embeddings.create(model="demo-clip", input="a").data[0].embedding) == 128
print(f"openai {openai.__version__} for Python: 401, 403 and 429 of the right classes; tries again when told")
