"""Builds every service that a server lists, with all messages below it, and compares the methods with another client's list. Asks for health, too."""

import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

address, listed = sys.argv[1:]
database = ProtoReflectionDescriptorDatabase(grpc.insecure_channel(address))
pool = DescriptorPool(database)
methods, messages = [], set()


def visit(message):
    if message.full_name in messages:
        return
    messages.add(message.full_name)
    for field in message.fields:
        if field.message_type:
            visit(field.message_type)


for name in database.get_services():
    for method in pool.FindServiceByName(name).methods:
        methods.append(f"{name}/{method.name}")
        visit(method.input_type)
        visit(method.output_type)

with open(listed) as lines:
    assert sorted(methods) == sorted(lines.read().split()), "the two clients differ"
print(f"reflection: {len(methods)} methods and {len(messages)} messages, the same for buf and Python")

health = health_pb2_grpc.HealthStub(grpc.insecure_channel(address))
for name in ("", "triptych.v1.TextEncoder"):
    request = health_pb2.HealthCheckRequest(service=name)
    assert health.Check(request).status == health_pb2.HealthCheckResponse.SERVING
    assert next(health.Watch(request)).status == health_pb2.HealthCheckResponse.SERVING
try:
    health.Check(health_pb2.HealthCheckRequest(service="nobody"))
    raise AssertionError("a service that there is not has a health")
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.NOT_FOUND
