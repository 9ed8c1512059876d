"""Vectors as they come back."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ._errors import ItemFailure
from ._inputs import as_utf8
from .v1 import common_pb2

if TYPE_CHECKING:
    import pandas
    import pyarrow

Vector = npt.NDArray[np.float32]


def read_embedding(embedding: common_pb2.Embedding) -> Vector:
    """The float32 values of an embedding, whatever encoding it travelled in: [dim], or [n, dim]. The array is the caller's own."""
    encoding = embedding.encoding
    values: Vector
    if encoding == common_pb2.EMBEDDING_ENCODING_RAW_FLOAT32:
        values = np.frombuffer(embedding.raw, dtype="<f4").astype(np.float32)
    elif encoding == common_pb2.EMBEDDING_ENCODING_RAW_FLOAT16:
        values = np.frombuffer(embedding.raw, dtype="<f2").astype(np.float32)
    elif encoding == common_pb2.EMBEDDING_ENCODING_RAW_INT8:
        values = np.frombuffer(embedding.raw, dtype=np.int8).astype(np.float32) * np.float32(embedding.scale)
    else:
        values = np.array(embedding.values, dtype=np.float32)
    return values.reshape(tuple(embedding.shape))


@dataclass(frozen=True)
class Embeddings:
    """Vectors in the order of the input, what made them, and what has none."""

    #: One an item: [dim], or [n, dim] where the pooling gives one for each frame, patch or token; None where it failed.
    arrays: Sequence[Vector | None]
    ids: Sequence[str]
    #: One for each None of `arrays`, in their order. Indices are in the whole input, of which this may be a part.
    failures: Sequence[ItemFailure] = ()
    model: str = ""
    #: Of the weights and all that shapes vectors.
    fingerprint: str = ""
    #: Vectors may be compared only where this is the same.
    space: str = ""
    #: Of texts: tokens of each, start and end counted, and whether it was cut.
    tokens: Sequence[int] = field(default=())
    truncated: Sequence[bool] = field(default=())

    def __len__(self) -> int:
        return len(self.arrays)

    def __iter__(self) -> Iterator[Vector | None]:
        return iter(self.arrays)

    def __getitem__(self, index: int) -> Vector | None:
        return self.arrays[index]

    @property
    def vectors(self) -> Vector:
        """[items, dim]; a row of NaN where an item failed. Raises ValueError where items have several vectors each."""
        dimensions = 0
        for array in self.arrays:
            if array is not None:
                if array.ndim != 1:
                    raise ValueError("each item has several vectors, as its pooling says; see `arrays`")
                dimensions = array.shape[0]
        out = np.full((len(self.arrays), dimensions), np.nan, dtype=np.float32)
        for row, array in enumerate(self.arrays):
            if array is not None:
                out[row] = array
        return out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.vectors if dtype is None else self.vectors.astype(dtype)

    def to_arrow(self) -> pyarrow.Table:
        """Columns id, embedding (FixedSizeList<float32>, null where it failed) and error, with model and space in the schema. Needs pyarrow."""
        import pyarrow as pa

        vectors = self.vectors
        width = vectors.shape[1]
        kind = pa.list_(pa.float32(), width)
        if width == 0:
            # Nothing was encoded: no row says how long vectors are.
            column = pa.nulls(len(self), kind)
        else:
            there = np.packbits([array is not None for array in self.arrays], bitorder="little")
            values = pa.array(vectors.reshape(-1), type=pa.float32())
            column = pa.Array.from_buffers(kind, len(self), [pa.py_buffer(there)], children=[values])
        metadata = {"model": self.model, "fingerprint": self.fingerprint, "space": self.space}
        schema = pa.schema([("id", pa.string()), ("embedding", kind), ("error", pa.string())], metadata=metadata)
        ids = pa.array([as_utf8(one) for one in self.ids], pa.string())
        return pa.table([ids, column, pa.array(self._errors(), pa.string())], schema=schema)

    def to_pandas(self) -> pandas.DataFrame:
        """Columns id, embedding (an array a row, None where it failed) and error; model and space in `attrs`. Needs pandas."""
        import pandas as pd

        frame = pd.DataFrame({"id": list(self.ids), "embedding": list(self.arrays), "error": self._errors()})
        frame.attrs.update(model=self.model, fingerprint=self.fingerprint, space=self.space)
        return frame

    def _errors(self) -> list[str | None]:
        errors: list[str | None] = [None] * len(self.arrays)
        missing = (row for row, array in enumerate(self.arrays) if array is None)
        for row, failure in zip(missing, self.failures):
            errors[row] = f"{failure.reason}: {failure.message}"
        return errors


def join(parts: Sequence[Embeddings]) -> Embeddings:
    """Embeddings of one call, made in parts."""
    if not parts:
        return Embeddings([], [])
    # One that holds no vector may not say what would have made it.
    first = next((part for part in parts if part.space), parts[0])
    return Embeddings(
        arrays=[array for part in parts for array in part.arrays],
        ids=[one for part in parts for one in part.ids],
        failures=[failure for part in parts for failure in part.failures],
        model=first.model,
        fingerprint=first.fingerprint,
        space=first.space,
        tokens=[count for part in parts for count in part.tokens],
        truncated=[one for part in parts for one in part.truncated],
    )
