"""Arrow Flight by pyarrow's own client over TLS and with bearer tokens: ADDRESS CERTIFICATE.

$FLIGHT_TOKEN may call Flight, $OTHER_TOKEN other methods alone.
"""

import json
import os
import sys
import threading

import pyarrow as pa
import pyarrow.flight as flight
from triptych.flight import embed_table

address, certificate = sys.argv[1:3]
with open(certificate, "rb") as file:
    roots = file.read()
table = pa.table({"text": ["a pizza", "a volcano"], "id": [1, 2]})
command = flight.FlightDescriptor.for_command(json.dumps({"model": "demo-clip", "modality": "text"}).encode())


def options(token):
    headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    return flight.FlightCallOptions(headers=headers)


def exchange(client, token):
    writer, reader = client.do_exchange(command, options(token))

    def send():
        try:
            writer.begin(table.schema)
            writer.write_table(table)
            writer.done_writing()
        except (pa.ArrowException, OSError):
            pass  # The reader's error says why.

    sender = threading.Thread(target=send)
    sender.start()
    try:
        return reader.read_all()
    finally:
        sender.join()
        try:
            writer.close()
        except (pa.ArrowException, OSError):
            pass


def put(client, token):
    writer, answers = client.do_put(command, table.schema, options(token))
    with writer:
        writer.write_table(table)
        writer.done_writing()
        kept = json.loads(answers.read().to_pybytes())
    return client.do_get(flight.Ticket(kept["ticket"]), options(token)).read_all()


calls = {
    "exchange": exchange,
    "put and get": put,
    "list": lambda client, token: list(client.list_flights(options=options(token))),
    "info": lambda client, token: client.get_flight_info(command, options(token)),
    "action": lambda client, token: list(client.do_action(flight.Action("models", b""), options(token))),
}
right, other = os.environ["FLIGHT_TOKEN"], os.environ["OTHER_TOKEN"]
refusals = (
    (None, flight.FlightUnauthenticatedError, "TOKEN_MISSING"),
    ("0" * 32, flight.FlightUnauthenticatedError, "TOKEN_MISSING"),
    (other, flight.FlightUnauthorizedError, "METHOD_DENIED"),
)


def expect(error, reason, call):
    try:
        call()
    except flight.FlightError as found:
        assert type(found) is error and reason in str(found), (type(found), found)
    else:
        raise AssertionError(f"{reason} was expected")


with flight.connect(f"grpc+tls://{address}", tls_root_certs=roots) as client:
    for name, call in calls.items():
        for token, error, reason in refusals:
            expect(error, reason, lambda: call(client, token))
        answer = call(client, right)
        if isinstance(answer, pa.Table):
            assert answer["error"].null_count == 2 and answer["id"].to_pylist() == [1, 2], name
    vectors = exchange(client, right)["embedding"]
found = embed_table(f"grpc+tls://{address}", table, modality="text", model="demo-clip", token=right, root_certificates=roots)
assert found["embedding"].equals(vectors)
expect(
    flight.FlightUnauthenticatedError,
    "TOKEN_MISSING",
    lambda: embed_table(f"grpc+tls://{address}", table, modality="text", root_certificates=roots),
)
# Nobody vouches for the certificate; and no TLS at all.
for url in (f"grpc+tls://{address}", f"grpc://{address}"):
    with flight.connect(url) as client:
        expect(flight.FlightUnavailableError, "", lambda: list(client.list_flights(options=options(right))))
print("over TLS, tokens are told apart by every call")
