"""The official Python client: transcriptions in each format, and the classes of their errors."""

import sys

import openai

folder = sys.argv[1]
client = openai.OpenAI(max_retries=0)
create = client.audio.transcriptions.create


def recording(name):
    return open(f"{folder}/{name}.wav", "rb")


def raises(kind, code, param, call):
    try:
        call()
    except kind as error:
        assert type(error) is kind and (error.code, error.param) == (code, param), (error.code, error.param)
        return
    raise AssertionError(f"expected {kind.__name__}")


model = "demo-whisper"
for name, word in (("pizza-a", "pizza"), ("volcano-a", "volcano"), ("sunflower-a", "sunflower")):
    said = create(model=model, file=recording(name))
    assert said.text == word, said.text
    assert create(model=model, file=recording(name), response_format="text").strip() == word
    verbose = create(
        model=model,
        file=recording(name),
        response_format="verbose_json",
        timestamp_granularities=["segment"],
        temperature=0,
        language="en",
    )
    assert (verbose.text, verbose.language) == (word, "english") and verbose.duration > 0.3
    assert [segment.text.strip() for segment in verbose.segments] == [word]
    assert verbose.segments[0].start < verbose.segments[0].end and verbose.segments[0].avg_logprob < 0
    srt = create(model=model, file=recording(name), response_format="srt").split("\n")
    assert srt[0] == "1" and " --> " in srt[1] and srt[2] == word, srt
    vtt = create(model=model, file=recording(name), response_format="vtt").split("\n")
    assert vtt[0] == "WEBVTT" and " --> " in vtt[2] and vtt[3] == word, vtt

wav = ("a.wav", recording("pizza-a").read())
raises(openai.NotFoundError, "MODEL_NOT_FOUND", "model", lambda: create(model="whisper-1", file=wav))
raises(openai.BadRequestError, "MODALITY_NOT_SERVED", "model", lambda: create(model="demo-clip", file=wav))
raises(openai.BadRequestError, "AUDIO_CONTAINER_UNKNOWN", "file", lambda: create(model=model, file=("a.wav", b"no audio at all")))
raises(
    openai.BadRequestError,
    "PARAMETER_INVALID",
    "timestamp_granularities[]",
    lambda: create(model=model, file=wav, response_format="verbose_json", timestamp_granularities=["word"]),
)
# The demo's Whisper knows English alone.
raises(
    openai.BadRequestError,
    "PARAMETER_INVALID",
    "model",
    lambda: client.audio.translations.create(model=model, file=wav),
)
print(f"openai {openai.__version__} for Python: what is said, in each format, errors of the right classes")
