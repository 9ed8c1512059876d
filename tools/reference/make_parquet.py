#!/usr/bin/env python3
"""Weights files as other programs write them: pyarrow, schemas V1 and V2. Fixtures of libs/weight-loader.

    python make_parquet.py            writes ../../libs/weight-loader/fixtures/*.parquet
    python make_parquet.py --check F  prints the schema of F, which the converter wrote, and compares it to the letter
"""
import os, sys
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../libs/weight-loader/fixtures")
V1 = pa.schema([("layer_name", pa.string()), ("shape", pa.list_(pa.int32())), ("dtype", pa.string()),
                ("data", pa.binary()), ("num_params", pa.int64())])
V2 = pa.schema(list(V1) + [pa.field("quant_type", pa.string()), pa.field("scales", pa.binary()),
                           pa.field("zero_points", pa.binary()), pa.field("quant_axis", pa.int32()),
                           pa.field("group_size", pa.int32())])


def row(name, array, dtype, **quantization):
    return dict(layer_name=name, shape=list(array.shape), dtype=f"torch.{dtype}", data=array.tobytes(),
                num_params=array.size, **quantization)


def write(file, rows, schema=V1, **options):
    path = os.path.join(TARGET, file)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, **{"compression": "zstd", **options})
    print(path, os.path.getsize(path))


def ramp(*shape, dtype=np.float16):
    return (np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 8 - 2).astype(dtype)


def main():
    os.makedirs(TARGET, exist_ok=True)
    arrow_engine = [row("encoder.position_embedding", ramp(6, 4), "float16"), row("encoder.layer_norm.weight", ramp(4), "float16")]
    write("arrow-engine.parquet", arrow_engine)
    write("arrow-engine-regrouped.parquet", arrow_engine[::-1], row_group_size=1, compression="snappy")
    halves = np.arange(65536, dtype=np.uint16).view(np.float16).reshape(256, 256)
    write("every-half.parquet", [row("w", halves, "float16")])
    brain = (ramp(3, 5, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16)
    rng = np.random.default_rng(7)
    q = lambda *shape: rng.integers(-127, 128, shape).astype(np.int8)
    f32 = lambda *values: np.array(values, dtype=np.float32).tobytes()
    plain = dict(quant_type="fp32", scales=None, zero_points=None, quant_axis=-1, group_size=0)
    v2 = [
        row("float", ramp(2, 3, dtype=np.float32), "float32", **plain),
        row("brain", brain, "bfloat16", **plain),
        row("per_tensor", q(3, 4), "int8", quant_type="int8", scales=f32(0.5), zero_points=f32(1), quant_axis=-1, group_size=0),
        row("per_channel", q(3, 4), "int8", quant_type="int8", scales=f32(0.1, 0.2, 0.3), zero_points=None, quant_axis=0, group_size=0),
        row("per_group", q(2, 6), "int8", quant_type="int8", scales=f32(0.1, 0.2, 0.3, 0.4), zero_points=f32(0, 1, 2, 3), quant_axis=0, group_size=3),
    ]
    write("v2.parquet", v2, V2)
    raw = dict(schema=V2, compression="none")
    write("uncompressed.parquet", v2, **raw, use_dictionary=False, data_page_size=32, write_batch_size=1)
    write("uncompressed-pages-v2.parquet", v2, **raw, use_dictionary=False, data_page_version="2.0", row_group_size=2)
    write("uncompressed-dictionary.parquet", v2, **raw)
    write("no-data-column.parquet", [{k: v for k, v in row("w", ramp(2), "float16").items() if k != "data"}],
          pa.schema([f for f in V1 if f.name != "data"]))
    write("unknown-dtype.parquet", [row("w", ramp(2), "complex64")])


def check(path):
    file = pq.ParquetFile(path)
    print(file.schema_arrow)
    expected = V2 if "quant_type" in file.schema_arrow.names else V1
    assert file.schema_arrow.equals(expected), "schema differs"
    for group in range(file.num_row_groups):
        for r in file.read_row_group(group).to_pylist():
            size = {"torch.float32": 4, "torch.float16": 2, "torch.int8": 1}[r["dtype"]]
            assert len(r["data"]) == size * r["num_params"] == size * int(np.prod(r["shape"])), r["layer_name"]
    print(path, "is to the letter,", file.metadata.num_rows, "tensors in", file.num_row_groups, "row groups")


if __name__ == "__main__":
    check(sys.argv[2]) if len(sys.argv) > 2 else main()
