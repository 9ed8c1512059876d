"""Weights from a formula, so that no checkpoint needs to be shipped: src/synthetic-weights.ts computes the same numbers."""
import re
import numpy as np

SCALES = {"q_proj": 1.2, "k_proj": 1.2, "v_proj": 0.6, "out_proj": 0.5, "fc1": 0.7, "fc2": 0.4,
          ".query.": 0.6, ".key.": 0.6, ".value.": 0.6, ".attn.q.": 0.6, ".attn.k.": 0.6, ".attn.v.": 0.6, ".attn.o.": 0.5,
          "intermediate.dense": 0.7, "output.dense": 0.5, "in_proj": 0.8}

# Tensors of more elements than this repeat a pool of so many (a prime: no row of them is another one's copy).
POOL = 1048583


def hash32(x):
    x = x.astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def uniforms(name, count, draws):
    """[draws][count] doubles in [0, 1), exactly the same in every language."""
    seed = np.uint32(fnv1a(name))
    index = np.arange(count, dtype=np.uint32) * np.uint32(8)
    return [hash32(hash32(index + np.uint32(k)) ^ seed) / 2.0**32 for k in range(draws)]


def bell(u):
    return (u[0] + u[1] + u[2] + u[3] - 2.0) * np.sqrt(3.0)


def heavy_tails(name, count):
    u = uniforms(name, count, 5)
    return bell(u) / np.sqrt(0.25 + 1.5 * u[4])


_pool = None


def pooled(name, count):
    global _pool
    if _pool is None:
        _pool = heavy_tails("pool", POOL)
    return _pool[(np.arange(count, dtype=np.int64) + fnv1a(name) % POOL) % POOL]


def synthetic(name, shape):
    """Weights with a trained model's statistics: heavy tails, layer-norm gains with outliers."""
    if name == "logit_scale":
        return np.full(shape, np.log(100.0), np.float32)
    count = int(np.prod(shape))
    if name == "logit_bias":
        return np.full(shape, -12.0, np.float32)
    if re.search("layer_?norm|layrnorm", name, re.IGNORECASE) and name.endswith("weight"):
        u = uniforms(name, count, 5)
        values = (0.5 + 2.0 * u[0] * u[0]) * np.where(np.arange(count) % 97 == 5, 6.0, 1.0)
    elif len(shape) == 1:
        values = 0.3 * bell(uniforms(name, count, 5))
    else:
        fan_in = count // shape[0]
        scale = next((s for key, s in SCALES.items() if key in name), 1.0)
        tails = heavy_tails(name, count) if count <= POOL else pooled(name, count)
        values = tails * (scale / np.sqrt(float(fan_in)))
    return values.astype(np.float32).reshape(shape)
