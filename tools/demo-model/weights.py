"""The weights of a model directory (`weights.parquet`), as tensors by name."""
import numpy as np
import pyarrow.parquet
import torch

TYPES = {"torch.float32": np.float32, "torch.float16": np.float16}


def read_weights(folder):
    rows = pyarrow.parquet.read_table(f"{folder}/weights.parquet", columns=["layer_name", "shape", "dtype", "data"]).to_pylist()
    return {row["layer_name"]: torch.from_numpy(np.frombuffer(row["data"], TYPES[row["dtype"]]).reshape(row["shape"]).copy()).float()
            for row in rows}
