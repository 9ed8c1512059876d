#!/usr/bin/env python3
"""Vectors of a HuggingFace checkpoint for images, recordings and texts, to hold a model directory to: `triptych validate`.

    python make_reference.py CHECKPOINT OUT.json [--text TEXT]... FILE...

FILEs are images for a CLIP, WAVs of 16 bit, mono, 16 kHz for a Whisper; OUT.json names them relative to itself; those from
elsewhere are copied into the folder `reference` beside it, since a reference names no file outside of its folder. Vectors are
CLIP's projections and the mean of Whisper's encoder over all frames, as the model gives them, not normalised. Needs torch,
transformers, Pillow and numpy.
"""
import argparse, base64, filecmp, json, os, shutil, wave
import numpy as np
import PIL
import torch
import transformers
from PIL import Image
from transformers import AutoConfig, CLIPModel, CLIPTokenizer, WhisperFeatureExtractor, WhisperModel
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil


def clip_vectors(checkpoint, files, texts):
    model = CLIPModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor, tokenizer = CLIPImageProcessorPil.from_pretrained(checkpoint), CLIPTokenizer.from_pretrained(checkpoint)
    for path in files:
        pixels = processor(Image.open(path).convert("RGB"), input_data_format="channels_last", return_tensors="pt")["pixel_values"]
        yield dict(image=path), model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
    for text in texts:
        tokens = tokenizer([text], truncation=True, return_tensors="pt")
        yield dict(text=text), model.text_projection(model.text_model(**tokens).pooler_output)


def whisper_vectors(checkpoint, files):
    model = WhisperModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    extractor = WhisperFeatureExtractor.from_pretrained(checkpoint)
    for path in files:
        with wave.open(path) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (16000, 1, 2), f"{path}: not 16 kHz mono s16"
            samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).astype(np.float32) / 32768
        features = extractor(samples, sampling_rate=16000, return_tensors="pt").input_features
        yield dict(audio=path), model.encoder(features).last_hidden_state.mean(1)


def beside(path, folder):
    """A file's name below a folder, into which it is copied where it lies elsewhere."""
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    name = os.path.relpath(path, folder)
    if name.split(os.sep)[0] != os.pardir:
        return name
    name = os.path.join("reference", os.path.basename(path))
    copy = os.path.join(folder, name)
    assert not os.path.exists(copy) or filecmp.cmp(path, copy, shallow=False), f"{copy}: another file than {path}"
    os.makedirs(os.path.dirname(copy), exist_ok=True)
    shutil.copyfile(path, copy)
    return name


def main(checkpoint, out, files, texts):
    kind = AutoConfig.from_pretrained(checkpoint).model_type
    made = clip_vectors(checkpoint, files, texts) if kind == "clip" else whisper_vectors(checkpoint, files)
    folder, items = os.path.dirname(os.path.abspath(out)), []
    with torch.no_grad():
        for item, vector in made:
            item = {key: value if key == "text" else beside(value, folder) for key, value in item.items()}
            items.append({**item, "vector": base64.b64encode(vector[0].numpy().astype("<f4").tobytes()).decode()})
    versions = dict(torch=torch.__version__, transformers=transformers.__version__, pillow=PIL.__version__)
    with open(out, "w") as file:
        json.dump(dict(made_by="tools/reference/make_reference.py", versions=versions, items=items), file, indent=1)
    print(f"{len(items)} vectors in {out}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--text", action="append", default=[])
    args = parser.parse_intermixed_args()
    main(args.checkpoint, args.out, args.files, args.text)
