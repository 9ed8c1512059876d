"""What the training scripts share: the concepts, their pictures, and how pictures are normalised."""
import json
import math

import numpy as np
import torch

SIZE = 96
# A style that training never sees.
HELD_OUT_STYLE = "fluent-3d"
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)


def read_concepts():
    with open("data.json") as file:
        return json.load(file)


def read_pictures():
    """RGBA bytes, [pictures, 96, 96, 4]."""
    return torch.from_numpy(np.fromfile("imgs.bin", dtype=np.uint8).reshape(-1, SIZE, SIZE, 4))


def on_white(pictures):
    """RGBA bytes → normalised RGB on white, [n, 3, 96, 96]."""
    x = pictures.permute(0, 3, 1, 2).float() / 255
    return (x[:, :3] * x[:, 3:] + 1 - x[:, 3:] - MEAN) / DEVIATION


def cosine_rate(step, steps, warm_up):
    """Share of the learning rate: a linear warm-up, then half a cosine down to 2 %."""
    return min(1, (step + 1) / warm_up) * (0.5 * (1 + math.cos(math.pi * min(1, step / steps))) * 0.98 + 0.02)


def recall(similarity, targets):
    """Share of rows whose target is among the first 1, 5 and 10."""
    own = similarity[torch.arange(len(targets)), targets][:, None]
    rank = (similarity > own).sum(1)
    return [round((rank < k).float().mean().item(), 3) for k in (1, 5, 10)]


class Draws:
    """Items in random order, each once before any comes again."""

    def __init__(self, items, random):
        self.items, self.random, self.left = items, random, []

    def take(self, count):
        if len(self.left) < count:
            self.left = self.random.sample(self.items, len(self.items))
        return [self.left.pop() for _ in range(count)]
