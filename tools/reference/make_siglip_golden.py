#!/usr/bin/env python3
"""Reference outputs of HuggingFace's SigLIP with synthetic weights, for the parity tests beside this script.

    python make_siglip_golden.py             small shapes, to golden/siglip, and the pixels of every image
    python make_siglip_golden.py --full DIR  the official sizes, to DIR: SIGLIP_GOLDEN_DIR=DIR compares with them

Hidden states of some rows, pooled vectors, logits and probabilities of images and texts; golden/siglip/pixels.json has the sha256 of the
pixels that SiglipImageProcessorPil resizes the parity tests' images to. Needs torch, transformers, safetensors, Pillow and numpy.
"""
import argparse, hashlib, json, os
import numpy as np
import PIL
import torch
import transformers
from PIL import Image
from safetensors.numpy import save_file
from transformers import SiglipConfig, SiglipModel
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "golden", "siglip")
IMAGES = ["photo-420.jpg", "rgba.png", "panorama.png", "noise.png", "grey.jpg", "enlarged.png"]
RECIPES = {"224-bicubic": (224, 3), "256-bilinear": (256, 2), "64-bilinear": (64, 2)}


def size(layers, width, heads, mlp, image, patch, vocabulary, text_layers=None, **text):
    tower = dict(hidden_size=width, intermediate_size=mlp, num_attention_heads=heads)
    return dict(vision_config=dict(tower, num_hidden_layers=layers, image_size=image, patch_size=patch),
                text_config=dict(tower, num_hidden_layers=text_layers or layers, vocab_size=vocabulary, max_position_embeddings=64, **text))


SMALL = {
    "small": size(2, 96, 4, 200, 64, 16, 400),
    # The patches leave a part of the image over, as those of the so400m checkpoints do; the head is as wide as the vision tower.
    "uneven": size(2, 72, 6, 160, 60, 14, 300, hidden_act="gelu"),
}
OFFICIAL = {"b16-224": size(12, 768, 12, 3072, 224, 16, 32000), "v2-b16-256": size(12, 768, 12, 3072, 256, 16, 256000)}


def synthetic_model(fields):
    with torch.device("meta"):
        model = SiglipModel(SiglipConfig(**fields))
    model = model.to_empty(device="cpu").eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(np.asarray(synthetic(name, tuple(parameter.shape)))))
        for tower in (model.vision_model, model.text_model):
            ids = tower.embeddings.position_ids
            ids.copy_(torch.arange(ids.shape[1]).expand(1, -1))
    return model


def texts(vocabulary):
    """Ids at random, filled up to 64 with a padding token that takes part."""
    draw = np.random.default_rng(7)
    words = [draw.integers(4, vocabulary, n).tolist() for n in (1, 4, 9, 30, 63)]
    return [(row + [1] + [0] * 64)[:64] for row in words]


def picked(length):
    return np.unique(np.linspace(0, length - 1, min(5, length)).astype(np.int64))


def golden(target, name, fields):
    model = synthetic_model(fields)
    config = model.config.to_dict()
    for part in (config, config["vision_config"], config["text_config"]):
        part.pop("_name_or_path", None)
    edge = fields["vision_config"]["image_size"]
    processor = SiglipImageProcessorPil(size={"height": edge, "width": edge})
    tensors = {}
    put = lambda key, value: tensors.__setitem__(key, np.ascontiguousarray(value))
    with torch.no_grad():
        for file in IMAGES:
            image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
            pixels = processor(image, input_data_format="channels_last", return_tensors="pt")["pixel_values"]
            out = model.vision_model(pixel_values=pixels, output_hidden_states=True)
            rows = picked(out.last_hidden_state.shape[1])
            put(f"{file}/rows", rows)
            put(f"{file}/tokens", out.last_hidden_state[0].numpy()[rows])
            put(f"{file}/pooled", out.pooler_output[0].numpy())
            for k, state in enumerate(out.hidden_states):
                put(f"{file}/state_{k}", state[0].numpy()[rows])
        for i, ids in enumerate(texts(fields["text_config"]["vocab_size"])):
            out = model.text_model(input_ids=torch.tensor([ids]), output_hidden_states=True)
            rows = picked(64)
            put(f"text-{i}/ids", np.asarray(ids, dtype=np.int64))
            put(f"text-{i}/rows", rows)
            put(f"text-{i}/tokens", out.last_hidden_state[0].numpy()[rows])
            put(f"text-{i}/pooled", out.pooler_output[0].numpy())
            for k, state in enumerate(out.hidden_states):
                put(f"text-{i}/state_{k}", state[0].numpy()[rows])
        unit = lambda keys: torch.nn.functional.normalize(torch.from_numpy(np.stack([tensors[f"{key}/pooled"] for key in keys])), dim=-1)
        names = [f"text-{i}" for i in range(len(texts(400)))]
        logits = unit(IMAGES) @ unit(names).T * model.logit_scale.exp() + model.logit_bias
        put("all/logits", logits.numpy())
        put("all/probabilities", torch.sigmoid(logits).numpy())
    path = os.path.join(target, f"{name}.safetensors")
    save_file(tensors, path, metadata={
        "model": name, "weights": "synthetic", "config": json.dumps(config), "images": json.dumps(IMAGES),
        "made_by": "tools/reference/make_siglip_golden.py", "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    os.chmod(path, 0o644)
    print(path, os.path.getsize(path))


def pixels():
    known = json.load(open(os.path.join(HERE, "images", "pixels.json")))["images"]
    images = {}
    for file in known:
        image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
        images[file] = {}
        for name, (edge, resample) in RECIPES.items():
            processor = SiglipImageProcessorPil(size={"height": edge, "width": edge}, resample=resample, do_rescale=False, do_normalize=False)
            resized = processor(image, input_data_format="channels_last", return_tensors="np")["pixel_values"][0]
            images[file][name] = hashlib.sha256(np.ascontiguousarray(resized.transpose(1, 2, 0)).astype(np.uint8).tobytes()).hexdigest()
    with open(os.path.join(TARGET, "pixels.json"), "w") as file:
        json.dump({"made_by": "tools/reference/make_siglip_golden.py", "pillow": PIL.__version__, "transformers": transformers.__version__,
                   "recipes": {name: {"size": edge, "resample": resample} for name, (edge, resample) in RECIPES.items()}, "images": images}, file, indent=0)
    print(len(images), "images")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", metavar="DIR", help="write the official sizes to DIR instead")
    args = parser.parse_args()
    target = args.full or TARGET
    os.makedirs(target, exist_ok=True)
    for name, fields in (OFFICIAL if args.full else SMALL).items():
        golden(target, name, fields)
    if not args.full:
        pixels()
