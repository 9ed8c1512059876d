"""CLIP's projections of images and texts."""
import torch
from PIL import Image
from transformers import CLIPModel, CLIPTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

MODEL_TYPES = ("clip",)


def vectors(checkpoint, files, texts):
    model = CLIPModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor, tokenizer = CLIPImageProcessorPil.from_pretrained(checkpoint), CLIPTokenizer.from_pretrained(checkpoint)
    for path in files:
        pixels = processor(Image.open(path).convert("RGB"), input_data_format="channels_last", return_tensors="pt")["pixel_values"]
        yield dict(image=path), model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
    for text in texts:
        tokens = tokenizer([text], truncation=True, return_tensors="pt")
        yield dict(text=text), model.text_projection(model.text_model(**tokens).pooler_output)
