#!/usr/bin/env python3
"""Small tokenizers of every kind that is served, and the token ids that transformers gives 2 000 strings.

    python make_tokenizer_golden.py                writes golden/tokenizers
    python make_tokenizer_golden.py --minilm DIR   ids by the real tokenizer of all-MiniLM-L6-v2 in DIR

Trained on tokenizer_corpus.py: WordPiece (BERT's, uncased and cased; MPNet's), byte-level BPE (RoBERTa's), Unigram with
sentencepiece's nmt_nfkc (XLM-R's), with SigLIP's canonical texts, and BPE with byte fallback (Gemma's, SigLIP 2's). Files are gzip.
Needs transformers, tokenizers, sentencepiece.
"""
import argparse, base64, gzip, json, os, tempfile
import sentencepiece
import sentencepiece.sentencepiece_model_pb2 as spm_pb2
import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizer_corpus import DECLARATION, strings

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "golden", "tokenizers")
COUNT = 2000
# Every other character of the texts, each a word of its own: one half of each script is known, the other is not.
TEXTS = strings(COUNT)
CHARACTERS = [" ".join(sorted({c for text in TEXTS for c in text if not c.isspace() and c.isprintable()})[::2])]
CORPUS = DECLARATION + CHARACTERS
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def wordpiece(lower):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=lower)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=9000, limit_alphabet=8000, special_tokens=special, show_progress=False))
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made, dict(tokenizer_class="BertTokenizer", do_lower_case=lower, model_max_length=512)


def mpnet():
    special = ["<s>", "<pad>", "</s>", "<unk>", "[UNK]", AddedToken("<mask>", lstrip=True)]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=7000, limit_alphabet=6000, special_tokens=special, show_progress=False))
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    return made, dict(tokenizer_class="MPNetTokenizer", do_lower_case=True, model_max_length=512, mask_token="<mask>", unk_token="[UNK]")


def byte_level():
    special = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)]
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(DECLARATION, trainers.BpeTrainer(vocab_size=1500, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    return made, dict(tokenizer_class="RobertaTokenizer", model_max_length=512)


def sentencepieces(vocabulary, **options):
    with tempfile.TemporaryDirectory() as folder:
        corpus = os.path.join(folder, "corpus.txt")
        with open(corpus, "w") as file:
            file.write("\n".join(CORPUS))
        prefix = os.path.join(folder, "spm")
        sentencepiece.SentencePieceTrainer.train(input=corpus, model_prefix=prefix, vocab_size=vocabulary, model_type="unigram", character_coverage=1.0, max_sentence_length=1000000, hard_vocab_limit=False,
                                                 minloglevel=2, **options)
        proto = spm_pb2.ModelProto()
        with open(prefix + ".model", "rb") as file:
            proto.ParseFromString(file.read())
    return proto


def xlm_roberta():
    proto = sentencepieces(11000, normalization_rule_name="nmt_nfkc")
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)] + [(p.piece, p.score) for p in proto.pieces[3:]] + [("<mask>", 0.0)]
    made = Tokenizer(models.Unigram(pieces, unk_id=3))
    made.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False)])
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return made, dict(tokenizer_class="XLMRobertaTokenizer", model_max_length=512)


def siglip():
    proto = sentencepieces(11000, normalization_rule_name="nmt_nfkc_cf", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    made = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=2))
    made.normalizer = normalizers.Sequence([
        normalizers.Lowercase(), normalizers.Replace(Regex("[" + "".join("\\" + c for c in PUNCTUATION) + "]"), ""),
        normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip(), normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.add_special_tokens([AddedToken(token, lstrip=True, rstrip=True, normalized=False) for token in ("</s>", "<unk>")])
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return made, dict(tokenizer_class="TokenizersBackend", model_max_length=64, pad_token="</s>", eos_token="</s>", unk_token="<unk>", padding_side="right")


def gemma():
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    source = Tokenizer(models.BPE())
    source.normalizer = normalizers.Replace(" ", "▁")
    source.train_from_iterator([line.lower() for line in CORPUS], trainers.BpeTrainer(vocab_size=6000, show_progress=False, max_token_length=12))
    trained = json.loads(source.to_str())["model"]
    vocab = {}
    for token in [*special, *fallback, "\n", "\n\n", "\t", "<b>", *sorted(trained["vocab"], key=trained["vocab"].get)]:
        vocab.setdefault(token, len(vocab))
    made = Tokenizer(models.BPE(vocab=vocab, merges=[tuple(m) for m in trained["merges"]], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    made.add_special_tokens(special)
    made.add_tokens([AddedToken(token, normalized=False) for token in ("\n\n", "\t", "<b>")])
    made.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    return made, dict(tokenizer_class="Siglip2Tokenizer", model_max_length=64, padding_side="right", pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>")


KINDS = {"bert-uncased": lambda: wordpiece(True), "bert-cased": lambda: wordpiece(False), "mpnet": mpnet, "roberta": byte_level,
         "xlm-roberta": xlm_roberta, "siglip": siglip, "siglip2": gemma}


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        file.write(value.encode("utf-8"))


def put_ids(name, tokenizer, texts, length):
    ids = [tokenizer(text, truncation=True, max_length=length)["input_ids"] for text in texts]
    untruncated = [len(tokenizer(text, truncation=False)["input_ids"]) for text in texts]
    write(os.path.join(TARGET, f"{name}.ids.json.gz"), json.dumps({
        "made_by": "tools/reference/make_tokenizer_golden.py", "class": type(tokenizer).__name__, "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__, "max_length": length, "ids": ids, "untruncated": untruncated}, separators=(",", ":")))
    print(name, type(tokenizer).__name__, sum(map(len, ids)), "ids; unknown", sum(row.count(tokenizer.unk_token_id) for row in ids))
    return ids


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minilm", metavar="DIR", help="directory of all-MiniLM-L6-v2")
    args = parser.parse_args()
    texts = TEXTS
    assert len(texts) == COUNT
    if args.minilm:
        put_ids("minilm", transformers.AutoTokenizer.from_pretrained(args.minilm), texts, 256)
    else:
        write(os.path.join(TARGET, "texts.json.gz"), json.dumps(texts))
        for name, make in KINDS.items():
            made, config = make()
            write(os.path.join(TARGET, f"{name}.tokenizer.json.gz"), made.to_str())
            write(os.path.join(TARGET, f"{name}.tokenizer_config.json.gz"), json.dumps(config))
            length = config["model_max_length"]
            with tempfile.TemporaryDirectory() as folder:
                made.save(os.path.join(folder, "tokenizer.json"))
                with open(os.path.join(folder, "tokenizer_config.json"), "w") as file:
                    json.dump(config, file)
                loaded = getattr(transformers, config["tokenizer_class"], transformers.PreTrainedTokenizerFast).from_pretrained(folder)
            ids = put_ids(name, loaded, texts, length)
            made.enable_truncation(length)
            if (lowered := name == "siglip2"):
                made.normalizer = normalizers.Sequence([normalizers.Lowercase(), made.normalizer])
            same = sum(made.encode(text).ids == row for text, row in zip(texts, ids))
            print("  as tokenizer.json alone says:", same, "of", COUNT)
