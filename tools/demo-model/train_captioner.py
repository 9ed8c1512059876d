"""Trains a BLIP that writes what a picture shows, on the CPU. Its vision tower begins with what the demo's CLIP has learnt.

    python train_captioner.py .../models/demo/clip [--minutes 4.5]

Reads what `render-pictures.mjs` and `render-styles.mjs` drew; writes out/captioner in HuggingFace's layout, in float16. A run stops after its
minutes, and the next one goes on. While it learns to write, the vision tower also learns to tell all concepts apart, by a head that is
not kept.
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BlipConfig, BlipForConditionalGeneration

from concepts import DEVIATION, HELD_OUT_STYLE, MEAN, SIZE, Draws, cosine_rate, on_white, read_concepts, read_pictures
from from_clip import begin_with
from light import augmented, premultiplied
from pieces import Piece
from spoken import spoken

OUT = "out/captioner"
BATCH = 192
STEPS = 5000
LEARNING_RATE = 7e-4
# What a step leaves of the average of all before it: the weights that are kept are the average.
DECAY = 0.998
POSITIONS = 24
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[DEC]"]
IGNORED = -100


def make_tokenizer(captions):
    """BERT's, of the words of all captions: WordPiece never has to divide one."""
    words = sorted({word for caption in captions for word in caption.split()})
    letters = sorted({letter for word in words for letter in word})
    pieces = [*SPECIAL, *words, *(letter for letter in letters if letter not in words), *("##" + letter for letter in letters)]
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def make_model(tokenizer):
    ids = {name: tokenizer.token_to_id(f"[{name}]") for name in ("PAD", "SEP", "DEC")}
    return BlipForConditionalGeneration(BlipConfig(
        vision_config=dict(hidden_size=192, intermediate_size=768, num_hidden_layers=6, num_attention_heads=6, image_size=SIZE, patch_size=16),
        text_config=dict(hidden_size=128, intermediate_size=512, num_hidden_layers=2, num_attention_heads=4, encoder_hidden_size=192,
                         max_position_embeddings=POSITIONS, vocab_size=tokenizer.get_vocab_size(), hidden_dropout_prob=0.1,
                         attention_probs_dropout_prob=0.0, bos_token_id=ids["DEC"], sep_token_id=ids["SEP"], eos_token_id=ids["SEP"],
                         pad_token_id=ids["PAD"]),
        image_text_hidden_size=128, projection_dim=128))


def read_drawings(concepts):
    """Pictures of all styles, and of each concept the numbers of those that are trained on."""
    with open("styles.json") as file:
        more = json.load(file)
    first = read_pictures()
    drawn = torch.from_numpy(np.fromfile("styles.bin", dtype=np.uint8).reshape(-1, SIZE, SIZE, 4))
    shown = [[*(i for style, i in concept["imgs"].items() if style != HELD_OUT_STYLE), *(len(first) + i for i in styles.values())]
             for concept, styles in zip(concepts, more)]
    return torch.cat([first, drawn]), shown


def rows_of(tokenizer, captions):
    """Ids that begin with [DEC], and what is to follow each."""
    start, end = tokenizer.token_to_id("[DEC]"), tokenizer.token_to_id("[SEP]")
    rows = [[start, *tokenizer.encode(caption, add_special_tokens=False).ids, end] for caption in captions]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    follows = torch.tensor([row[1:] + [IGNORED] * (longest - len(row) + 1) for row in rows])
    return ids[:, :-1], follows[:, :-1]


@torch.no_grad()
def right(model, tokenizer, captions, pixels):
    """Share of captions that are right, word for word, written greedily."""
    model.eval()
    start, end = tokenizer.token_to_id("[DEC]"), tokenizer.token_to_id("[SEP]")
    found = []
    for part in pixels.split(256):
        states = model.vision_model(pixel_values=part).last_hidden_state
        ids = torch.full((len(part), 1), start)
        for _ in range(POSITIONS - 1):
            logits = model.text_decoder(input_ids=ids, encoder_hidden_states=states).logits[:, -1]
            ids = torch.cat([ids, logits.argmax(-1, keepdim=True)], 1)
        for row in ids[:, 1:].tolist():
            found.append(tokenizer.decode(row[: row.index(end)] if end in row else row))
    model.train()
    return sum(a == b for a, b in zip(found, captions)) / len(captions)


class Average(torch.nn.Module):
    """The running average of a model's weights."""

    def __init__(self, model):
        super().__init__()
        self.kept = torch.nn.ParameterList([p.detach().clone() for p in model.parameters()]).requires_grad_(False)

    @torch.no_grad()
    def follow(self, model, step):
        share = max(1 - DECAY, 1 / (step + 10) * 2)
        for kept, now in zip(self.kept, model.parameters()):
            kept.lerp_(now, min(1, share))

    @torch.no_grad()
    def swap(self, model):
        for kept, now in zip(self.kept, model.parameters()):
            mine = kept.clone()
            kept.copy_(now)
            now.copy_(mine)


def save(model, tokenizer):
    model.eval().half().save_pretrained(OUT)
    with open(f"{OUT}/preprocessor_config.json", "w") as file:
        json.dump(dict(
            do_convert_rgb=True, do_normalize=True, do_rescale=True, do_resize=True, image_mean=MEAN.flatten().tolist(),
            image_std=DEVIATION.flatten().tolist(), image_processor_type="BlipImageProcessor", resample=3, rescale_factor=1 / 255,
            size=dict(height=SIZE, width=SIZE)), file)
    tokenizer.save(f"{OUT}/tokenizer.json")
    with open(f"{OUT}/tokenizer_config.json", "w") as file:
        json.dump(dict(tokenizer_class="BertTokenizer", do_lower_case=True, model_max_length=POSITIONS, pad_token="[PAD]", unk_token="[UNK]",
                       cls_token="[CLS]", sep_token="[SEP]"), file)


def main(clip, minutes):
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    torch.set_num_threads(2)
    os.makedirs(OUT, exist_ok=True)
    concepts = read_concepts()
    captions = [spoken(concept["label"]) for concept in concepts]
    tokenizer = make_tokenizer(captions)
    pictures, shown = read_drawings(concepts)
    held_out = [i for i, concept in enumerate(concepts) if HELD_OUT_STYLE in concept["imgs"]]
    unseen = on_white(pictures[[concepts[i]["imgs"][HELD_OUT_STYLE] for i in held_out]])
    model = make_model(tokenizer).train()
    begin_with(model.vision_model, clip, on_white(pictures[[numbers[0] for numbers in shown[::7]]]))
    pictures = premultiplied(pictures)
    head = torch.nn.Linear(192, len(concepts))
    average = Average(model)
    parameters = [*model.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW([
        dict(params=[p for p in parameters if p.ndim >= 2], weight_decay=0.1),
        dict(params=[p for p in parameters if p.ndim < 2], weight_decay=0)], lr=1e-3, betas=(0.9, 0.98), eps=1e-6)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters, {tokenizer.get_vocab_size()} tokens, "
          f"{sum(map(len, shown))} pictures, {len(held_out)} held out", flush=True)
    draws = Draws(range(len(concepts)), random)
    piece = Piece("captioner-state.pt", minutes, model=model, head=head, average=average, optimizer=optimizer)
    started, first = time.time(), piece.step
    for step in piece.steps(STEPS):
        batch = draws.take(BATCH)
        pixels = augmented(pictures[[random.choice(shown[i]) for i in batch]])
        ids, follows = rows_of(tokenizer, [captions[i] for i in batch])
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * cosine_rate(step, STEPS, 200)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model.vision_model(pixel_values=pixels).last_hidden_state
            classes = head(states[:, 0])
            logits = model.text_decoder(input_ids=ids, encoder_hidden_states=states).logits
        loss = (F.cross_entropy(logits.float().flatten(0, 1), follows.flatten(), ignore_index=IGNORED, label_smoothing=0.05)
                + 0.5 * F.cross_entropy(classes.float(), torch.tensor(batch), label_smoothing=0.1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.follow(model, step)
        if step % 50 == 0:
            told_apart = (classes.argmax(-1) == torch.tensor(batch)).float().mean().item()
            print(f"step {step}: loss {loss.item():.3f}, told apart {told_apart:.2f}, {(time.time() - started) / (step + 1 - first):.2f} s each", flush=True)
        if step % 500 == 499:
            average.swap(model)
            print(f"step {step}: {right(model, tokenizer, [captions[i] for i in held_out], unseen):.3f} of captions of the held-out style right", flush=True)
            average.swap(model)
    if piece.step == STEPS:
        average.swap(model)
        save(model, tokenizer)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("clip")
    arguments.add_argument("--minutes", type=float, default=600)
    main(**vars(arguments.parse_args()))
