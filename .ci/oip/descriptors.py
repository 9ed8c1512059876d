"""Everything that proto/inference declares is in Triton's own Python package by the same name, number and type.

  descriptors.py FILE    a FileDescriptorSet of proto/
"""

import sys

from google.protobuf import descriptor_pb2
from tritonclient.grpc import model_config_pb2, service_pb2

found = descriptor_pb2.FileDescriptorSet()
with open(sys.argv[1], "rb") as file:
    found.ParseFromString(file.read())
ours = [file for file in found.file if file.package == "inference"]
theirs = []
for module in (service_pb2, model_config_pb2):
    file = descriptor_pb2.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    theirs.append(file)


def parts(files):
    """What a file says on the wire, as lines."""
    for file in files:
        assert (file.package, file.syntax) == ("inference", "proto3"), file.name
        for message in file.message_type:
            yield from of_message("inference", message)
        for enum in file.enum_type:
            yield from of_enum("inference", enum)
        for service in file.service:
            for method in service.method:
                streams = (method.client_streaming, method.server_streaming)
                yield ("method", service.name, method.name, method.input_type, method.output_type, *streams)


def of_message(scope, message):
    name = f"{scope}.{message.name}"
    yield ("message", name, message.options.map_entry)
    for field in message.field:
        oneof = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
        yield ("field", name, field.name, field.number, field.label, field.type, field.type_name, oneof)
    for nested in message.nested_type:
        yield from of_message(name, nested)
    for enum in message.enum_type:
        yield from of_enum(name, enum)


def of_enum(scope, enum):
    for value in enum.value:
        yield ("value", f"{scope}.{enum.name}", value.name, value.number)


ours, theirs = set(parts(ours)), set(parts(theirs))
strange = sorted(map(str, ours - theirs))
assert not strange, "not as in Triton's package:\n" + "\n".join(strange)
methods = [line for line in ours if line[0] == "method"]
fields = [line for line in ours if line[0] == "field"]
assert len(methods) == 12 and len(fields) > 100, (len(methods), len(fields))
print(f"descriptors: {len(methods)} methods and {len(fields)} fields are those of Triton's package")
