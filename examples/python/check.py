#!/usr/bin/env python3
"""Compares two files of JSON lines, embedding by embedding: cosines must be 1 within 1e-6."""
import json
import math
import sys


def read(path):
    with open(path) as lines:
        return [json.loads(line)["embedding"] for line in lines]


left, right = (read(path) for path in sys.argv[1:3])
assert len(left) == len(right) > 0, f"{len(left)} and {len(right)} vectors"
for a, b in zip(left, right):
    cosine = sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)
    assert len(a) == len(b) and abs(1 - cosine) < 1e-6, f"cosine {cosine}"
print(f"{len(left)} vectors agree")
