"""Trains the demo model's CLIP: a tokenizer, a vision tower and a text tower, from scratch, on the CPU.

    python train_clip.py 2600

Reads data.json and imgs.bin; writes out/clip in HuggingFace's layout. Needs torch, transformers and tokenizers.
"""
import json
import os
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

from concepts import DEVIATION, HELD_OUT_STYLE, MEAN, SIZE, Draws, cosine_rate, on_white, read_concepts, read_pictures, recall

OUT = "out/clip"
BATCH = 320
LEARNING_RATE = 1.2e-3
LONGEST_TEXT = 32
VOCABULARY = 3000
TEMPLATES = ["{}", "a {}", "a picture of {}", "a picture of a {}", "an image of {}", "an emoji of {}", "{} emoji",
             "a drawing of a {}", "a photo of a {}", "an icon of a {}"]
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def train_tokenizer(concepts):
    """Byte-level BPE over the concepts' names and tags, in the files of CLIP's tokenizer."""
    corpus = []
    for concept in concepts:
        for name in [concept["label"], *concept["names"], *concept["tags"]]:
            corpus += [name.lower()] * 3
    corpus += [template.format("x") for template in TEMPLATES] * 200
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=VOCABULARY - 2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>",
        special_tokens=[]))
    tokenizer.model.save(OUT)
    with open(f"{OUT}/merges.txt") as file:
        merges = [line for line in file.read().split("\n") if line and not line.startswith("#version")]
    # As in CLIP: every byte, every byte that ends a word, what merging makes of them, and the special tokens.
    vocabulary = alphabet + [byte + "</w>" for byte in alphabet] + ["".join(merge.split(" ")) for merge in merges]
    vocabulary = list(dict.fromkeys(vocabulary)) + ["<|startoftext|>", "<|endoftext|>"]
    with open(f"{OUT}/vocab.json", "w") as file:
        json.dump({token: i for i, token in enumerate(vocabulary)}, file, ensure_ascii=False)
    with open(f"{OUT}/merges.txt", "w") as file:
        file.write("#version: 0.2\n" + "\n".join(merges) + "\n")
    clip_tokenizer = CLIPTokenizer(f"{OUT}/vocab.json", f"{OUT}/merges.txt", model_max_length=LONGEST_TEXT)
    clip_tokenizer.save_pretrained(OUT)
    return clip_tokenizer, len(vocabulary)


def make_model(vocabulary):
    start, end = vocabulary - 2, vocabulary - 1
    tower = dict(hidden_size=128, intermediate_size=512, num_attention_heads=4, projection_dim=128)
    return CLIPModel(CLIPConfig(
        text_config=dict(**tower, vocab_size=vocabulary, num_hidden_layers=4, max_position_embeddings=LONGEST_TEXT,
                         bos_token_id=start, eos_token_id=end, pad_token_id=end),
        vision_config=dict(**tower, num_hidden_layers=6, image_size=SIZE, patch_size=16),
        projection_dim=128, initializer_factor=1.0))


def augment(pictures):
    """Turned, scaled, moved and stretched; on another background; in other light and colours; noisy or blurred."""
    n = len(pictures)
    x = pictures.permute(0, 3, 1, 2).float() / 255
    angle, scale = (torch.rand(n) - 0.5) * 0.6, 0.75 + torch.rand(n) * 0.6
    right, down = (torch.rand(n) - 0.5) * 0.4, (torch.rand(n) - 0.5) * 0.4
    aspect = 1 + (torch.rand(n) - 0.5) * 0.3
    c, s = torch.cos(angle), torch.sin(angle)
    affine = torch.stack([
        torch.stack([c * scale * aspect, -s * scale, right], 1),
        torch.stack([s * scale, c * scale / aspect, down], 1)], 1)
    x[:, :3] *= x[:, 3:]
    x = F.grid_sample(x, F.affine_grid(affine, x.shape, align_corners=False), align_corners=False)
    colour, alpha = x[:, :3], x[:, 3:]
    top, bottom = torch.rand(n, 3, 1, 1), torch.rand(n, 3, 1, 1)
    white = (torch.rand(n, 1, 1, 1) < 0.45).float()
    height = torch.linspace(0, 1, SIZE).view(1, 1, SIZE, 1)
    background = (top * (1 - height) + bottom * height) * (1 - white) + white
    background = background * (1 - (torch.rand(n, 1, 1, 1) < 0.1).float())
    x = colour + background * (1 - alpha)
    x = (x - 0.5) * (0.7 + 0.6 * torch.rand(n, 1, 1, 1)) + 0.5 + (torch.rand(n, 1, 1, 1) - 0.5) * 0.3
    x = x + (torch.rand(n, 3, 1, 1) - 0.5) * 0.1 + torch.randn_like(x) * 0.02 * torch.rand(n, 1, 1, 1)
    blurred = torch.rand(n) < 0.2
    if blurred.any():
        x[blurred] = F.avg_pool2d(x[blurred], 3, 1, 1)
    return (x.clamp(0, 1) - MEAN) / DEVIATION


def caption(concept):
    """A few tags, the label, or any of the names, in some template."""
    draw = random.random()
    if draw < 0.25 and concept["tags"]:
        text = " ".join(random.sample(concept["tags"], min(len(concept["tags"]), random.randint(1, 3))))
    elif draw < 0.7:
        text = concept["label"]
    else:
        text = random.choice([concept["label"], *concept["names"]])
    return random.choice(TEMPLATES).format(text.lower())


def embed_images(model, pixels):
    return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)


def embed_texts(model, tokens):
    return model.text_projection(model.text_model(**tokens).pooler_output)


@torch.no_grad()
def evaluate(model, tokenizer, concepts, pictures):
    model.eval()
    texts = tokenizer(["a picture of " + c["label"] for c in concepts], padding=True, return_tensors="pt")
    words = F.normalize(embed_texts(model, texts), dim=-1)
    scores = {}
    for style in ["noto", HELD_OUT_STYLE]:
        shown = [j for j, c in enumerate(concepts) if style in c["imgs"]]
        pixels = on_white(pictures[[concepts[j]["imgs"][style] for j in shown]])
        images = F.normalize(torch.cat([embed_images(model, part) for part in pixels.split(256)]), dim=-1)
        scores[style] = recall(images @ words.T, torch.tensor(shown))
    model.train()
    return scores


def contrastive_loss(model, images, words):
    """CLIP's: each picture finds its words among the batch's, and each text its picture."""
    logits = model.logit_scale.exp().clamp(max=100) * images @ words.T
    targets = torch.arange(len(images))
    return (F.cross_entropy(logits, targets, label_smoothing=0.05)
            + F.cross_entropy(logits.T, targets, label_smoothing=0.05)) / 2


def save_preprocessor():
    with open(f"{OUT}/preprocessor_config.json", "w") as file:
        json.dump(dict(
            crop_size=dict(height=SIZE, width=SIZE), do_center_crop=True, do_convert_rgb=True, do_normalize=True,
            do_rescale=True, do_resize=True, image_mean=MEAN.flatten().tolist(), image_std=DEVIATION.flatten().tolist(),
            image_processor_type="CLIPImageProcessor", resample=3, rescale_factor=1 / 255,
            size=dict(shortest_edge=SIZE)), file)


def main(steps):
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    torch.set_num_threads(2)
    os.makedirs(OUT, exist_ok=True)
    concepts, pictures = read_concepts(), read_pictures()
    tokenizer, vocabulary = train_tokenizer(concepts)
    model = make_model(vocabulary).train()
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters, {vocabulary} tokens")
    shown = [[i for style, i in c["imgs"].items() if style != HELD_OUT_STYLE] for c in concepts]
    optimizer = torch.optim.AdamW([
        dict(params=[p for p in model.parameters() if p.ndim >= 2], weight_decay=0.2),
        dict(params=[p for p in model.parameters() if p.ndim < 2], weight_decay=0)], lr=1e-3, betas=(0.9, 0.98), eps=1e-6)
    draws = Draws(range(len(concepts)), random)
    started = time.time()
    for step in range(steps):
        batch = draws.take(BATCH)
        pixels_of = [random.choice(shown[j]) for j in batch]
        captions = [caption(concepts[j]) for j in batch]
        tokens = tokenizer(captions, padding=True, truncation=True, max_length=LONGEST_TEXT, return_tensors="pt")
        pixels = augment(pictures[pixels_of])
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * cosine_rate(step, steps, 200)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            images, words = embed_images(model, pixels), embed_texts(model, tokens)
        loss = contrastive_loss(model, F.normalize(images.float(), dim=-1), F.normalize(words.float(), dim=-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item():.3f}, {(time.time() - started) / (step + 1):.2f} s each", flush=True)
        if step % 500 == 499 or step == steps - 1:
            print(f"step {step}: {evaluate(model, tokenizer, concepts, pictures)}", flush=True)
            model.save_pretrained(OUT)
    model.eval().save_pretrained(OUT)
    save_preprocessor()


if __name__ == "__main__":
    main(int(sys.argv[1]))
