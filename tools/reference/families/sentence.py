"""Vectors of texts by sentence-transformers, of BERT, RoBERTa, XLM-R and MPNet; the mean over tokens where a checkpoint has no pipeline."""
import os
import torch
from transformers import AutoModel, AutoTokenizer

MODEL_TYPES = ("bert", "roberta", "xlm-roberta", "mpnet")


def vectors(checkpoint, files, texts):
    if os.path.exists(os.path.join(checkpoint, "modules.json")):
        from sentence_transformers import SentenceTransformer
        model = SentenceTransformer(checkpoint, device="cpu")
        for text in texts:
            yield dict(text=text), model.encode([text], convert_to_tensor=True)
        return
    model, tokenizer = AutoModel.from_pretrained(checkpoint, dtype=torch.float32).eval(), AutoTokenizer.from_pretrained(checkpoint)
    for text in texts:
        yield dict(text=text), model(**tokenizer([text], truncation=True, return_tensors="pt")).last_hidden_state.mean(1)
