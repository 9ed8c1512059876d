"""A BLIP's vision tower that begins with what a narrower CLIP's has learnt."""
import torch

from weights import read_weights

EMBEDDINGS = "vision_model.embeddings."


@torch.no_grad()
def begin_with(vision, folder, pixels):
    """Copies the weights of a CLIP into the first channels, heads and units of `vision`; the others stay as they are, their part of what is
    added to the residual stream nothing at first. `pixels`: some pictures, [n, 3, 96, 96], by which CLIP's norm of the embeddings, which BLIP has
    not, becomes part of them.
    """
    clip = {name.removeprefix("vision_model."): tensor for name, tensor in read_weights(folder).items() if name.startswith("vision_model.")}
    own = dict(vision.named_parameters())
    old, new = clip["post_layernorm.weight"].numel(), own["post_layernorm.weight"].numel()
    put_embeddings(own, clip, pixels, old)
    for i in range(len(vision.encoder.layers)):
        layer = f"encoder.layers.{i}."
        for norm in ("layer_norm1", "layer_norm2"):
            put_norm(own, clip, layer + norm, old, new)
        for part in ("weight", "bias"):
            qkv = own[f"{layer}self_attn.qkv.{part}"]
            for j, role in enumerate("qkv"):
                put(qkv[j * new : (j + 1) * new], clip[f"{layer}self_attn.{role}_proj.{part}"])
            put(own[f"{layer}self_attn.projection.{part}"], clip[f"{layer}self_attn.out_proj.{part}"])
            for name in ("mlp.fc1", "mlp.fc2"):
                put(own[f"{layer}{name}.{part}"], clip[f"{layer}{name}.{part}"])
        # What is new adds nothing yet to the channels that were there.
        own[f"{layer}self_attn.projection.weight"][:old, old:] = 0
        own[f"{layer}mlp.fc2.weight"][:old, clip[f"{layer}mlp.fc2.weight"].shape[1] :] = 0
        own[f"{layer}self_attn.qkv.weight"].view(3, new, new)[:, :old, old:] = 0
        own[f"{layer}mlp.fc1.weight"][: clip[f"{layer}mlp.fc1.weight"].shape[0], old:] = 0
    put_norm(own, clip, "post_layernorm", old, new)


def put(target, source):
    target[tuple(slice(size) for size in source.shape)] = source


def put_norm(own, clip, name, old, new):
    """The new channels are nearly nothing at first: the deviation over all is that much smaller."""
    put(own[f"{name}.weight"], clip[f"{name}.weight"] * (old / new) ** 0.5)
    put(own[f"{name}.bias"], clip[f"{name}.bias"])


def put_embeddings(own, clip, pixels, old):
    kernel, table = clip["embeddings.patch_embedding.weight"], clip["embeddings.position_embedding.weight"]
    patches = torch.nn.functional.conv2d(pixels, kernel, stride=kernel.shape[-1]).flatten(2).transpose(1, 2) + table[1:]
    mean, deviation = patches.mean(), patches.std(-1).mean()
    factor = clip["pre_layrnorm.weight"] / deviation
    offset = clip["pre_layrnorm.bias"] - mean * factor
    own["embeddings.patch_embedding.weight"].mul_(0.1)
    put(own["embeddings.patch_embedding.weight"], kernel * factor[:, None, None, None])
    own["embeddings.patch_embedding.bias"].zero_()
    own["embeddings.position_embedding"].mul_(0.1)
    put(own["embeddings.position_embedding"][0], table * factor + offset)
    # The class token's own deviation is another.
    first = clip["embeddings.class_embedding"] + table[0]
    normed = torch.nn.functional.layer_norm(first, (old,), clip["pre_layrnorm.weight"], clip["pre_layrnorm.bias"])
    own["embeddings.class_embedding"].mul_(0.1)
    put(own["embeddings.class_embedding"][0, 0], normed - own["embeddings.position_embedding"][0, 0, :old])
