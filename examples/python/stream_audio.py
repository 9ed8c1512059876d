#!/usr/bin/env python3
"""Streams a 16-bit mono WAV at a Triptych server in chunks of 100 ms and prints each window as it arrives.

    python3 -m venv .venv && . .venv/bin/activate
    pip install grpcio grpcio-tools
    python -m grpc_tools.protoc -I proto --python_out=examples/python --grpc_python_out=examples/python proto/triptych/v1/*.proto
    python examples/python/stream_audio.py 127.0.0.1:50051 examples/speech/pizza-a.wav
"""
import json
import sys
import wave

import grpc
from triptych.v1 import audio_pb2, audio_pb2_grpc


def requests(path, window_ms):
    with wave.open(path) as wav:
        audio_format = audio_pb2.AudioFormat(
            encoding=audio_pb2.AUDIO_ENCODING_PCM_S16LE,
            sample_rate_hz=wav.getframerate(),
            channels=wav.getnchannels(),
        )
        yield audio_pb2.AudioStreamRequest(
            config=audio_pb2.AudioStreamConfig(format=audio_format, window_ms=window_ms)
        )
        sequence = 0
        while data := wav.readframes(wav.getframerate() // 10):
            yield audio_pb2.AudioStreamRequest(chunk=audio_pb2.AudioChunk(sequence=sequence, data=data))
            sequence += 1


def main(address, path, window_ms=0):
    with grpc.insecure_channel(address) as channel:
        stub = audio_pb2_grpc.AudioEncoderStub(channel)
        for answer in stub.EncodeStream(requests(path, window_ms)):
            kind = answer.WhichOneof("message")
            if kind == "ready":
                ready = answer.ready
                print(f"{ready.stamp.model}: vectors of {ready.dimensions} dimensions", file=sys.stderr)
            elif kind == "window" and answer.window.HasField("embedding"):
                window = answer.window
                print(json.dumps({
                    "start_sample": window.start_sample,
                    "end_sample": window.end_sample,
                    "embedding": list(window.embedding.values),
                }))
            elif kind == "window":
                print(f"window {answer.window.index}: {answer.window.error.message}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4]))
