"""What .proto files declare, for comparing ours with those that others carry in their packages."""

from google.protobuf import descriptor_pb2


def of_package(path, package):
    """The files of a package in a FileDescriptorSet."""
    found = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        found.ParseFromString(file.read())
    return [file for file in found.file if file.package == package]


def compare(ours, theirs, package, owner):
    """Everything that ours declare is in theirs by the same name, number and type. Returns the numbers of methods and fields."""
    mine = set(parts(ours, package))
    strange = sorted(map(str, mine - set(parts(theirs, package))))
    assert not strange, f"not as in {owner}:\n" + "\n".join(strange)
    methods, fields = ([line for line in mine if line[0] == kind] for kind in ("method", "field"))
    print(f"descriptors: {len(methods)} methods and {len(fields)} fields are those of {owner}")
    return len(methods), len(fields)


def parts(files, package):
    """What files say on the wire, as tuples."""
    for file in files:
        assert (file.package, file.syntax) == (package, "proto3"), file.name
        for message in file.message_type:
            yield from of_message(package, message)
        for enum in file.enum_type:
            yield from of_enum(package, enum)
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
