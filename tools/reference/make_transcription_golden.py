#!/usr/bin/env python3
"""Tokens and segments of HuggingFace's Whisper with synthetic weights, for the parity tests beside this script.

    python make_transcription_golden.py        writes golden/transcription/NAME.json

Needs torch, transformers and numpy; the project itself never runs it.
"""
import json, os, sys
import numpy as np
import torch
import transformers
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from make_whisper_golden import recordings
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
# Official shapes are slow here: `small` has all recordings, the others a few. `turbo` has the mels and the vocabulary of large-v3-turbo.
SHAPES = {
    "small": dict(d_model=128, encoder_layers=2, encoder_attention_heads=2, num_mel_bins=80, decoder_layers=2, vocab_size=51865),
    "turbo": dict(d_model=128, encoder_layers=2, encoder_attention_heads=4, num_mel_bins=128, decoder_layers=4, vocab_size=51866),
    "tiny": dict(d_model=384, encoder_layers=4, encoder_attention_heads=6, num_mel_bins=80, decoder_layers=4, vocab_size=51865),
}
FEW = ["speech-b", "mixture"]
NEW_TOKENS = 20


def generation_json(vocabulary):
    """Ids as the official multilingual checkpoints of 99 or 100 languages have them, with few of the languages' names."""
    more = vocabulary - 51865
    codes = ["en", "zh", "de", "es", "ru", "ko", "fr", "ja"]
    return {
        "decoder_start_token_id": 50258, "eos_token_id": 50257, "pad_token_id": 50257, "bos_token_id": 50257,
        "is_multilingual": True, "lang_to_id": {f"<|{code}|>": 50259 + i for i, code in enumerate(codes)},
        "task_to_id": {"translate": 50358 + more, "transcribe": 50359 + more}, "prev_sot_token_id": 50361 + more,
        "no_timestamps_token_id": 50363 + more, "max_initial_timestamp_index": 50, "max_length": 448,
        "begin_suppress_tokens": [220, 50257],
        "suppress_tokens": [1, 2, 7, 8, 9, 10, 14, 25, 50254] + [i + more for i in (50358, 50359, 50360, 50361, 50362)] + [50258],
        "return_timestamps": False,
    }


def model_of(size):
    config = WhisperConfig(
        **size, encoder_ffn_dim=4 * size["d_model"], decoder_ffn_dim=4 * size["d_model"], max_source_positions=1500, max_target_positions=448,
        decoder_attention_heads=size["encoder_attention_heads"], pad_token_id=50257, bos_token_id=50257, eos_token_id=50257,
        decoder_start_token_id=50258, suppress_tokens=None, begin_suppress_tokens=None)
    model = WhisperForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, parameter in model.model.named_parameters():
            if name != "encoder.embed_positions.weight":
                parameter.copy_(torch.from_numpy(synthetic(name, tuple(parameter.shape))))
    model.generation_config = GenerationConfig.from_dict(generation_json(size["vocab_size"]))
    return model


PROMPT = [50361, 1029, 11, 257, 2331, 13]
CASES = {
    "greedy": dict(language="en", task="transcribe"),
    "detected": dict(),
    "translate": dict(language="fr", task="translate"),
    "timestamps": dict(language="de", task="transcribe", return_timestamps=True),
    "prompt": dict(language="en", task="transcribe", prompt=True),
    "beam": dict(language="en", task="transcribe", num_beams=5),
    "beam-timestamps": dict(language="en", task="transcribe", num_beams=5, return_timestamps=True),
}


def segments_of(result):
    return [dict(start=float(s["start"]), end=float(s["end"]), tokens=s["tokens"].tolist()) for s in result["segments"][0]]


def write(name, out):
    with open(os.path.join(HERE, "golden", "transcription", f"{name}.json"), "w") as file:
        json.dump(out, file, separators=(",", ":"))
        file.write("\n")


def golden(name, size):
    torch.set_num_threads(2)
    model = model_of(size)
    extractor = WhisperFeatureExtractor(feature_size=size["num_mel_bins"])
    more = size["vocab_size"] - 51865
    prompt = torch.tensor([PROMPT[0] + more] + PROMPT[1:])
    clips = recordings(extractor.n_samples)
    out = {"config": model.config.to_dict(), "generation": generation_json(size["vocab_size"]), "newTokens": NEW_TOKENS,
           "prompt": prompt.tolist(), "recordings": {},
           "made_by": "tools/reference/make_transcription_golden.py", "torch": torch.__version__, "transformers": transformers.__version__}
    for key in list(out["config"]):
        if key not in ("architectures", "model_type", "activation_function", "d_model", "encoder_layers", "encoder_attention_heads",
                       "encoder_ffn_dim", "decoder_layers", "decoder_attention_heads", "decoder_ffn_dim", "num_mel_bins", "vocab_size",
                       "max_source_positions", "max_target_positions", "scale_embedding"):
            del out["config"][key]
    out["config"]["architectures"] = ["WhisperForConditionalGeneration"]
    for clip_name in clips if name == "small" else FEW:
        mel = extractor(clips[clip_name], sampling_rate=16000, return_tensors="pt").input_features
        entry = {}
        for case, options in CASES.items():
            options = dict(options)
            if options.pop("prompt", False):
                options["prompt_ids"] = prompt
            with torch.no_grad():
                result = model.generate(mel, max_new_tokens=NEW_TOKENS, return_segments=True, **options)
            entry[case] = segments_of(result)
        with torch.no_grad():
            ids = torch.tensor([[50258, 50259, 50359 + more, 50363 + more] + entry["greedy"][0]["tokens"][:8]])
            logits = model(mel, decoder_input_ids=ids).logits[0].log_softmax(-1)
            entry["language"] = int(model.detect_language(mel)[0])
            entry["logprobs"] = {"ids": ids[0].tolist(), "tokens": list(range(0, size["vocab_size"], 977)),
                                 "values": [[round(float(v), 5) for v in row[::977]] for row in logits]}
            entry["noSpeech"] = float(model(mel, decoder_input_ids=ids[:, :1]).logits[0, 0].softmax(-1)[50362 + more])
        out["recordings"][clip_name] = entry
        print(name, clip_name, {k: sum(len(s["tokens"]) for s in v) for k, v in entry.items() if k in CASES}, flush=True)
    write(name, out)
    if name == "tiny":
        return
    # Longer than the context: the sliding algorithm, with temperature 0 and conditioning on what was said before.
    audio = np.concatenate([clips[c] for c in ("speech-a", "silence", "speech-b", "piano", "mixture", "noise")])
    audio = np.resize(audio, 16000 * 70 + 777)
    features = extractor(audio, sampling_rate=16000, truncation=False, padding="longest", return_attention_mask=True, return_tensors="pt")
    out["long"] = {}
    for case, options in {"plain": {}, "conditioned": dict(condition_on_prev_tokens=True)}.items():
        with torch.no_grad():
            result = model.generate(features.input_features, language="en", task="transcribe", return_timestamps=True,
                                    max_new_tokens=NEW_TOKENS, return_segments=True, **options)
        out["long"][case] = segments_of(result)
        print(name, "long", case, len(out["long"][case]), flush=True)
    write(name, out)


if __name__ == "__main__":
    for name in sys.argv[1:] or SHAPES:
        golden(name, SHAPES[name])
