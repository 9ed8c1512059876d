#!/usr/bin/env python3
"""Reference outputs of HuggingFace's CLIP, for the parity tests beside this script.

    python make_clip_golden.py --demo DIR

Writes golden/clip/*.safetensors (hidden states, pooled and projected vectors, logits) for the demo checkpoint and for
synthetic ones of official sizes, and golden/clip/tokens.json (token ids of many strings by the demo's CLIPTokenizer).
Needs torch, transformers, safetensors, Pillow and numpy; each file says what it was made with.
"""
import argparse, json, os
import numpy as np
import torch
import transformers
import tokenizers
from PIL import Image
from safetensors.numpy import save_file
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from synthetic import synthetic

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "golden", "clip")
IMAGES = ["photo-420.jpg", "rgba.png", "palette.png", "lossless.webp", "panorama.png", "noise.png", "grey.jpg", "enlarged.png"]
TEXTS = ["a picture of a pizza", "a sailboat", "two cats sleeping on a pink couch near a window in the morning", "", "🍕", "rocket"]
STATE_IMAGES, STATE_TEXTS = 3, 3


def size(vision, text, projection, patch, activation):
    layers, width = vision
    text_layers, text_width = text
    return dict(
        projection_dim=projection,
        vision_config=dict(hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
                           num_attention_heads=width // 64, image_size=224, patch_size=patch, hidden_act=activation,
                           projection_dim=projection),
        text_config=dict(hidden_size=text_width, intermediate_size=4 * text_width, num_hidden_layers=text_layers,
                         num_attention_heads=text_width // 64, max_position_embeddings=77, vocab_size=49408,
                         hidden_act=activation, projection_dim=projection, bos_token_id=0, eos_token_id=2, pad_token_id=1))


SYNTHETIC = {
    "b32": size((12, 768), (12, 512), 512, 32, "quick_gelu"),
    "b16": size((12, 768), (12, 512), 512, 16, "gelu"),
    "l14": size((24, 1024), (12, 768), 768, 14, "quick_gelu"),
}


def synthetic_model(fields):
    with torch.device("meta"):
        model = CLIPModel(CLIPConfig(**fields))
    model = model.to_empty(device="cpu").eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(np.asarray(synthetic(name, tuple(parameter.shape)))))
        for tower in (model.vision_model, model.text_model):
            ids = tower.embeddings.position_ids
            ids.copy_(torch.arange(ids.shape[1]).expand(1, -1))
    return model


def synthetic_ids():
    """Texts of a vocabulary that has no tokenizer here: start, words, and the end, which has the highest id."""
    draw = np.random.default_rng(3)
    lengths = [1, 5, 8, 30, 75, 12]
    return [[49406, *draw.integers(0, 49000, n).tolist(), 49407] for n in lengths]


def picked(length):
    return np.unique(np.linspace(0, length - 1, min(5, length)).astype(np.int64))


def golden(name, model, ids, weights):
    fields = model.config.to_dict()
    # Where the checkpoint lay is nobody's business.
    for part in (fields, fields["vision_config"], fields["text_config"]):
        part.pop("_name_or_path", None)
    edge = fields["vision_config"]["image_size"]
    processor = CLIPImageProcessorPil(size={"shortest_edge": edge}, crop_size={"height": edge, "width": edge})
    tensors = {}
    put = lambda key, value: tensors.__setitem__(key, np.ascontiguousarray(value))
    image_vectors, text_vectors = [], []
    with torch.no_grad():
        for i, file in enumerate(IMAGES):
            image = Image.open(os.path.join(HERE, "images", file)).convert("RGB")
            pixels = processor(image, input_data_format="channels_last", return_tensors="pt")["pixel_values"]
            out = model.vision_model(pixel_values=pixels, output_hidden_states=True)
            projected = model.visual_projection(out.pooler_output)
            image_vectors.append(projected)
            rows = picked(out.last_hidden_state.shape[1])
            put(f"{file}/rows", rows)
            put(f"{file}/tokens", out.last_hidden_state[0].numpy()[rows])
            put(f"{file}/pooled", out.pooler_output[0].numpy())
            put(f"{file}/projected", projected[0].numpy())
            if i < STATE_IMAGES:
                for k, state in enumerate(out.hidden_states):
                    put(f"{file}/state_{k}", state[0].numpy()[rows])
        for i, sequence in enumerate(ids):
            out = model.text_model(input_ids=torch.tensor([sequence]), output_hidden_states=True)
            projected = model.text_projection(out.pooler_output)
            text_vectors.append(projected)
            rows = picked(len(sequence))
            put(f"text-{i}/ids", np.asarray(sequence, dtype=np.int64))
            put(f"text-{i}/rows", rows)
            put(f"text-{i}/tokens", out.last_hidden_state[0].numpy()[rows])
            put(f"text-{i}/pooled", out.pooler_output[0].numpy())
            put(f"text-{i}/projected", projected[0].numpy())
            if i < STATE_TEXTS:
                for k, state in enumerate(out.hidden_states):
                    put(f"text-{i}/state_{k}", state[0].numpy()[rows])
        unit = lambda vectors: torch.nn.functional.normalize(torch.cat(vectors), dim=-1)
        logits = model.logit_scale.exp() * unit(image_vectors) @ unit(text_vectors).T
    put("all/logits_per_image", logits.numpy())
    path = os.path.join(TARGET, f"{name}.safetensors")
    save_file(tensors, path, metadata={
        "model": name, "weights": weights, "config": json.dumps(fields),
        "images": json.dumps(IMAGES), "made_by": "tools/reference/make_clip_golden.py",
        "torch": torch.__version__, "transformers": transformers.__version__, "numpy": np.__version__})
    print(path, os.path.getsize(path))


def strings():
    """Everyday texts, and what tokenizers stumble over."""
    labels = ["pizza", "sailboat", "snowman without snow", "fire engine", "honeybee", "volcano", "hourglass done"]
    templates = ["{}", "a picture of a {}", "An Emoji of {}!", "{}, {}", "the {}'s", "PHOTO: {} (2024)", "don't {} it, they'll {}", "{}\n\t{}"]
    texts = [t.replace("{}", label) for label in labels for t in templates]
    texts += ["", " ", "\n", "\t \r\n ", "a", "A", ".", "...", "!!??", "1", "12345", "3.14", "1,000,000", "$5.99", "50%", "#tag", "@user", "a_b-c", "a/b\\c",
              "it's we've I'm you'll they'd can't won't", "IT'S WE'VE", "'s 't 're", "''''", "\"quoted\"", "(brackets) [and] {braces}",
              "hello   world", "  leading", "trailing  ", "tab\there", "new\nline", "a\u00a0b", "a\u2003b", "a\u200bb", "\ufeffbom", "zero\u0000byte",
              "\u0001\u0002\u001f", "\u007f", "bell\u0007", "caf\u00e9", "cafe\u0301", "\u00c5ngstr\u00f6m", "A\u030angstro\u0308m", "na\u00efve", "\u00dcBER", "stra\u00dfe STRASSE",
              "\u0130stanbul", "I\u0307", "\u01c5", "\ufb01ne", "\u2126hm", "\u212b", "\u00b5m", "x\u00b2", "\u00bd cup", "\u2160\u2161\u2162", "\u2460",
              "日本語のテキスト", "中文字符", "한국어 텍스트", "ありがとう", "カタカナ ｶﾀｶﾅ", "русский текст", "ελληνικά ΣΊΣΥΦΟΣ", "עברית", "العربية", "हिन्दी", "ไทย", "ქართული",
              "🍕", "🍕🍕🍕", "a 🍕 b", "👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "❤️", "☃", "☃️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\U0001f9d1\u200d\U0001f680", "¯\\_(ツ)_/¯", "( ͡° ͜ʖ ͡°)",
              "Z̷̨a̶l̵g̸o̴", "ﷺ", "\u202eright to left", "\ud7ff\ue000", "\U0010ffff", "𝔣𝔯𝔞𝔨𝔱𝔲𝔯", "ｆｕｌｌｗｉｄｔｈ", "①②③", "٣٤٥", "१२३", "ⅷ", "²³",
              "<|startoftext|>", "<|endoftext|>", "a <|endoftext|> b", "<|startoftext|>a<|endoftext|>", "<|endoftext", "< |endoftext| >", "<|ENDOFTEXT|>", "</w>", "a</w>b",
              "https://example.com/a?b=c&d=%20", "user@example.com", "C++ and C#", "x = y ** 2 + z // 3", "<b>bold</b>", "&amp; &lt;", "\\u0041", "%s %d", "null", "NaN",
              "supercalifragilisticexpialidocious", "a" * 40, "ab" * 60, "the " * 40, "word " * 100, "🍕" * 40, "漢" * 50, "1" * 50, "." * 60, "a.b" * 30, "é" * 45,
              "a photo of " + ", ".join(labels), "A very long caption that goes on and on about a red fire engine next to a sailboat under a volcano at night while it snows gently over the quiet harbour town",
              "MiXeD CaSe TeXt", "snake_case_and-kebab-case", "camelCaseText", "tokenizer's", "rock'n'roll", "o'clock", "'tis", "y'all'd've", "the '90s", "5'10\"", "—em—dash–en–", "“smart” ‘quotes’", "…", "•bullet", "™®©", "£10 €20 ¥30", "±5°C", "→←↑↓", "♠♥♦♣", "∑∫√∞≠≤≥", "½⅓¼", "αβγδ", "ß", "ẞ", "ŉ", "ǰ", "ΐ", "և", "ﬃ", "ſ", "K", "Å"]
    return list(dict.fromkeys(texts))


def tokens(tokenizer):
    texts = strings()
    ids = [tokenizer(t, truncation=True)["input_ids"] for t in texts]
    full = [len(tokenizer(t)["input_ids"]) for t in texts]
    with open(os.path.join(TARGET, "tokens.json"), "w") as file:
        json.dump({"made_by": "tools/reference/make_clip_golden.py", "transformers": transformers.__version__,
                   "tokenizers": tokenizers.__version__, "tokenizer": "models/demo/clip",
                   "texts": [{"text": t, "ids": i, "untruncated": n} for t, i, n in zip(texts, ids, full)]}, file, indent=0)
    print(len(texts), "strings")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", metavar="DIR", required=True, help="HuggingFace directory of the demo model's CLIP")
    args = parser.parse_args()
    os.makedirs(TARGET, exist_ok=True)
    tokenizer = CLIPTokenizer.from_pretrained(args.demo)
    tokens(tokenizer)
    golden("demo", CLIPModel.from_pretrained(args.demo).eval(), [tokenizer(t)["input_ids"] for t in TEXTS], "models/demo/clip")
    for name, fields in SYNTHETIC.items():
        golden(name, synthetic_model(fields), synthetic_ids(), "synthetic")
