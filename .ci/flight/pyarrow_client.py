"""Arrow Flight by pyarrow's own client: what tables come back as, of what size and at what cost in memory.

    pyarrow_client.py ADDRESS IMAGES_FOLDER SERVER_PID [TEXTS IMAGES]

By default a sample of 5 000 texts and 200 images; 100000 2000 is the whole.
"""

import io
import json
import resource
import sys
import threading
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.flight as flight

address, folder, pid, *counts = sys.argv[1:]
texts_wanted, images_wanted = (int(count) for count in counts or (5_000, 200))
client = flight.connect(f"grpc://{address}")
pictures = [path.read_bytes() for path in sorted(Path(folder).glob("*.png"))]
words = ["sailboat", "pizza", "volcano", "honeybee", "river", "clock"]
MB = 1 << 20
# Of caches that fill while a stream begins; what grows with the rows would be a hundred times as much.
ALLOWED_GROWTH = 150 * MB
OF_TEXTS = {"model": "demo-clip", "modality": "text"}
OF_IMAGES = {"model": "demo-clip", "modality": "image"}


def descriptor(options):
    return flight.FlightDescriptor.for_command(json.dumps(options).encode())


def server_bytes():
    """Resident bytes of the server and the processes that it started."""
    total, pending = 0, [int(pid)]
    while pending:
        one = pending.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * resource.getpagesize()
            for task in Path(f"/proc/{one}/task").iterdir():
                pending += [int(child) for child in (task / "children").read_text().split()]
        except FileNotFoundError:
            pass
    return total


def own_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def exchange(options, schema, batches):
    """Yields what comes back while batches are sent."""
    writer, reader = client.do_exchange(descriptor(options))
    failures = []

    def send():
        try:
            writer.begin(schema)
            for batch in batches:
                writer.write_batch(batch)
            writer.done_writing()
        except Exception as error:  # The reader's error says why.
            failures.append(error)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for chunk in reader:
            yield chunk.data
    finally:
        sender.join()
        writer.close()
    if failures:
        raise failures[0]


def whole(options, table, size=None):
    return pa.Table.from_batches(list(exchange(options, table.schema, table.to_batches(size))))


def streams(what, options, schema, batch, count, size):
    """So many rows, of which none is kept: memory at both ends after a tenth of them, and at the end."""
    sent = (batch(start, min(size, count - start)) for start in range(0, count, size))
    begun, seen, failed, marks, longest = time.monotonic(), 0, 0, [], 0
    for found in exchange(options, schema, sent):
        assert found.column("id")[0].as_py() == seen, "rows came in another order"
        seen += found.num_rows
        failed += found.num_rows - found.column("error").null_count
        longest = max(longest, found.nbytes)
        if len(marks) < 1 and seen * 10 >= count:
            marks.append((server_bytes(), own_bytes()))
    took = time.monotonic() - begun
    assert seen == count and failed == 0, (seen, failed)
    assert longest < 4 * MB, longest
    (server, own), (server_end, own_end) = marks[0], (server_bytes(), own_bytes())
    print(
        f"{count} {what} in {took:.1f} s: {count / took:.0f}/s; server {server / MB:.0f} -> {server_end / MB:.0f} MB,"
        f" client {own / MB:.0f} -> {own_end / MB:.0f} MB"
    )
    assert server_end - server < ALLOWED_GROWTH and own_end - own < ALLOWED_GROWTH, "memory grows with the rows"


def text_batch(start, count):
    values = [f"a {words[i % 6]} and a {words[i // 6 % 6]} {i}" for i in range(start, start + count)]
    return pa.record_batch({"text": values, "id": pa.array(range(start, start + count), pa.int64())})


def image_batch(start, count):
    values = [pictures[i % len(pictures)] for i in range(start, start + count)]
    return pa.record_batch(
        {"image": pa.array(values, pa.binary()), "id": pa.array(range(start, start + count), pa.int64())}
    )


def lists_flights():
    listed = {tuple(part.decode() for part in info.descriptor.path): info for info in client.list_flights()}
    assert ("demo-clip", "text") in listed and ("demo-whisper", "audio") in listed, listed
    info = client.get_flight_info(flight.FlightDescriptor.for_path("demo-clip", "image"))
    assert info.schema.names == ["image", "embedding", "error"], info.schema
    schema = client.get_schema(descriptor({**OF_TEXTS, "dimensions": 8})).schema
    assert schema.field("embedding").type == pa.list_(pa.float32(), 8), schema
    assert [action.type for action in client.list_actions()] == ["models", "drop"]


def zero_rows():
    table = pa.table({"text": pa.array([], pa.string()), "id": pa.array([], pa.int64())})
    writer, reader = client.do_exchange(descriptor(OF_TEXTS))
    with writer:
        writer.begin(table.schema)
        writer.done_writing()
        found = reader.read_all()
    assert found.num_rows == 0 and found.schema.names == ["text", "id", "embedding", "error"]
    empty = pa.RecordBatch.from_pylist([], table.schema)
    assert sum(batch.num_rows for batch in exchange(OF_TEXTS, table.schema, [empty, empty])) == 0


def forty_megabytes():
    rows = 10_000
    payload = pa.array([b"\0" * 4_300] * rows, pa.binary())
    batch = pa.record_batch({**{name: text_batch(0, rows).column(name) for name in ("text", "id")}, "payload": payload})
    assert batch.nbytes > 40 * MB
    seen, longest = 0, 0
    for found in exchange(OF_TEXTS, batch.schema, [batch]):
        assert found.column("id")[0].as_py() == seen
        seen, longest = seen + found.num_rows, max(longest, found.nbytes)
    assert seen == rows and longest < 4 * MB, (seen, longest)
    print(f"one batch of {batch.nbytes / MB:.0f} MB came back in messages of {longest / MB:.1f} MB at most")


def null_and_corrupt_rows():
    found = whole(OF_TEXTS, pa.table({"text": ["a pizza", None, "a volcano"], "tag": ["x", "y", None]}))
    errors = found.column("error").to_pylist()
    assert errors[0] is None and errors[2] is None and errors[1].startswith("ROW_NULL"), errors
    assert found.column("embedding").is_null().to_pylist() == [False, True, False]
    assert found.column("tag").to_pylist() == ["x", "y", None]
    images = [pictures[0], pictures[1][: len(pictures[1]) // 2], pictures[2]]
    found = whole(OF_IMAGES, pa.table({"image": pa.array(images, pa.binary())}))
    errors = found.column("error").to_pylist()
    assert errors[0] is None and errors[2] is None and errors[1].startswith("IMAGE_CORRUPT"), errors
    assert found.schema.metadata[b"triptych.space"] == b"triptych-demo"


def same_vectors_however_cut():
    table = pa.Table.from_batches([text_batch(0, 500)])
    once, often = (np.stack(whole(OF_TEXTS, table, size)["embedding"].to_numpy()) for size in (None, 37))
    assert np.allclose(once, often, atol=1e-5)
    half = whole({**OF_TEXTS, "numbers": "float16"}, table)
    assert half.schema.field("embedding").type == pa.list_(pa.float16(), 128)


def slow_reader():
    """Nobody reads: the server stops taking rows, and keeps no more of them; others are served meanwhile."""
    writer, reader = client.do_exchange(descriptor(OF_TEXTS))
    payload = pa.array([b"\0" * 20_000] * 500, pa.binary())
    batch = pa.record_batch({"text": ["a pizza"] * 500, "id": pa.array(range(500), pa.int64()), "payload": payload})
    rounds, sent = 30, []

    def send():
        writer.begin(batch.schema)
        for _ in range(rounds):
            writer.write_batch(batch)
            sent.append(1)
        writer.done_writing()

    before = server_bytes()
    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(4)
    assert len(sent) < rounds, "all was taken, though nobody reads"
    grown = server_bytes() - before
    assert grown < ALLOWED_GROWTH, grown
    assert whole(OF_TEXTS, pa.table({"text": ["a pizza"]})).num_rows == 1
    waiting = len(sent)
    seen = sum(chunk.data.num_rows for chunk in reader)
    sender.join()
    writer.close()
    assert seen == rounds * 500, seen
    print(f"a reader that paused: {waiting} of {rounds} batches of 10 MB were taken, the server grew by {grown / MB:.0f} MB")


def cancelled():
    writer, reader = client.do_exchange(descriptor(OF_TEXTS))
    batch = text_batch(0, 2_000)
    writer.begin(batch.schema)
    writer.write_batch(batch)
    reader.read_chunk()
    reader.cancel()
    try:
        for _ in reader:
            pass
        raise AssertionError("a cancelled exchange went on")
    except pa.ArrowCancelled:
        pass
    except flight.FlightCancelledError:
        pass
    try:
        writer.close()
    except (pa.ArrowException, flight.FlightError):
        pass


def refusals():
    for options, error, reason in (
        ({**OF_TEXTS, "model": "other"}, KeyError, "MODEL_NOT_FOUND"),
        ({**OF_TEXTS, "poling": "mean"}, pa.ArrowInvalid, "PARAMETER_INVALID"),
        ({"model": "demo-whisper", "modality": "text"}, NotImplementedError, "MODALITY_NOT_SERVED"),
        ({**OF_TEXTS, "column": "n"}, pa.ArrowInvalid, "COLUMN_UNEXPECTED"),
    ):
        try:
            whole(options, pa.table({"text": ["a"], "n": [1]}))
        except Exception as found:
            assert isinstance(found, error) and reason in str(found), (type(found), found)
        else:
            raise AssertionError(f"{options} was answered")
    try:
        whole(OF_TEXTS, pa.table({"text": pa.array(["a", "b"]).dictionary_encode()}))
    except NotImplementedError as found:
        assert "dictionary_decode" in str(found)


def put_and_get():
    table = pa.Table.from_batches([text_batch(0, 300)])
    writer, answers = client.do_put(descriptor(OF_TEXTS), table.schema)
    with writer:
        writer.write_table(table, 100)
        writer.done_writing()
        kept = json.loads(answers.read().to_pybytes())
    assert kept["rows"] == 300 and kept["failed"] == 0, kept
    found = client.do_get(flight.Ticket(kept["ticket"])).read_all()
    assert found.column("id").to_pylist() == list(range(300))
    assert np.allclose(
        np.stack(found["embedding"].to_numpy()), np.stack(whole(OF_TEXTS, table)["embedding"].to_numpy()), atol=1e-5
    )


def read_by_others():
    found = whole(OF_TEXTS, pa.Table.from_batches([text_batch(0, 100)]))
    frame = found.to_pandas()
    assert frame.shape == (100, 4) and frame["embedding"][0].shape == (128,)
    rows = duckdb.sql("select count(*), max(len(embedding)), min(id), max(id) from found where error is null").fetchall()[0]
    assert rows == (100, 128, 0, 99), rows
    nearest = duckdb.sql(
        "select b.id from found a, found b where a.id = 3 order by array_inner_product(a.embedding, b.embedding) desc limit 1"
    ).fetchall()[0]
    assert nearest is not None
    file = io.BytesIO()
    with pa.ipc.new_file(file, found.schema) as out:
        out.write_table(found)
    found.validate(full=True)


def by_our_client():
    from triptych.flight import embed_batches, embed_table

    table = pa.table({"text": pa.array(["a pizza", "a volcano"] * 1_500).dictionary_encode(), "id": list(range(3_000))})
    found = embed_table(address, table, modality="text", model="demo-clip", dimensions=8)
    assert found.column("id").to_pylist() == list(range(3_000)) and found.column("error").null_count == 3_000
    assert found.schema.field("embedding").type == pa.list_(pa.float32(), 8)
    assert embed_table(address, table.slice(0, 0), modality="text").num_rows == 0

    def broken():
        yield from table.slice(0, 100).to_batches()
        raise ValueError("no more")

    try:
        list(embed_batches(address, table.schema, broken(), modality="text"))
        raise AssertionError("a source that failed was answered")
    except ValueError as error:
        assert str(error) == "no more"
    try:
        embed_table(address, table, modality="text", model="other")
        raise AssertionError("a model that is not there answered")
    except KeyError as error:
        assert "MODEL_NOT_FOUND" in str(error)


lists_flights()
zero_rows()
by_our_client()
null_and_corrupt_rows()
same_vectors_however_cut()
forty_megabytes()
refusals()
put_and_get()
read_by_others()
cancelled()
slow_reader()
text_schema, image_schema = text_batch(0, 1).schema, image_batch(0, 1).schema
streams("texts", {**OF_TEXTS, "columns": ["id"]}, text_schema, text_batch, texts_wanted, 1_000)
streams("images", {**OF_IMAGES, "columns": ["id"]}, image_schema, image_batch, images_wanted, 50)
print(f"pyarrow {pa.__version__} and DuckDB {duckdb.__version__}: all as documented")
