"""Everything that proto/arrow declares is in pyarrow by the same name, number and type: its library holds the descriptor that its code was made of.

  descriptors.py FILE    a FileDescriptorSet of proto/
"""

import sys
from pathlib import Path

import pyarrow
from google.protobuf import descriptor_pb2
from proto_parts import compare, of_package

PACKAGE = "arrow.flight.protocol"
# Its first fields: name and package.
BEGINNING = b"\n\x0cFlight.proto\x12\x15" + PACKAGE.encode()
# Its last one: syntax.
END = b"b\x06proto3"

(library,) = Path(pyarrow.get_library_dirs()[0]).glob("libarrow_flight.so.*")
content = library.read_bytes()
start = content.index(BEGINNING)
theirs = descriptor_pb2.FileDescriptorProto.FromString(content[start : content.index(END, start) + len(END)])
methods, fields = compare(of_package(sys.argv[1], PACKAGE), [theirs], PACKAGE, "pyarrow's library")
assert methods == 8 and fields > 20, (methods, fields)
