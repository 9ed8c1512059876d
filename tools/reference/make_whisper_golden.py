#!/usr/bin/env python3
"""Reference outputs of HuggingFace's Whisper, for the parity tests beside this script.

    python make_whisper_golden.py                  the small golden files under golden/
    python make_whisper_golden.py --full DIR       every frame of every model, for a complete comparison

Needs torch, transformers, safetensors and numpy; the project itself never runs it. Each file's metadata says what it
was made with. The demo checkpoint's HuggingFace directory is named with --demo.
"""
import argparse, os, wave
import numpy as np
import torch
import transformers
from safetensors.numpy import save_file
from transformers import WhisperConfig, WhisperFeatureExtractor, WhisperModel
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))

# Synthetic checkpoints have the sizes of the official ones and weights from a formula, so that no weights need to be
# shipped: see src/synthetic-weights.ts, which computes the same numbers.
SYNTHETIC = {
    "tiny": dict(d_model=384, encoder_layers=4, encoder_attention_heads=6, num_mel_bins=80),
    "base": dict(d_model=512, encoder_layers=6, encoder_attention_heads=8, num_mel_bins=80),
    "mel128": dict(d_model=256, encoder_layers=3, encoder_attention_heads=4, num_mel_bins=128),
}


def synthetic_model(size):
    config = WhisperConfig(
        **size, encoder_ffn_dim=4 * size["d_model"], max_source_positions=1500, decoder_layers=1,
        decoder_attention_heads=size["encoder_attention_heads"], decoder_ffn_dim=8, max_target_positions=8, vocab_size=8,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=3, suppress_tokens=None,
        begin_suppress_tokens=None)
    model = WhisperModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.encoder.named_parameters():
            if "embed_positions" not in name:
                parameter.copy_(torch.from_numpy(synthetic("encoder." + name, tuple(parameter.shape))))
    return model, WhisperFeatureExtractor(feature_size=size["num_mel_bins"])


def recordings(context):
    folder = os.path.join(HERE, "recordings")
    clips = {}
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".wav"):
            continue
        with wave.open(os.path.join(folder, file)) as wav:
            pcm = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16)
        clips[file[:-4]] = pcm.astype(np.float32) / 32768
    # Exactly full context: speech, piano and noise, over and over.
    tiled = np.concatenate([clips["speech-b"], clips["piano"], clips["noise"]])
    clips["full-context"] = np.resize(tiled, context)
    return {name: clip[:context] for name, clip in clips.items()}


def trimmed(encoder, extractor, clip, hop):
    """The encoder over the audio alone: zero-padded to whole encoder frames, with as many rows of the table."""
    frame = 2 * hop
    padded = np.zeros(-(-len(clip) // frame) * frame, dtype=np.float32)
    padded[: len(clip)] = clip
    mel = extractor(padded, sampling_rate=16000, padding="do_not_pad", truncation=False, return_tensors="pt").input_features
    x = torch.nn.functional.gelu(encoder.conv1(mel))
    x = torch.nn.functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
    x = x + encoder.embed_positions.weight[: x.shape[1]]
    for layer in encoder.layers:
        out = layer(x, None)
        x = out[0] if isinstance(out, tuple) else out
    return encoder.layer_norm(x)[0]


def picked(length, keep):
    return np.unique(np.linspace(0, length - 1, min(keep, length)).astype(np.int64)) if keep else np.arange(length)


def golden(name, model, extractor, path, keep, source):
    encoder = model.encoder.eval()
    tensors = {}
    for clip_name, clip in recordings(extractor.n_samples).items():
        mel = extractor(clip, sampling_rate=16000, return_tensors="pt").input_features
        with torch.no_grad():
            out = encoder(mel, output_hidden_states=True)
            short = trimmed(encoder, extractor, clip, extractor.hop_length)
        hidden = out.last_hidden_state[0].numpy()
        rows = picked(hidden.shape[0], keep)
        mel_rows = picked(mel.shape[2], keep and 2 * keep)
        put = lambda key, value: tensors.__setitem__(f"{clip_name}/{key}", np.ascontiguousarray(value))
        put("rows", rows)
        put("mel_rows", mel_rows)
        put("log_mel", mel[0].numpy().T[mel_rows])
        put("frames", hidden[rows])
        put("mean", hidden.astype(np.float64).mean(0).astype(np.float32))
        state_rows = rows[:: max(1, len(rows) // 6)]
        put("state_rows", state_rows)
        for i, state in enumerate(out.hidden_states[:-1]):
            put(f"state_{i}", state[0].numpy()[state_rows])
        short_rows = picked(short.shape[0], keep and keep // 2)
        put("trimmed_rows", short_rows)
        put("trimmed_frames", short.numpy()[short_rows])
        put("trimmed_mean", short.numpy().astype(np.float64).mean(0).astype(np.float32))
    save_file(tensors, path, metadata={
        "model": name, "weights": source, "made_by": "tools/reference/make_whisper_golden.py",
        "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    print(path, os.path.getsize(path))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", metavar="DIR", help="write every frame to DIR")
    parser.add_argument("--demo", metavar="DIR", help="HuggingFace directory of the demo model's Whisper")
    args = parser.parse_args()
    target = args.full or os.path.join(HERE, "golden", "whisper")
    os.makedirs(target, exist_ok=True)
    if args.demo:
        model = WhisperModel.from_pretrained(args.demo)
        extractor = WhisperFeatureExtractor.from_pretrained(args.demo)
        golden("demo", model, extractor, os.path.join(target, "demo.safetensors"), 0 if args.full else 40, "models/demo/whisper")
    for name, size in SYNTHETIC.items():
        model, extractor = synthetic_model(size)
        golden(name, model, extractor, os.path.join(target, f"{name}.safetensors"), 0 if args.full else 16, "synthetic")
