#!/usr/bin/env python3
"""Reference outputs of HuggingFace's BLIP for retrieval with synthetic weights, for the parity tests beside this script.

    python make_blip_golden.py             small shapes, to golden/blip, and the pixels of every image
    python make_blip_golden.py --full DIR  the official size, to DIR: BLIP_GOLDEN_DIR=DIR compares with it

Hidden states of some rows, pooled and projected vectors of images and texts, cosines, and of every pair the fused encoder's hidden states and
the probability that they match. golden/blip/pixels.json has the sha256 of the pixels that BlipImageProcessorPil resizes the parity
tests' images to. Needs torch, transformers, safetensors, Pillow and numpy.
"""
import argparse, hashlib, json, os
import numpy as np
import PIL
import torch
import transformers
from PIL import Image
from safetensors.numpy import save_file
from transformers import BlipConfig, BlipForConditionalGeneration, BlipForImageTextRetrieval
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "golden", "blip")
IMAGES = ["photo-420.jpg", "rgba.png", "panorama.png", "noise.png", "grey.jpg", "enlarged.png"]
RECIPES = {"384-bicubic": (384, 3), "64-bicubic": (64, 3)}


def size(layers, width, heads, mlp, image, patch, vocabulary, projection, text=None, **more):
    tower = dict(num_hidden_layers=layers, hidden_size=width, intermediate_size=mlp, num_attention_heads=heads)
    return dict(vision_config=dict(tower, image_size=image, patch_size=patch), image_text_hidden_size=projection,
                text_config={**tower, "vocab_size": vocabulary, "max_position_embeddings": 64, **(text or {})}, **more)


SMALL = {
    "small": size(3, 96, 4, 200, 64, 16, 400, 48),
    # Text and vision of different widths, depths and heads.
    "uneven": size(2, 72, 6, 160, 60, 20, 300, 40, text=dict(hidden_size=64, num_attention_heads=2, num_hidden_layers=4, intermediate_size=120)),
}
OFFICIAL = {"base-384": size(12, 768, 12, 3072, 384, 16, 30524, 256, text=dict(max_position_embeddings=512))}


def synthetic_model(fields, kind=BlipForImageTextRetrieval):
    model = kind(BlipConfig(**fields)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(np.asarray(synthetic(name, tuple(parameter.shape)))))
    return model


def spread_head(model, images, ids):
    """A matching head whose logits lie on both sides of 0 for these pairs: weights from the formula say the same of every pair."""
    with torch.no_grad():
        seen = [model.vision_model(pixel_values=pixels).last_hidden_state for pixels in images]
        vectors = torch.cat([model.text_encoder(input_ids=torch.tensor([row]), encoder_hidden_states=image).last_hidden_state[:, 0]
                             for row in ids for image in seen]).double()
        mean = vectors.mean(0)
        direction = torch.linalg.svd(vectors - mean)[2][0]
        weight = 2 * direction / ((vectors - mean) @ direction).std()
        model.itm_head.weight.copy_(torch.stack([-weight, weight]).float())
        model.itm_head.bias.copy_(torch.stack([weight @ mean, -(weight @ mean)]).float())


def texts(vocabulary):
    draw = np.random.default_rng(7)
    return [[1] + draw.integers(4, vocabulary, n).tolist() + [2] for n in (1, 4, 9, 30)]


def picked(length):
    return np.unique(np.linspace(0, length - 1, min(5, length)).astype(np.int64))


def golden(target, name, fields):
    model = synthetic_model(fields)
    config = model.config.to_dict()
    config["architectures"] = ["BlipForImageTextRetrieval"]
    for part in (config, config["vision_config"], config["text_config"]):
        part.pop("_name_or_path", None)
    edge = fields["vision_config"]["image_size"]
    processor = BlipImageProcessorPil(size={"height": edge, "width": edge})
    tensors, images, probabilities = {}, {}, []
    put = lambda key, value: tensors.__setitem__(key, np.ascontiguousarray(value))

    def put_states(item, out, rows):
        put(f"{item}/rows", rows)
        put(f"{item}/tokens", out.last_hidden_state[0].numpy()[rows])
        for k, state in enumerate(out.hidden_states):
            put(f"{item}/state_{k}", state[0].numpy()[rows])

    with torch.no_grad():
        for file in IMAGES:
            image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
            images[file] = processor(image, input_data_format="channels_last", return_tensors="pt")["pixel_values"]
            out = model.vision_model(pixel_values=images[file], output_hidden_states=True)
            put_states(file, out, picked(out.last_hidden_state.shape[1]))
            put(f"{file}/pooled", out.pooler_output[0].numpy())
            put(f"{file}/projected", model.vision_proj(out.last_hidden_state[:, 0])[0].numpy())
        spread_head(model, list(images.values()), texts(fields["text_config"]["vocab_size"]))
        put("head/weight", model.itm_head.weight.numpy())
        put("head/bias", model.itm_head.bias.numpy())
        for i, ids in enumerate(texts(fields["text_config"]["vocab_size"])):
            input_ids = torch.tensor([ids])
            out = model.text_encoder(input_ids=input_ids, output_hidden_states=True)
            put(f"text-{i}/ids", np.asarray(ids, dtype=np.int64))
            put_states(f"text-{i}", out, picked(len(ids)))
            put(f"text-{i}/class", out.last_hidden_state[0, 0].numpy())
            put(f"text-{i}/projected", model.text_proj(out.last_hidden_state[:, 0])[0].numpy())
            for j, file in enumerate(IMAGES):
                embeds = model.vision_model(pixel_values=images[file]).last_hidden_state
                fused = model.text_encoder(input_ids=input_ids, encoder_hidden_states=embeds, output_hidden_states=True)
                whole = model(input_ids=input_ids, pixel_values=images[file])
                probability = torch.softmax(whole.itm_score, -1)[0, 1].item()
                probabilities.append(probability)
                put(f"pair-{i}-{j}/match", np.asarray([probability, *whole.question_embeds[0, 0].numpy()], dtype=np.float32))
                if j == i:
                    put_states(f"pair-{i}-{j}", fused, picked(len(ids)))
                cosine = model(input_ids=input_ids, pixel_values=images[file], use_itm_head=False).itm_score
                put(f"pair-{i}-{j}/cosine", cosine[0].numpy())
    path = os.path.join(target, f"{name}.safetensors")
    save_file(tensors, path, metadata={
        "model": name, "weights": "synthetic", "config": json.dumps(config), "images": json.dumps(IMAGES),
        "made_by": "tools/reference/make_blip_golden.py", "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    os.chmod(path, 0o644)
    print(path, os.path.getsize(path), "probabilities", " ".join(f"{p:.3f}" for p in sorted(probabilities)))


SEARCHES = {"greedy": dict(num_beams=1), "beam": dict(num_beams=3)}


def captions(target, name, fields):
    """Token ids of captions, the prompt among them."""
    vocabulary = fields["text_config"]["vocab_size"]
    fields = dict(fields, text_config=dict(fields["text_config"], bos_token_id=min(30522, vocabulary - 1), sep_token_id=2))
    model = synthetic_model(fields, BlipForConditionalGeneration)
    config = model.config.to_dict()
    config["architectures"] = ["BlipForConditionalGeneration"]
    for part in (config, config["vision_config"], config["text_config"]):
        part.pop("_name_or_path", None)
    edge = fields["vision_config"]["image_size"]
    processor = BlipImageProcessorPil(size={"height": edge, "width": edge})
    tensors = {}
    with torch.no_grad():
        for file in IMAGES:
            image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
            pixel_values = processor(image, input_data_format="channels_last", return_tensors="pt")["pixel_values"]
            for i, ids in enumerate([None, *texts(vocabulary)[:3]]):
                if ids is not None:
                    tensors[f"prompt-{i}/ids"] = np.asarray(ids, dtype=np.int64)
                for search, options in SEARCHES.items():
                    given = {} if ids is None else dict(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long))
                    out = model.generate(pixel_values=pixel_values, max_length=30, do_sample=False, **options, **given)
                    tensors[f"{file}/{search}-{i}"] = out[0].numpy().astype(np.int64)
    path = os.path.join(target, f"{name}.captions.safetensors")
    save_file(tensors, path, metadata={
        "model": name, "weights": "synthetic", "config": json.dumps(config), "images": json.dumps(IMAGES),
        "made_by": "tools/reference/make_blip_golden.py", "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    os.chmod(path, 0o644)
    different = {tuple(v.tolist()) for k, v in tensors.items() if "/greedy" in k or "/beam" in k}
    print(path, os.path.getsize(path), len(different), "different captions")


def pixels():
    known = json.load(open(os.path.join(HERE, "images", "pixels.json")))["images"]
    images = {}
    for file in known:
        image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
        images[file] = {}
        for name, (edge, resample) in RECIPES.items():
            processor = BlipImageProcessorPil(size={"height": edge, "width": edge}, resample=resample, do_rescale=False, do_normalize=False)
            resized = processor(image, input_data_format="channels_last", return_tensors="np")["pixel_values"][0]
            images[file][name] = hashlib.sha256(np.ascontiguousarray(resized.transpose(1, 2, 0)).astype(np.uint8).tobytes()).hexdigest()
    with open(os.path.join(TARGET, "pixels.json"), "w") as file:
        json.dump({"made_by": "tools/reference/make_blip_golden.py", "pillow": PIL.__version__, "transformers": transformers.__version__,
                   "recipes": {name: {"size": edge, "resample": resample} for name, (edge, resample) in RECIPES.items()}, "images": images}, file, indent=0)
    print(len(images), "images")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", metavar="DIR", help="write the official size to DIR instead")
    args = parser.parse_args()
    target = args.full or TARGET
    os.makedirs(target, exist_ok=True)
    for name, fields in (OFFICIAL if args.full else SMALL).items():
        golden(target, name, fields)
        captions(target, name, fields)
    if not args.full:
        pixels()
