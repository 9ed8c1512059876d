#!/usr/bin/env python3
"""Token ids of SigLIP's texts as AutoTokenizer gives them from a checkpoint's folder, filled up to 64 tokens.

    python make_siglip_tokenizer_golden.py   writes golden/tokenizers/siglip

SigLIP 1's checkpoints name SiglipTokenizer: it runs sentencepiece over spiece.model, and takes no steps of the tokenizer.json beside it. The
model is trained as SigLIP's was (nmt_nfkc; pad 0, end 1, unknown 2), and its tokenizer.json is what transformers' SpmConverter makes of it.
Its compiled normalisation, most of its size, is left out of the file: it is that of xlm-roberta.tokenizer.json.gz, to the byte.
filled.json.gz has some of the strings for every class that a checkpoint of SigLIP or SigLIP 2 names, and both sides of filling up.
Needs transformers, tokenizers, sentencepiece, protobuf.
"""
import base64, gzip, json, os, random, tempfile, warnings
import sentencepiece
import tokenizers
import transformers
from transformers import AutoTokenizer, SiglipTokenizer
from transformers.convert_slow_tokenizer import SpmConverter, T5Converter
from make_tokenizer_golden import TARGET, TEXTS, sentencepieces, write
from tokenizer_corpus import DECLARATION, PIECES

NAME = "siglip/sentencepiece"
LENGTH = 64
CONFIG = dict(tokenizer_class="SiglipTokenizer", do_lower_case=True, model_max_length=LENGTH, pad_token="</s>", eos_token="</s>", unk_token="<unk>")
# What stands beside added tokens, what sentencepiece takes for a space, and marks that its normalisation joins with what is before them.
HARD = ["</s>", "</s> ", " <unk>", "<unk>", "</S>", "<pad>", "▁", "▁▁", "\u200b", "\ufeff", "\u3000", "\t", "...", "'", "!", "！", "Σ", "ΑΣ", "¨", "ﷺ", "\u0301", "e\u0301", "\u1100", "\u1161", "\u11a8",
        "ｶ", "ﾞ", "ハ", "\u3099", "\u2028", "\u0000", "\u001f", "İ"]


class Converter(SpmConverter):
    post_processor = T5Converter.post_processor


def mixtures(count):
    """Words among what is hard."""
    draw = random.Random(13)
    words = [word for line in DECLARATION for word in line.split()]
    part = lambda: draw.choice(draw.choices([words, HARD, PIECES], [3, 5, 1])[0])
    return ["".join(part() + draw.choice(["", "", " ", "  "]) for _ in range(draw.randint(1, 12))) for _ in range(count)]


def unpacked(name):
    with gzip.open(os.path.join(TARGET, f"{name}.json.gz"), "rt") as file:
        return json.load(file)


def checkpoint(folder, tokenizer, config):
    """A folder with a tokenizer of the golden files, but for its weights."""
    for name, value in [("config", dict(model_type="siglip")), ("tokenizer", tokenizer), ("tokenizer_config", config)]:
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(value, file)
    return folder


def filled(tokenizer, texts):
    return [tokenizer(text, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"] for text in texts]


def put(name, value):
    versions = dict(transformers=transformers.__version__, sentencepiece=sentencepiece.__version__, tokenizers=tokenizers.__version__)
    write(os.path.join(TARGET, f"{name}.json.gz"), json.dumps({"made_by": "tools/reference/make_siglip_tokenizer_golden.py", **versions, **value}, separators=(",", ":")))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    proto = sentencepieces(11000, normalization_rule_name="nmt_nfkc", pad_id=0, eos_id=1, unk_id=2, bos_id=-1, required_chars=">")
    charsmap = unpacked("xlm-roberta.tokenizer")["normalizer"]["precompiled_charsmap"]
    assert base64.b64decode(charsmap) == proto.normalizer_spec.precompiled_charsmap
    some = [*TEXTS[:40], *TEXTS[-9:], *TEXTS[90:2000:40], *mixtures(40)]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "spiece.model"), "wb") as file:
            file.write(proto.SerializeToString())
        slow = SiglipTokenizer(os.path.join(folder, "spiece.model"))
        made = Converter(slow).converted()
        made.add_special_tokens(list(slow.added_tokens_decoder.values()))
        whole = json.loads(made.to_str())
        loaded = AutoTokenizer.from_pretrained(checkpoint(folder, whole, CONFIG))
        assert type(loaded) is SiglipTokenizer
        texts = [*TEXTS, *mixtures(400)]
        ids = filled(loaded, texts)
        put(f"{NAME}.ids", {"class": type(loaded).__name__, "max_length": LENGTH, "more_texts": texts[len(TEXTS):], "ids": ids, "untruncated": [len(loaded(text)["input_ids"]) for text in texts]})
        print(NAME, sum(map(len, ids)), "ids; unknown", sum(row.count(loaded.unk_token_id) for row in ids), [(t["id"], t["content"]) for t in whole["added_tokens"]])
        at_left = AutoTokenizer.from_pretrained(checkpoint(folder, whole, {**CONFIG, "padding_side": "left"}))
        cases = [{"tokenizer": NAME, "config": {**CONFIG, "padding_side": "left"}, "class": type(at_left).__name__, "ids": filled(at_left, some)}]
    bare = json.loads(json.dumps(whole).replace(charsmap, ""))
    write(os.path.join(TARGET, f"{NAME}.tokenizer.json.gz"), json.dumps(bare, ensure_ascii=False))
    write(os.path.join(TARGET, f"{NAME}.tokenizer_config.json.gz"), json.dumps(CONFIG))
    for name, kind, sides in [("siglip2", "Siglip2Tokenizer", ["right", None]), ("siglip2", "GemmaTokenizer", ["right", None]), ("siglip2", "GemmaTokenizerFast", ["left"]), ("siglip", "TokenizersBackend", ["right", "left"])]:
        for side in sides:
            config = {**unpacked(f"{name}.tokenizer_config"), "tokenizer_class": kind, "padding_side": side}
            if side is None:
                config = {key: value for key, value in config.items() if key not in ("padding_side", "pad_token")}
            with tempfile.TemporaryDirectory() as folder:
                tokenizer = AutoTokenizer.from_pretrained(checkpoint(folder, unpacked(f"{name}.tokenizer"), config))
            cases.append({"tokenizer": name, "config": config, "class": type(tokenizer).__name__, "ids": filled(tokenizer, some)})
    put("siglip/filled", {"max_length": LENGTH, "texts": some, "cases": cases})
    for case in cases:
        print(case["tokenizer"], case["config"]["tokenizer_class"], case["class"], case["config"].get("padding_side"), case["ids"][0][:2], case["ids"][0][-2:])
