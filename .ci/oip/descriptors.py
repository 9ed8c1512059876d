"""Everything that proto/inference declares is in Triton's own Python package by the same name, number and type.

  descriptors.py FILE    a FileDescriptorSet of proto/
"""

import sys

from google.protobuf import descriptor_pb2
from proto_parts import compare, of_package
from tritonclient.grpc import model_config_pb2, service_pb2

theirs = []
for module in (service_pb2, model_config_pb2):
    file = descriptor_pb2.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    theirs.append(file)
methods, fields = compare(of_package(sys.argv[1], "inference"), theirs, "inference", "Triton's package")
assert methods == 12 and fields > 100, (methods, fields)
