#!/usr/bin/env python3
"""The other side of src/transcription.ts: transcribes a recording with transformers on torch, once for each line that it reads.

    python transcribe_with_torch.py CHECKPOINT PCM TOKENS

PCM: 16-bit samples at 16 kHz. For each line of standard input it writes a line of JSON: milliseconds from samples to tokens, and
these. Needs torch, transformers and numpy; the project itself never runs it unless it is told an interpreter.
"""
import json, sys, time
import numpy as np
import torch
from transformers import GenerationConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

checkpoint, pcm, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(2)
model = WhisperForConditionalGeneration.from_pretrained(checkpoint, dtype=torch.float32).eval()
model.generation_config = GenerationConfig.from_pretrained(checkpoint)
extractor = WhisperFeatureExtractor(feature_size=model.config.num_mel_bins)
samples = np.fromfile(pcm, np.int16).astype(np.float32) / 32768
for _ in sys.stdin:
    started = time.perf_counter()
    features = extractor(samples, sampling_rate=16000, return_tensors="pt").input_features
    with torch.inference_mode():
        tokens = model.generate(features, language="en", task="transcribe", max_new_tokens=count)[0].tolist()
    ms = 1000 * (time.perf_counter() - started)
    print(json.dumps({"ms": ms, "tokens": tokens[-count:]}), flush=True)
