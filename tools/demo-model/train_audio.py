"""Trains the demo model's Whisper encoder into the space of its CLIP, from scratch, on the CPU.

    python train_audio.py 1900

Reads data.json, imgs.bin, speech.bin, speech.json and out/clip; writes out/whisper in HuggingFace's layout. The mean of
the encoder over all frames, padding included, is pulled towards what CLIP makes of the label and of its pictures.
"""
import json
import math
import os
import random
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from transformers import CLIPModel, CLIPTokenizer, WhisperConfig, WhisperFeatureExtractor, WhisperModel

from concepts import Draws, cosine_rate, on_white, read_concepts, read_pictures, recall

OUT = "out/whisper"
BATCH = 192
LEARNING_RATE = 1.5e-3
SECONDS = 4
SAMPLES = SECONDS * 16000
SHORTEST = 1200
EVALUATED = 600


class Speech:
    """Recordings by concept, and those of held-out voices."""

    def __init__(self, concepts):
        self.samples = np.memmap("speech.bin", dtype=np.int16, mode="r")
        self.train, self.held_out = [[] for _ in range(concepts)], []
        with open("speech.json") as file:
            for concept, start, length, held_out in json.load(file):
                if length < SHORTEST:
                    continue
                if held_out:
                    self.held_out.append((concept, start, length))
                else:
                    self.train[concept].append((start, length))

    def read(self, start, length):
        return torch.from_numpy(np.asarray(self.samples[start : start + length], dtype=np.float32) / 32768)


class LogMel:
    """Whisper's log-mel spectrogram of a whole batch at once."""

    def __init__(self, extractor):
        self.filters = torch.tensor(extractor.mel_filters.T, dtype=torch.float32)
        self.window = torch.hann_window(400)

    def __call__(self, x):
        power = torch.stft(x, 400, 160, window=self.window, return_complex=True)[..., :-1].abs() ** 2
        log = torch.clamp(self.filters @ power, min=1e-10).log10()
        return (torch.maximum(log, log.amax((1, 2), keepdim=True) - 8) + 4) / 4


def augment(speech, log_mel, items):
    """Faster or slower, somewhere in the context, louder or softer, in noise, with stretches of the spectrogram masked."""
    x = torch.zeros(len(items), SAMPLES)
    for i, (start, length) in enumerate(items):
        clip = speech.read(start, length)
        if random.random() < 0.5:
            length = int(length / random.uniform(0.88, 1.14))
            clip = F.interpolate(clip[None, None], length, mode="linear")[0, 0]
        length = min(length, SAMPLES)
        at = random.randint(0, min(SAMPLES - length, 12000)) if SAMPLES > length else 0
        x[i, at : at + length] = clip[:length] * random.uniform(0.15, 1.0)
    level = (x**2).mean(1, keepdim=True).sqrt() + 1e-6
    noise = torch.randn_like(x) * level * 10 ** (-torch.empty(len(items), 1).uniform_(8, 45) / 20)
    mel = log_mel(x + noise * (torch.rand(len(items), 1) < 0.8))
    for i in range(len(items)):
        if random.random() < 0.5:
            band, moment = random.randint(0, 70), random.randint(0, 150)
            mel[i, band : band + random.randint(1, 8)] = mel[i].mean()
            mel[i, :, moment : moment + random.randint(1, 12)] = mel[i].mean()
    return mel


class Targets:
    """Where CLIP puts each concept: its words, and its pictures on average."""

    @torch.no_grad()
    def __init__(self, concepts):
        clip = CLIPModel.from_pretrained("out/clip").eval()
        tokenizer = CLIPTokenizer.from_pretrained("out/clip")
        pictures = read_pictures()

        def words(template):
            texts = [template.format(c["label"]) for c in concepts]
            parts = [tokenizer(texts[i : i + 256], padding=True, truncation=True, max_length=32, return_tensors="pt")
                     for i in range(0, len(texts), 256)]
            return torch.cat([F.normalize(clip.text_projection(clip.text_model(**p).pooler_output), dim=-1) for p in parts])

        def images(style):
            shown = [j for j, c in enumerate(concepts) if style in c["imgs"]]
            pixels = on_white(pictures[[concepts[j]["imgs"][style] for j in shown]])
            parts = [clip.visual_projection(clip.vision_model(pixel_values=p).pooler_output) for p in pixels.split(256)]
            return shown, torch.cat([F.normalize(p, dim=-1) for p in parts])

        templates = ("{}", "a picture of {}", "an emoji of {}")
        self.words = F.normalize(sum(words(template) for template in templates), dim=-1)
        self.images = torch.zeros_like(self.words)
        for style in ("noto", "twemoji", "fluent-flat"):
            shown, vectors = images(style)
            self.images[shown] += vectors
        self.images = F.normalize(self.images, dim=-1)
        self.noto = images("noto")


@torch.no_grad()
def evaluate(encoder, speech, log_mel, targets):
    """Retrieval by held-out voices, of words and of Noto's pictures."""
    encoder.eval()
    sample = random.Random(5).sample(speech.held_out, min(EVALUATED, len(speech.held_out)))
    vectors = []
    for i in range(0, len(sample), 100):
        x = torch.zeros(len(sample[i : i + 100]), SAMPLES)
        for k, (_, start, length) in enumerate(sample[i : i + 100]):
            length = min(length, SAMPLES)
            x[k, :length] = speech.read(start, length)
        vectors.append(F.normalize(encoder(log_mel(x)).last_hidden_state.mean(1), dim=-1))
    vectors, concepts = torch.cat(vectors), torch.tensor([concept for concept, _, _ in sample])
    encoder.train()
    shown, pictures = targets.noto
    places = torch.tensor([shown.index(int(concept)) for concept in concepts])
    return dict(text=recall(vectors @ targets.words.T, concepts), noto=recall(vectors @ pictures.T, places))


def make_model():
    return WhisperModel(WhisperConfig(
        d_model=128, encoder_layers=4, encoder_attention_heads=4, encoder_ffn_dim=512, num_mel_bins=80,
        max_source_positions=50 * SECONDS, decoder_layers=1, decoder_attention_heads=4, decoder_ffn_dim=128,
        max_target_positions=8, vocab_size=8, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        decoder_start_token_id=3, suppress_tokens=None, begin_suppress_tokens=None))


def contrastive_loss(scale, vectors, words, pictures):
    """Against the words of the batch and, half as much, against its pictures; both ways each."""
    targets = torch.arange(len(vectors))
    both = lambda logits: F.cross_entropy(logits, targets) + F.cross_entropy(logits.T, targets)
    return (both(scale * vectors @ words.T) + 0.5 * both(scale * vectors @ pictures.T)) / 3


def main(steps):
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    torch.set_num_threads(2)
    os.makedirs(OUT, exist_ok=True)
    concepts = read_concepts()
    speech, targets = Speech(len(concepts)), Targets(concepts)
    extractor = WhisperFeatureExtractor(feature_size=80, chunk_length=SECONDS)
    log_mel = LogMel(extractor)
    model = make_model()
    encoder = model.encoder.train()
    scale = torch.nn.Parameter(torch.tensor(math.log(1 / 0.07)))
    parameters = [p for p in encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([
        dict(params=[p for p in parameters if p.ndim >= 2], weight_decay=0.1),
        dict(params=[p for p in parameters if p.ndim < 2] + [scale], weight_decay=0)], lr=1e-3, betas=(0.9, 0.98), eps=1e-6)
    draws = Draws([j for j in range(len(concepts)) if speech.train[j]], random)
    started = time.time()
    for step in range(steps):
        batch = draws.take(BATCH)
        mel = augment(speech, log_mel, [random.choice(speech.train[j]) for j in batch])
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * cosine_rate(step, steps, 150)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = encoder(mel).last_hidden_state
        vectors = F.normalize(hidden.float().mean(1), dim=-1)
        loss = contrastive_loss(scale.exp().clamp(max=60), vectors, targets.words[batch], targets.images[batch])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item():.3f}, {(time.time() - started) / (step + 1):.2f} s each", flush=True)
        if step % 400 == 399 or step == steps - 1:
            print(f"step {step}: {evaluate(encoder, speech, log_mel, targets)}", flush=True)
            model.save_pretrained(OUT)
            extractor.save_pretrained(OUT)


if __name__ == "__main__":
    main(int(sys.argv[1]))
