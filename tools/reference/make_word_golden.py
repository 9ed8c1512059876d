#!/usr/bin/env python3
"""Times of tokens and words by HuggingFace's Whisper, for the parity tests beside this script.

    python make_word_golden.py times              writes golden/words/times-NAME.json
    python make_word_golden.py words TIKTOKEN     writes golden/words/words.json

`times`: `WhisperForConditionalGeneration.generate(return_token_timestamps=True)` with the synthetic weights of make_transcription_golden.py.
`words`: which tokens are a word, by the rules that the pipeline of transformers applies. TIKTOKEN: `whisper/assets/multilingual.tiktoken` of
github.com/openai/whisper 20250625 (MIT), Whisper's vocabulary, of which the golden file holds the tokens that it needs. Needs torch, transformers and numpy.
"""
import base64, json, os, random, sys
import numpy as np
import torch
import transformers
from transformers import WhisperFeatureExtractor
from make_transcription_golden import HERE, NEW_TOKENS, PROMPT, SHAPES, generation_json, model_of
from make_whisper_golden import recordings

# Layers and heads: some of several layers.
HEADS = {
    "small": [[0, 1], [1, 0], [1, 1]],
    "turbo": [[2, 3], [3, 0], [3, 2]],
}
CASES = {
    "plain": dict(language="en", task="transcribe"),
    "timestamps": dict(language="de", task="transcribe", return_timestamps=True),
    "prompt": dict(language="en", task="transcribe", return_timestamps=True, prompt=True),
    "beam": dict(language="en", task="transcribe", num_beams=5, return_timestamps=True),
}
# Of these, so many samples: the times end with the recording. None: all of it.
CLIPS = {"speech-a": None, "speech-b": 16000 * 3 + 333, "mixture": 16000 * 2 + 160, "noise": None, "full-context": None}
LONG = ("speech-a", "silence", "speech-b", "piano", "mixture", "noise")


def versions(script):
    return dict(made_by=f"tools/reference/make_word_golden.py {script}", torch=torch.__version__, transformers=transformers.__version__)


def write(name, out):
    os.makedirs(os.path.join(HERE, "golden", "words"), exist_ok=True)
    with open(os.path.join(HERE, "golden", "words", f"{name}.json"), "w") as file:
        json.dump(out, file, separators=(",", ":"), ensure_ascii=False)
        file.write("\n")


def timed(result):
    return [dict(start=round(float(s["start"]), 2), end=round(float(s["end"]), 2), tokens=s["tokens"].tolist(),
                 times=[round(float(t), 2) for t in s["token_timestamps"]]) for s in result["segments"][0]]


def times(name):
    torch.set_num_threads(2)
    size = SHAPES[name]
    model = model_of(size)
    model.generation_config.alignment_heads = HEADS[name]
    extractor = WhisperFeatureExtractor(feature_size=size["num_mel_bins"])
    more = size["vocab_size"] - 51865
    prompt = torch.tensor([PROMPT[0] + more] + PROMPT[1:])
    clips = recordings(extractor.n_samples)
    keep = ("architectures", "model_type", "activation_function", "d_model", "encoder_layers", "encoder_attention_heads", "encoder_ffn_dim",
            "decoder_layers", "decoder_attention_heads", "decoder_ffn_dim", "num_mel_bins", "vocab_size", "max_source_positions",
            "max_target_positions", "scale_embedding", "median_filter_width")
    config = {key: value for key, value in model.config.to_dict().items() if key in keep}
    config["architectures"] = ["WhisperForConditionalGeneration"]
    generation = {**generation_json(size["vocab_size"]), "alignment_heads": HEADS[name]}
    out = dict(config=config, generation=generation, newTokens=NEW_TOKENS, prompt=prompt.tolist(), recordings={}, **versions("times"))
    for clip, samples in CLIPS.items() if name == "small" else [("speech-b", CLIPS["speech-b"])]:
        features = extractor(clips[clip][:samples], sampling_rate=16000, return_attention_mask=True, return_tensors="pt")
        entry = {"samples": samples}
        for case, options in CASES.items():
            options = dict(options)
            if options.pop("prompt", False):
                options["prompt_ids"] = prompt
            with torch.no_grad():
                entry[case] = timed(model.generate(
                    **features, max_new_tokens=NEW_TOKENS, return_segments=True, return_token_timestamps=True, **options))
        out["recordings"][clip] = entry
        print(name, clip, {case: entry[case][0]["times"] for case in CASES if entry[case]}, flush=True)
    audio = np.resize(np.concatenate([clips[clip] for clip in LONG]), 16000 * 70 + 777)
    features = extractor(audio, sampling_rate=16000, truncation=False, padding="longest", return_attention_mask=True, return_tensors="pt")
    with torch.no_grad():
        out["long"] = timed(model.generate(**features, language="en", task="transcribe", return_timestamps=True, max_new_tokens=NEW_TOKENS,
                                           return_segments=True, return_token_timestamps=True))
    print(name, "long", len(out["long"]))
    write(f"times-{name}", out)


TEXTS = {
    "english": [" And so, my fellow Americans: ask not what your country can do for you!", " \"Hello,\" she said -- 'why not?' (He didn't know.)",
                " It costs $3.50 (or 2,99 €) at 10:30... e.g. [music] {x} #1 & co.", " -- What? -- No!", "No space first, then 'quoted' words.",
                " naïve café — “curly” ‘quotes’ ¿qué? ¡hola!", " 👩‍👩‍👧 family 🎉🎉 emoji, and 𝔘nicode.", " a  b   c", " "],
    "german": [" Straße, Übermut und »Gänsefüßchen«: das ist's."],
    "french": [" L'été, c'est-à-dire « aujourd'hui » !"],
    "russian": [" Привет, мир! Как дела?"],
    "japanese": ["こんにちは、世界。元気ですか？", "「はい」と言った。"],
    "chinese": ["你好，世界！今天（星期一）天气很好。", "龘靐齉"],
    "thai": ["สวัสดีครับ ผมชื่อทริปติก"],
    "korean": [" 안녕하세요, 세계! 잘 지내세요?"],
    "cantonese": ["你食咗飯未呀？"],
}


def words(tiktoken):
    from transformers.models.whisper.tokenization_whisper import TO_LANGUAGE_CODE, WhisperTokenizer, _collate_word_timestamps
    from transformers.convert_slow_tokenizer import bytes_to_unicode
    characters = bytes_to_unicode()
    with open(tiktoken) as file:
        ranks = {base64.b64decode(piece): int(rank) for piece, rank in (line.split() for line in file) if piece != "="}
    text_of = lambda piece: "".join(characters[byte] for byte in piece)
    vocabulary = {text_of(piece): rank for piece, rank in ranks.items()}
    tokenizer = WhisperTokenizer(vocab={**vocabulary, "<|endoftext|>": 50257}, merges=[])
    piece_of = {rank: piece for piece, rank in ranks.items()}

    def encode(text):
        """Neighbours merge by rank, as byte-pair encoding does; without the words before, which makes pieces across words possible."""
        pieces = [bytes([byte]) for byte in text.encode()]
        while True:
            best = min(((ranks.get(a + b, 1 << 30), i) for i, (a, b) in enumerate(zip(pieces, pieces[1:]))), default=(1 << 30, 0))
            if best[0] == 1 << 30:
                return [ranks[piece] for piece in pieces]
            pieces[best[1] : best[1] + 2] = [pieces[best[1]] + pieces[best[1] + 1]]

    rows = [(language, encode(text)) for language, texts in TEXTS.items() for text in texts]
    # Single bytes, cut characters, and what follows by chance.
    rows += [(language, [ranks[bytes([byte])] for byte in text.encode()])
             for language, text in (("english", " é — 🎉"), ("japanese", "世界。"))]
    rows += [("english", encode(" cut 🎉")[:-1]), ("japanese", encode("世界龘")[:-1]), ("english", [])]
    draw = random.Random(5)
    punctuation = [encode(text)[0] for text in (" \"", "'", ".", ",", " (", ")", "。", "！", " -", "]", "、", " ", "¿", " “", "”")]
    for i in range(24):
        row = [draw.choice(punctuation) if draw.random() < 0.4 else draw.randrange(20000) for _ in range(20)]
        rows.append((draw.choice(["english", "japanese"]), row))
    out = dict(vocabulary={}, rows=[], origin="whisper/assets/multilingual.tiktoken of github.com/openai/whisper 20250625 (MIT)", **versions("words"))
    for language, ids in rows:
        # A token's time is its index, so that a word's says which tokens it is made of.
        times = [(i, i + 1) for i in range(len(ids))]
        found = _collate_word_timestamps(tokenizer, ids, times, language, False)
        out["vocabulary"].update({text_of(piece_of[i]): i for i in ids})
        out["rows"].append(dict(language=TO_LANGUAGE_CODE[language], tokens=ids, words=[[w["text"], *w["timestamp"]] for w in found]))
    print(len(out["rows"]), "rows,", len(out["vocabulary"]), "tokens")
    write("words", out)


if __name__ == "__main__":
    if sys.argv[1:2] == ["words"]:
        words(sys.argv[2])
    else:
        for name in HEADS:
            times(name)
