"""`triptych.v1` from its descriptors, for comparisons: no generated code."""

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class OwnApi:
    def __init__(self, address, descriptors):
        files = descriptor_pb2.FileDescriptorSet()
        with open(descriptors, "rb") as file:
            files.ParseFromString(file.read())
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.Add(file)
        self.channel = grpc.insecure_channel(address)

    def message(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"triptych.v1.{name}"))

    def encode(self, service, **fields):
        """Raw float32 of each result."""
        kind = {"AudioEncoder": "Audio", "ImageEncoder": "Images", "TextEncoder": "Texts"}[service]
        request = self.message(f"Encode{kind}Request")(**fields)
        call = self.channel.unary_unary(
            f"/triptych.v1.{service}/Encode",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.message(f"Encode{kind}Response").FromString,
        )
        return [raw_of(result) for result in call(request).results]

    def stream_audio(self, config, chunks):
        """Start, end and raw float32 of each window."""
        request, response = self.message("AudioStreamRequest"), self.message("AudioStreamResponse")
        call = self.channel.stream_stream(
            "/triptych.v1.AudioEncoder/EncodeStream",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )

        def requests():
            yield request(config=config)
            for sequence, data in enumerate(chunks):
                yield request(chunk={"sequence": sequence, "data": data})

        windows = (answer.window for answer in call(requests()) if answer.WhichOneof("message") == "window")
        return [(window.start_sample, window.end_sample, raw_of(window)) for window in windows]


def raw_of(item):
    assert item.WhichOneof("outcome") == "embedding", item
    return item.embedding.raw
