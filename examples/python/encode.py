#!/usr/bin/env python3
"""Encodes images and texts on a Triptych server and prints a JSON line for each.

    python3 -m venv .venv && . .venv/bin/activate
    pip install grpcio grpcio-tools
    python -m grpc_tools.protoc -I proto --python_out=examples/python --grpc_python_out=examples/python proto/triptych/v1/*.proto
    python examples/python/encode.py 127.0.0.1:50051 --text "a sailboat" examples/images/*.png
"""
import argparse
import json
import sys

import grpc
from triptych.v1 import image_pb2, image_pb2_grpc, text_pb2, text_pb2_grpc


def read(path):
    with open(path, "rb") as file:
        return file.read()


def show(source, result):
    if result.HasField("error"):
        print(f"{source}: {result.error.message}", file=sys.stderr)
    else:
        print(json.dumps({"source": source, "embedding": list(result.embedding.values)}))


def main(address, images, texts):
    with grpc.insecure_channel(address) as channel:
        if images:
            request = image_pb2.EncodeImagesRequest(
                images=[image_pb2.Image(id=path, encoded=read(path)) for path in images])
            for result in image_pb2_grpc.ImageEncoderStub(channel).Encode(request).results:
                show(result.id, result)
        if texts:
            response = text_pb2_grpc.TextEncoderStub(channel).Encode(text_pb2.EncodeTextsRequest(texts=texts))
            for text, result in zip(texts, response.results):
                show(text, result)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("images", nargs="*")
    parser.add_argument("--text", action="append", default=[])
    args = parser.parse_intermixed_args()
    main(args.address, args.images, args.text)
