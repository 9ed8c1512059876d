"""SigLIP's vectors of images and texts, these filled up to the tower's length and without a mask."""
import torch
from PIL import Image
from transformers import AutoTokenizer, SiglipModel
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

MODEL_TYPES = ("siglip",)


def vectors(checkpoint, files, texts):
    model = SiglipModel.from_pretrained(checkpoint, dtype=torch.float32).eval()
    processor, tokenizer = SiglipImageProcessorPil.from_pretrained(checkpoint), AutoTokenizer.from_pretrained(checkpoint)
    for path in files:
        pixels = processor(Image.open(path).convert("RGB"), input_data_format="channels_last", return_tensors="pt")["pixel_values"]
        yield dict(image=path), model.vision_model(pixel_values=pixels).pooler_output
    length = model.config.text_config.max_position_embeddings
    for text in texts:
        tokens = tokenizer([text], padding="max_length", truncation=True, max_length=length, return_tensors="pt")
        yield dict(text=text), model.text_model(input_ids=tokens["input_ids"]).pooler_output
