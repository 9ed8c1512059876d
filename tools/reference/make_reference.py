#!/usr/bin/env python3
"""Vectors of a HuggingFace checkpoint for images, recordings and texts, to hold a model directory to: `triptych validate`.

    python make_reference.py CHECKPOINT OUT.json [--text TEXT]... FILE...

FILEs are images or recordings; OUT.json names them relative to itself; those from elsewhere are copied into the folder `reference`
beside it, since a reference names no file outside of its folder. Vectors are those of the model's default pooling, as it gives them,
not normalised: each family of models has a module in `families` that makes them. Needs torch, transformers, Pillow and numpy.
"""
import argparse, base64, filecmp, importlib, json, os, pkgutil, shutil
import PIL
import torch
import transformers
from transformers import AutoConfig


def family_of(model_type):
    """The module below `families` that has the vectors of a model type."""
    names = [module.name for module in pkgutil.iter_modules([os.path.join(os.path.dirname(__file__), "families")])]
    modules = [importlib.import_module(f"families.{name}") for name in names]
    for module in modules:
        if model_type in module.MODEL_TYPES:
            return module
    known = ", ".join(sorted(name for module in modules for name in module.MODEL_TYPES))
    raise SystemExit(f"no vectors of model_type {model_type}: expected one of {known}, or a module for it in tools/reference/families")


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
    made = family_of(AutoConfig.from_pretrained(checkpoint).model_type).vectors(checkpoint, files, texts)
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
