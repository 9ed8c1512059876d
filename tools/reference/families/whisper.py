"""Means over all frames of Whisper's encoder, of recordings: WAVs of 16 bit, mono, 16 kHz."""
import wave
import numpy as np
import torch
from transformers import WhisperFeatureExtractor, WhisperModel

MODEL_TYPES = ("whisper",)


def vectors(checkpoint, files, texts):
    model = WhisperModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    extractor = WhisperFeatureExtractor.from_pretrained(checkpoint)
    for path in files:
        with wave.open(path) as wav:
            assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (16000, 1, 2), f"{path}: not 16 kHz mono s16"
            samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).astype(np.float32) / 32768
        features = extractor(samples, sampling_rate=16000, return_tensors="pt").input_features
        yield dict(audio=path), model.encoder(features).last_hidden_state.mean(1)
