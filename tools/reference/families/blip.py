"""BLIP's vectors of images and texts, each encoded alone, in the space that both share."""
import torch
from PIL import Image
from transformers import AutoTokenizer, BlipForImageTextRetrieval
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

MODEL_TYPES = ("blip",)


def vectors(checkpoint, files, texts):
    model = BlipForImageTextRetrieval.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor, tokenizer = BlipImageProcessorPil.from_pretrained(checkpoint), AutoTokenizer.from_pretrained(checkpoint)
    for path in files:
        pixels = processor(Image.open(path).convert("RGB"), input_data_format="channels_last", return_tensors="pt")["pixel_values"]
        yield dict(image=path), model.vision_proj(model.vision_model(pixel_values=pixels).last_hidden_state[:, 0])
    for text in texts:
        tokens = tokenizer([text], truncation=True, max_length=model.config.text_config.max_position_embeddings, return_tensors="pt")
        out = model.text_encoder(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"])
        yield dict(text=text), model.text_proj(out.last_hidden_state[:, 0])
