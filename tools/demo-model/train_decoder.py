"""Trains a Whisper decoder for the demo's speech encoder, which stays as it is, on the CPU.

    python train_decoder.py frames .../models/demo/whisper [--minutes 4.5]
    python train_decoder.py decoder .../models/demo/whisper [--minutes 4.5]

The first makes the encoder's frames of what `speak.py --more` and `speak.py --held-out` said (frames/*.npy, 2 GB), the second trains
on them and writes out/speech in HuggingFace's layout, the encoder's own weights among it. A run stops after its minutes, and the next
one goes on. Half of what is said comes with timestamps; a fifth of the windows has two things said, some have none.
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

from spoken import spoken
from concepts import Draws, cosine_rate, read_concepts
from pieces import Piece
from train_audio import LogMel
from weights import read_weights

OUT = "out/speech"
BATCH = 128
# Batches that are drawn together and parted by length: what fills up short rows costs as much as what is said.
TOGETHER = 8
STEPS = 2800
LEARNING_RATE = 1.2e-3
RATE = 16000
SECONDS = 4
SAMPLES = SECONDS * RATE
SHORTEST = 1200
POSITIONS = 64
VOCABULARY = 1800
TIMESTAMP = 0.02
# As Whisper's: what means nothing but that no speech is heard stands right before what says that there are no timestamps.
SPECIAL = ["<|endoftext|>", "<|startoftranscript|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
IGNORED = -100


def make_tokenizer(texts):
    """Byte-level BPE over what is said, then Whisper's special tokens and timestamps."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), special_tokens=[], show_progress=False))
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.add_tokens([f"<|{i * TIMESTAMP:.2f}|>" for i in range(round(SECONDS / TIMESTAMP) + 1)])
    return tokenizer


class Tokens:
    """The tokenizer, and the tokens that mean something to the decoder."""

    def __init__(self, concepts):
        texts = [spoken(name) for c in concepts for name in [c["label"], *c["names"]]]
        self.tokenizer = make_tokenizer([" " + text for text in texts] + [" " + word for text in texts for word in text.split()])
        self.end, self.start, self.previous, self.silent, self.no_timestamps = map(self.tokenizer.token_to_id, SPECIAL)
        self.first_timestamp = self.no_timestamps + 1

    def text(self, text):
        return self.tokenizer.encode(" " + text).ids

    def time(self, seconds):
        return self.first_timestamp + min(round(seconds / TIMESTAMP), round(SECONDS / TIMESTAMP))

    def row(self, said):
        """A row of ids, and what is to follow each: what is said with times or without, now and then after something said before."""
        before = [self.previous, *self.text(random.choice(said or [("pizza",)])[0])] if random.random() < 0.1 else []
        if said and random.random() < 0.5:
            tokens = [token for text, begin, end in said for token in [self.time(begin), *self.text(text), self.time(end)]]
        else:
            tokens = [self.no_timestamps, *(token for text, *_ in said for token in self.text(text))]
        row = [*before, self.start, *tokens, self.end]
        follows = [IGNORED] * len(before) + (tokens if said else [self.silent]) + [self.end]
        return row[:-1], follows[: len(row) - 1]

    def words(self, ids):
        ids = ids[: ids.index(self.end)] if self.end in ids else ids
        return self.tokenizer.decode(ids, skip_special_tokens=True).split()


def make_model(whisper, tokens):
    model = WhisperForConditionalGeneration(WhisperConfig(
        d_model=128, encoder_layers=4, encoder_attention_heads=4, encoder_ffn_dim=512, num_mel_bins=80,
        max_source_positions=50 * SECONDS, decoder_layers=2, decoder_attention_heads=4, decoder_ffn_dim=512, dropout=0.1,
        max_target_positions=POSITIONS, vocab_size=tokens.tokenizer.get_vocab_size(), pad_token_id=tokens.end, bos_token_id=tokens.end,
        eos_token_id=tokens.end, decoder_start_token_id=tokens.start, suppress_tokens=None, begin_suppress_tokens=None))
    own = model.model.encoder.state_dict()
    model.model.encoder.load_state_dict({name: whisper.get(f"encoder.{name}", tensor) for name, tensor in own.items()})
    model.model.encoder.requires_grad_(False)
    return model


class Frames:
    """Windows of what was said, as the encoder's frames, with what is said in them: (text, begin, end) each."""

    def __init__(self, name):
        self.frames = np.load(f"frames/{name}.npy", mmap_mode="r")
        with open(f"frames/{name}.json") as file:
            self.said = json.load(file)


def heard(samples, clips, draw):
    """A window with one or two of the clips, at any pace, loudness and place, in some noise; (text, begin, end) of each."""
    x, said, at = np.zeros(SAMPLES, np.float32), [], int(draw.choice([0, 0, draw.uniform(0, 0.3), draw.uniform(0, 1.5)]) * RATE)
    for text, start, length in clips:
        clip = torch.from_numpy(np.asarray(samples[start : start + length], np.float32) / 32768)
        if draw.random() < 0.4:
            clip = F.interpolate(clip[None, None], int(length / draw.uniform(0.88, 1.14)), mode="linear")[0, 0]
        if said and at + len(clip) > SAMPLES:
            break
        at = max(0, min(at, SAMPLES - len(clip)))
        clip = clip[: SAMPLES - at]
        x[at : at + len(clip)] = clip.numpy() * draw.uniform(0.15, 1.0)
        said.append((text, at / RATE, (at + len(clip)) / RATE))
        at += len(clip) + int(draw.uniform(0.1, 0.7) * RATE)
    level = np.sqrt((x**2).mean()) if said else draw.choice([0, 1e-3, 1e-2])
    if not said or draw.random() < 0.6:
        x += np.random.default_rng(draw.randrange(2**32)).standard_normal(SAMPLES, np.float32) * level * 10 ** (-draw.uniform(8, 45) / 20)
    return x, said


@torch.no_grad()
def make_frames(name, windows, encoder, log_mel):
    frames, said = [], []
    for i in range(0, len(windows), 64):
        x = torch.from_numpy(np.stack([samples for samples, _ in windows[i : i + 64]]))
        mel = log_mel(x)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=name != "held-out"):
            frames.append(encoder(mel).last_hidden_state.half().numpy())
        said += [one for _, one in windows[i : i + 64]]
    np.save(f"frames/{name}.npy", np.concatenate(frames))
    with open(f"frames/{name}.json", "w") as file:
        json.dump(said, file)
    print(f"{name}: {len(said)} windows", flush=True)


def held_out(concepts):
    """Every recording of a held-out voice, as it is."""
    samples = np.memmap("speech.bin", np.int16, mode="r")
    with open("speech.json") as file:
        places = [(concept, start, length) for concept, start, length, is_held_out in json.load(file) if is_held_out and length >= SHORTEST]
    windows = []
    for concept, start, length in places:
        x = np.zeros(SAMPLES, np.float32)
        x[:length] = samples[start : start + length] / 32768
        windows.append((x, [(spoken(concepts[concept]["label"]), 0, length / RATE)]))
    return windows


def frames_main(model, concepts, minutes):
    ends = time.monotonic() + 60 * minutes
    os.makedirs("frames", exist_ok=True)
    encoder, log_mel = model.model.encoder.eval(), LogMel(WhisperFeatureExtractor(feature_size=80, chunk_length=SECONDS))
    if not os.path.exists("frames/held-out.json"):
        make_frames("held-out", held_out(concepts), encoder, log_mel)
    for take in sorted(name[:-5] for name in os.listdir("more") if name.endswith(".json")):
        if os.path.exists(f"frames/{take}.json"):
            continue
        if time.monotonic() > ends:
            return
        draw = random.Random(int(take))
        samples = np.memmap(f"more/{take}.bin", np.int16, mode="r")
        with open(f"more/{take}.json") as file:
            clips = [(spoken(text), start, length) for _, start, length, text in json.load(file) if length >= SHORTEST]
        windows = []
        for clip in clips:
            count = draw.choices([0, 1, 2], [0.03, 0.77, 0.2])[0]
            windows.append(heard(samples, [clip, draw.choice(clips)][:count], draw))
        make_frames(take, windows, encoder, log_mel)


@torch.no_grad()
def evaluate(model, tokens, frames, most):
    """Share of words right (1 − errors per word), and of recordings right as a whole."""
    model.eval()
    errors = words = right = 0
    for i in range(0, most, 256):
        states = torch.from_numpy(np.asarray(frames.frames[i : min(i + 256, most)], np.float32))
        ids = torch.tensor([[tokens.start, tokens.no_timestamps]]).repeat(len(states), 1)
        for _ in range(24):
            hidden = model.model.decoder(input_ids=ids, encoder_hidden_states=states, use_cache=False).last_hidden_state[:, -1]
            ids = torch.cat([ids, model.proj_out(hidden)[:, : tokens.first_timestamp].argmax(-1, keepdim=True)], 1)
        for row, said in zip(ids[:, 2:].tolist(), frames.said[i : i + 256]):
            found, meant = tokens.words(row), said[0][0].split()
            errors += distance(found, meant)
            words += len(meant)
            right += found == meant
    model.train()
    return f"{1 - errors / words:.3f} of words, {right / most:.3f} of recordings"


def distance(a, b):
    """Words to change, leave out or put in."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, row[0] = row[0], i + 1
        for j, y in enumerate(b):
            last, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, last + (x != y))
    return row[-1]


def save(model, tokens):
    model.save_pretrained(OUT)
    WhisperFeatureExtractor(feature_size=80, chunk_length=SECONDS).save_pretrained(OUT)
    with open(f"{OUT}/generation_config.json", "w") as file:
        json.dump(dict(
            decoder_start_token_id=tokens.start, eos_token_id=tokens.end, pad_token_id=tokens.end, bos_token_id=tokens.end,
            no_timestamps_token_id=tokens.no_timestamps, prev_sot_token_id=tokens.previous, max_initial_timestamp_index=150,
            suppress_tokens=[], begin_suppress_tokens=[], return_timestamps=False, max_length=POSITIONS, is_multilingual=False), file)
    tokens.tokenizer.save(f"{OUT}/tokenizer.json")
    with open(f"{OUT}/tokenizer_config.json", "w") as file:
        json.dump(dict(tokenizer_class="WhisperTokenizer", add_prefix_space=False, model_max_length=POSITIONS,
                       **{f"{name}_token": SPECIAL[0] for name in ("bos", "eos", "unk", "pad")}), file)


def batches_of(tokens, windows):
    """Rows of ids, what is to follow each, and their windows; those of a batch are about as long."""
    draws = Draws(windows, random)
    while True:
        drawn = [(*tokens.row(take.said[i]), (take, i)) for take, i in draws.take(BATCH * TOGETHER)]
        drawn.sort(key=lambda one: len(one[0]))
        batches = [drawn[i : i + BATCH] for i in range(0, len(drawn), BATCH)]
        random.shuffle(batches)
        yield from batches


def train(model, tokens, minutes):
    takes = [Frames(name[:-5]) for name in sorted(os.listdir("frames")) if name.endswith(".json") and name != "held-out.json"]
    windows = [(take, i) for take in takes for i in range(len(take.said))]
    evaluated = Frames("held-out")
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([
        dict(params=[p for p in parameters if p.ndim >= 2], weight_decay=0.1),
        dict(params=[p for p in parameters if p.ndim < 2], weight_decay=0)], lr=1e-3, betas=(0.9, 0.98), eps=1e-6)
    print(f"{sum(p.numel() for p in parameters) / 1e6:.1f} M parameters, {tokens.tokenizer.get_vocab_size()} tokens, {len(windows)} windows")
    batches = batches_of(tokens, windows)
    piece = Piece("decoder-state.pt", minutes, model=model, optimizer=optimizer)
    started, first = time.time(), piece.step
    for step in piece.steps(STEPS):
        rows, targets, batch = zip(*next(batches))
        states = torch.from_numpy(np.stack([take.frames[i] for take, i in batch])).float()
        longest = max(map(len, rows))
        ids = torch.tensor([row + [tokens.end] * (longest - len(row)) for row in rows])
        wanted = torch.tensor([row + [IGNORED] * (longest - len(row)) for row in targets])
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * cosine_rate(step, STEPS, 150)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model.model.decoder(input_ids=ids, encoder_hidden_states=states, use_cache=False).last_hidden_state
            logits = model.proj_out(hidden[wanted != IGNORED])
        loss = F.cross_entropy(logits.float(), wanted[wanted != IGNORED], label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item():.3f}, {(time.time() - started) / (step + 1 - first):.2f} s each", flush=True)
        if step % 300 == 299:
            print(f"step {step}: {evaluate(model, tokens, evaluated, 512)} right", flush=True)
    if piece.step == STEPS:
        model.eval()
        save(model, tokens)
        print(f"{evaluate(model, tokens, evaluated, len(evaluated.said))} of held-out voices right", flush=True)


def main(what, whisper, minutes):
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    os.makedirs(OUT, exist_ok=True)
    concepts = read_concepts()
    tokens = Tokens(concepts)
    model = make_model(read_weights(whisper), tokens).train()
    if what == "frames":
        frames_main(model, concepts, minutes)
    else:
        train(model, tokens, minutes)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=("frames", "decoder"))
    arguments.add_argument("whisper")
    arguments.add_argument("--minutes", type=float, default=600)
    main(**vars(arguments.parse_args()))
