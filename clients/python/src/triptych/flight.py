"""Tables over Arrow Flight: needs pyarrow, `pip install '.[flight]'`."""
from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow
import pyarrow.flight

#: Most rows and bytes of a batch that is sent: the first rows are soon back, and a server with smaller limits takes them.
MOST_ROWS = 1_000
MOST_BYTES = 8 * 1024 * 1024


def embed_table(
    address: str,
    table: pyarrow.Table,
    *,
    modality: str,
    token: str | None = None,
    root_certificates: bytes | None = None,
    **options: Any,
) -> pyarrow.Table:
    """The table as it was, with a column `embedding` and a column `error` behind its own.

    `address` is a location of Flight, such as "grpc://127.0.0.1:50051" or "grpc+tls://host:443", or HOST:PORT. `root_certificates`: PEM, of who
    signed the server's certificate; by default the system's. Options are those of docs/flight.md: model, column, columns, dimensions, numbers, ...
    Raises pyarrow's errors; a row that fails has its reason in `error`.
    """
    batches = list(
        embed_batches(
            address,
            table.schema,
            table.to_batches(),
            modality=modality,
            token=token,
            root_certificates=root_certificates,
            **options,
        )
    )
    return pyarrow.Table.from_batches(batches[1:], batches[0].schema)


def embed_batches(
    address: str,
    schema: pyarrow.Schema,
    batches: Iterable[pyarrow.RecordBatch],
    *,
    modality: str,
    token: str | None = None,
    root_certificates: bytes | None = None,
    **options: Any,
) -> Iterator[pyarrow.RecordBatch]:
    """The rows of any number of batches, as they are ready, in their order. The first that comes has no row: it tells the schema.

    Batches are read no faster than they are answered, and sent by a thread of their own. Where the exchange fails or the reader stops, that ends with
    the batch that it waits for.
    """
    schema = _decoded_schema(schema)
    headers = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    command = json.dumps({"modality": modality, **options}).encode()
    tls = {} if root_certificates is None else {"tls_root_certs": root_certificates}
    with pyarrow.flight.connect(address if "://" in address else f"grpc://{address}", **tls) as client:
        writer, reader = client.do_exchange(
            pyarrow.flight.FlightDescriptor.for_command(command), pyarrow.flight.FlightCallOptions(headers=headers)
        )
        failures: list[BaseException] = []
        is_over = threading.Event()

        def send() -> None:
            try:
                writer.begin(schema)
                for batch in batches:
                    if is_over.is_set():
                        break
                    for part in _cut(_decoded(batch, schema)):
                        writer.write_batch(part)
                writer.done_writing()
            except BaseException as error:
                failures.append(error)
                reader.cancel()
            # Closing reads what is left to read, and may not be while a batch is written: it comes last, and here.
            is_over.wait()
            try:
                writer.close()
            except (pyarrow.ArrowException, OSError) as error:
                failures.append(error)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        is_done = False
        try:
            yield pyarrow.RecordBatch.from_pylist([], reader.schema)
            for chunk in reader:
                yield chunk.data
            is_done = True
        except pyarrow.ArrowCancelled:
            # What sending failed of says more.
            raise failures[0] if failures else pyarrow.ArrowCancelled("the exchange was cancelled")
        finally:
            if not is_done:
                # The batches may be live, and the sender wait for the next one: nothing waits for that.
                reader.cancel()
            is_over.set()
        sender.join()
        if failures:
            raise failures[0]


def _cut(batch: pyarrow.RecordBatch) -> Iterator[pyarrow.RecordBatch]:
    """Slices of few enough rows and bytes; a row is one, however long it is."""
    if batch.num_rows <= MOST_ROWS and (batch.nbytes <= MOST_BYTES or batch.num_rows == 1):
        yield batch
        return
    half = batch.num_rows // 2
    yield from _cut(batch.slice(0, half))
    yield from _cut(batch.slice(half))


def _decoded_schema(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Without dictionaries, which servers refuse."""
    fields = [
        field.with_type(field.type.value_type) if pyarrow.types.is_dictionary(field.type) else field for field in schema
    ]
    return pyarrow.schema(fields, schema.metadata)


def _decoded(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    columns = [
        column.dictionary_decode() if isinstance(column, pyarrow.DictionaryArray) else column for column in batch.columns
    ]
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)
