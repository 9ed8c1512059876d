#!/usr/bin/env python3
"""What PyTorch and transformers compute for single building blocks, for src/blocks.spec.ts.

    python make_block_golden.py     writes golden/blocks.safetensors

Needs torch, transformers, safetensors and numpy. Weights of modules are synthetic, by name and shape; inputs are in the file.
"""
import json, os
import numpy as np
import torch
import transformers
from safetensors.numpy import save_file
from torch import nn
from transformers import Dinov2Config, SiglipVisionConfig
from transformers.activations import ACT2FN
from transformers.models.dinov2.modeling_dinov2 import Dinov2Layer
from transformers.models.llama.configuration_llama import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaRotaryEmbedding, apply_rotary_pos_emb
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb_vision
from transformers.models.siglip.modeling_siglip import SiglipMultiheadAttentionPoolingHead
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEADS, MLP = 32, 4, 64
tensors = {}


def put(key, value):
    tensors[key] = np.ascontiguousarray(value.detach().numpy() if torch.is_tensor(value) else value)


def filled(module, prefix):
    """A module with synthetic weights, named as Triptych's test names them."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.from_numpy(np.asarray(synthetic(prefix + name, tuple(parameter.shape)))))
    return module.eval()


def inputs(seed, *shape):
    return torch.from_numpy(np.random.default_rng(seed).normal(0, 1.5, shape).astype(np.float32))


def activations():
    x, bias = inputs(1, 1, 6, MLP) * 2, inputs(2, MLP)
    put("activation/x", x)
    put("activation/bias", bias)
    for name, reference in {"gelu": "gelu", "gelu_tanh": "gelu_pytorch_tanh", "quick_gelu": "quick_gelu", "silu": "silu"}.items():
        put(f"activation/{name}", ACT2FN[reference](x + bias))
        put(f"activation/{name}_unbiased", ACT2FN[reference](x))


class Attention(nn.Module):
    def __init__(self, unbiased):
        super().__init__()
        for role in ("query", "key", "value", "out"):
            setattr(self, role, nn.Linear(WIDTH, WIDTH, bias=role not in unbiased))

    def forward(self, x, source, bias=None, visible=None):
        split = lambda y: y.view(*y.shape[:2], HEADS, -1).transpose(1, 2)
        q, k, v = split(self.query(x)), split(self.key(source)), split(self.value(source))
        scores = q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5
        if bias is not None:
            scores = scores + bias
        if visible is not None:
            scores = scores.masked_fill(~visible, float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, norms):
        super().__init__()
        self.norms, self.attention = norms, Attention(())
        self.attentionNorm, self.mlpNorm = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.mlpIn, self.mlpOut = nn.Linear(WIDTH, MLP), nn.Linear(MLP, WIDTH)

    def forward(self, x):
        mlp = lambda y: self.mlpOut(nn.functional.gelu(self.mlpIn(y)))
        if self.norms == "pre":
            normed = self.attentionNorm(x)
            x = x + self.attention(normed, normed)
            return x + mlp(self.mlpNorm(x))
        x = self.attentionNorm(x + self.attention(x, x))
        return self.mlpNorm(x + mlp(x))


def attention():
    x, source = inputs(3, 2, 7, WIDTH), inputs(4, 2, 9, WIDTH)
    put("attention/x", x)
    put("attention/source", source)
    layers = filled(Attention(()), "attention.")
    put("attention/plain", layers(x, x))
    put("attention/cross", layers(x, source))
    put("attention/causal", layers(x, x, visible=torch.ones(7, 7).tril().bool()))
    lengths = torch.tensor([7, 4])
    put("attention/lengths", lengths)
    put("attention/padded", layers(x, x, visible=(torch.arange(7) < lengths[:, None])[:, None, None]))
    bias = inputs(5, 1, HEADS, 7, 7)
    put("attention/bias", bias)
    put("attention/biased", layers(x, x, bias=bias))
    for role in ("query", "key", "value", "out"):
        put(f"attention/without_{role}", filled(Attention((role,)), "attention.")(x, x))
    for norms in ("pre", "post"):
        put(f"attention/{norms}_norm", filled(Block(norms), "block.")(x))


def relative_positions():
    distances = torch.arange(-600, 601)
    put("relative/distances", distances)
    put("relative/buckets", MPNetEncoder.relative_position_bucket(distances, num_buckets=32))
    table = torch.from_numpy(np.asarray(synthetic("relative.weight", (32, HEADS))))
    places = torch.arange(40)
    buckets = MPNetEncoder.relative_position_bucket(places[None] - places[:, None], num_buckets=32)
    put("relative/bias", table[buckets].permute(2, 0, 1)[None])


def pooling():
    config = SiglipVisionConfig(hidden_size=WIDTH, num_attention_heads=HEADS, intermediate_size=MLP, layer_norm_eps=1e-6)
    head = filled(SiglipMultiheadAttentionPoolingHead(config), "head.")
    x = inputs(6, 3, 10, WIDTH)
    put("pooling/x", x)
    put("pooling/pooled", head(x))


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate, self.up, self.down = nn.Linear(WIDTH, MLP, bias=False), nn.Linear(WIDTH, MLP), nn.Linear(MLP, WIDTH)

    def forward(self, x):
        return self.down(nn.functional.silu(self.gate(x)) * self.up(x))


def further():
    """RMS norm, LayerScale, a gated MLP, a window, rotary positions of one and of two dimensions."""
    x = inputs(8, 2, 12, WIDTH)
    put("further/x", x)
    put("further/rms_norm", filled(nn.RMSNorm(WIDTH, eps=1e-6), "layer_norm.")(x))
    put("further/layer_scale", x * torch.from_numpy(np.asarray(synthetic("scale", (WIDTH,)))))
    put("further/gated", filled(Gated(), "gated.")(x))
    places = torch.arange(12)
    layers = filled(Attention(()), "attention.")
    put("further/window", layers(x, x, visible=(places[None] - places[:, None]).abs() <= 2))
    heads = x.view(2, 12, HEADS, -1).transpose(1, 2)
    width = WIDTH // HEADS
    config = LlamaConfig(hidden_size=WIDTH, num_attention_heads=HEADS)
    cosines, sines = LlamaRotaryEmbedding(config)(heads, places[None])
    turned, _ = apply_rotary_pos_emb(heads, heads, cosines, sines)
    put("further/rotary", turned.transpose(1, 2).flatten(2))
    # Three rows of four patches, as Qwen2-VL's vision tower turns them.
    frequencies = 1 / 10000 ** (torch.arange(0, width // 2, 2, dtype=torch.float32) / (width // 2))
    angles = torch.cat([torch.outer(places // 4, frequencies), torch.outer(places % 4, frequencies)], dim=-1)
    tables = [table(torch.cat([angles, angles], dim=-1)) for table in (torch.cos, torch.sin)]
    turned, _ = apply_rotary_pos_emb_vision(heads[0].transpose(0, 1), heads[0].transpose(0, 1), *tables)
    put("further/rotary_grid", turned.flatten(1)[None])


def blocks():
    """Whole blocks of models that are made of further parts: DINOv2's have LayerScale, Llama's RMS norms, a gated MLP and rotary positions."""
    x = inputs(9, 2, 12, WIDTH)
    put("blocks/x", x)
    config = Dinov2Config(hidden_size=WIDTH, num_attention_heads=HEADS, mlp_ratio=MLP // WIDTH, layer_norm_eps=1e-6)
    put("blocks/dinov2", filled(Dinov2Layer(config), "dinov2.")(x))
    config = LlamaConfig(hidden_size=WIDTH, num_attention_heads=HEADS, num_key_value_heads=HEADS, intermediate_size=MLP, rms_norm_eps=1e-6)
    config._attn_implementation = "eager"
    places = torch.arange(12)[None]
    turns = LlamaRotaryEmbedding(config)(x, places)
    mask = torch.full((12, 12), float("-inf")).triu(1)[None, None]
    out = filled(LlamaDecoderLayer(config, 0), "llama.")(x, attention_mask=mask, position_ids=places, position_embeddings=turns)
    put("blocks/llama", out[0] if isinstance(out, tuple) else out)


if __name__ == "__main__":
    with torch.no_grad():
        activations(), attention(), relative_positions(), pooling(), further(), blocks()
    path = os.path.join(HERE, "golden", "blocks.safetensors")
    save_file(tensors, path, metadata={
        "model": "blocks", "weights": "synthetic", "width": str(WIDTH), "heads": str(HEADS), "mlp": str(MLP),
        "made_by": "tools/reference/make_block_golden.py", "torch": torch.__version__, "transformers": transformers.__version__})
    os.chmod(path, 0o644)
    print(path, os.path.getsize(path))
