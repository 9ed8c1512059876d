#!/usr/bin/env python3
"""What HuggingFace's Whisper writes of 40 recordings, and of three of minutes, for speech-parity.spec.ts beside this script.

    python make_speech_golden.py [NAME…]        writes golden/speech/NAME.json

Stopped, it goes on where it was: what it has lies in the folder for temporary files. The weights are synthetic ones of which a decoder
writes different words at different places and for different recordings: see `varied`, which src/varied-weights.ts has, too. Needs torch,
transformers and numpy; the project itself never runs it.
"""
import json, os, sys, tempfile
import numpy as np
import torch
import transformers
from transformers import WhisperFeatureExtractor
from make_transcription_golden import CASES, PROMPT, SHAPES, generation_json, model_of, segments_of
from make_whisper_golden import HERE, recordings
import wave

# `turbo`: mels, vocabulary and layers of the decoder as large-v3-turbo has them, narrow. `small` is for the long ones.
ALL = {**SHAPES, "base": dict(d_model=512, encoder_layers=6, encoder_attention_heads=8, num_mel_bins=80, decoder_layers=6, vocab_size=51865)}
WANTED = ["tiny", "base", "turbo", "small"]
NEW_TOKENS = 24
PROBED = 5003
CONFIG = ("activation_function", "d_model", "encoder_layers", "encoder_attention_heads", "encoder_ffn_dim", "decoder_layers",
          "decoder_attention_heads", "decoder_ffn_dim", "num_mel_bins", "vocab_size", "max_source_positions", "max_target_positions")
LONG = {"3 minutes": (180, True), "5 minutes": (300, False), "10 minutes": (600, False)}


def varied(model, first_timestamp):
    with torch.no_grad():
        decoder = model.model.decoder
        decoder.embed_positions.weight.mul_(20)
        for layer in decoder.layers:
            layer.encoder_attn.out_proj.weight.mul_(4)
        decoder.embed_tokens.weight[first_timestamp:].mul_(0.625)
        decoder.layer_norm.weight.clamp_(max=3)
    return model


def clips_of(context):
    clips = recordings(context)
    folder = os.path.join(HERE, "..", "..", "examples", "speech")
    for file in sorted(os.listdir(folder)):
        with wave.open(os.path.join(folder, file)) as wav:
            assert wav.getframerate() == 16000 and wav.getnchannels() == 1
            clips[file[:-4]] = np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16).astype(np.float32) / 32768
    examples = [clip for name, clip in clips.items() if name.endswith(("-a", "-b")) and not name.startswith("speech")]
    shared = lambda *names: [clips[name][: min(len(clips[n]) for n in names)] for name in names]
    speech, noise = shared("speech-b", "noise")
    one, other = shared("cherries-a", "cherries-b")
    clips["long-silence"] = np.zeros(context, np.float32)
    clips["quiet"] = clips["speech-b"] / np.float32(64)
    clips["speech-noise"] = speech + noise / np.float32(2)
    clips["silence-speech"] = np.concatenate([clips["silence"], clips["speech-a"]])
    clips["music-speech"] = np.concatenate([clips["piano"], clips["pizza-a"]])
    clips["two-voices"] = one + other / np.float32(2)
    clips["all-examples"] = np.concatenate(examples)[:context]
    return clips


def golden(name):
    torch.set_num_threads(2)
    size = ALL[name]
    more = size["vocab_size"] - 51865
    model = varied(model_of(size), 50364 + more)
    extractor = WhisperFeatureExtractor(feature_size=size["num_mel_bins"])
    prompt = torch.tensor([PROMPT[0] + more] + PROMPT[1:])
    clips = clips_of(extractor.n_samples)
    assert len(clips) == 40
    config = {key: value for key, value in model.config.to_dict().items() if key in CONFIG}
    out = {"config": {**config, "architectures": ["WhisperForConditionalGeneration"]}, "generation": generation_json(size["vocab_size"]),
           "newTokens": NEW_TOKENS, "prompt": prompt.tolist(), "recordings": {}, "made_by": "tools/reference/make_speech_golden.py",
           "torch": torch.__version__, "transformers": transformers.__version__}
    cases = list(CASES)
    part = os.path.join(tempfile.gettempdir(), f"triptych-speech-{name}.json")
    if os.path.exists(part):
        with open(part) as file:
            out["recordings"] = json.load(file)
    numbered = list(enumerate(sorted(clips) if name != "small" else []))
    for i, clip_name in [one for one in numbered if one[1] not in out["recordings"]]:
        mel = extractor(clips[clip_name], sampling_rate=16000, return_tensors="pt").input_features
        case = cases[i % len(cases)]
        options = dict(CASES[case])
        if options.pop("prompt", False):
            options["prompt_ids"] = prompt
        with torch.no_grad():
            result = model.generate(mel, max_new_tokens=NEW_TOKENS, return_segments=True, **options)
            segments = segments_of(result)
            said = [token for segment in segments for token in segment["tokens"]][:6]
            ids = torch.tensor([[50258, 50259, 50359 + more, 50363 + more] + said])
            logits = model(mel, decoder_input_ids=ids).logits[0].log_softmax(-1)
        out["recordings"][clip_name] = {"case": case, "segments": segments, "ids": ids[0].tolist(),
            "values": [[round(float(v), 5) for v in row[::PROBED]] for row in logits]}
        print(name, clip_name, case, segments[0]["tokens"][:12] if segments else segments, flush=True)
        with open(part, "w") as file:
            json.dump(out["recordings"], file)
    if name == "small":
        out["long"] = {}
        order = sorted(clip for clip in clips if clip != "long-silence")
        for number, (title, (seconds, conditioned)) in enumerate(LONG.items()):
            audio = np.concatenate([clips[clip] for clip in order[13 * number:] + order[: 13 * number]])
            audio = np.resize(audio, 16000 * seconds)
            features = extractor(audio, sampling_rate=16000, truncation=False, padding="longest", return_attention_mask=True, return_tensors="pt")
            with torch.no_grad():
                result = model.generate(features.input_features, language="en", task="transcribe", return_timestamps=True,
                                        max_new_tokens=NEW_TOKENS, return_segments=True, condition_on_prev_tokens=conditioned)
            out["long"][title] = {"seconds": seconds, "conditioned": conditioned, "first": 13 * number, "segments": segments_of(result)}
            print(name, title, len(out["long"][title]["segments"]), flush=True)
    folder = os.path.join(HERE, "golden", "speech")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")
    if os.path.exists(part):
        os.remove(part)


if __name__ == "__main__":
    for name in sys.argv[1:] or WANTED:
        golden(name)
