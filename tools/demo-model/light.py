"""Pictures as another hand might have drawn them: turned, moved, in other light, colours and shading, on another background."""
import math

import torch
import torch.nn.functional as F

from concepts import DEVIATION, MEAN, SIZE

AXIS = torch.linspace(-1, 1, SIZE)
ACROSS, DOWN = AXIS.view(1, 1, 1, -1), AXIS.view(1, 1, -1, 1)
GREY = torch.full((3, 3), 1 / 3)
# (blue - green, red - blue, green - red): what turns hues, beside grey and the colours themselves.
CROSS = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / math.sqrt(3)


def between(n, low, high, *shape):
    return low + (high - low) * torch.rand(n, *(shape or (1, 1, 1)))


def some(n, share):
    return (torch.rand(n, 1, 1, 1) < share).float()


def premultiplied(pictures):
    """RGBA bytes → colours times alpha, and alpha, [n, 4, 96, 96]."""
    x = (pictures.permute(0, 3, 1, 2).float() / 255).contiguous()
    x[:, :3] *= x[:, 3:]
    return x


def placed(x):
    """Turned by 15° at most, 0.75 to 1.25 times as large, moved, stretched and sheared."""
    n = len(x)
    angle, scale, shear = between(n, -0.25, 0.25, 1)[:, 0], between(n, 0.8, 1.35, 1)[:, 0], between(n, -0.12, 0.12, 1)[:, 0]
    aspect, move = between(n, 0.87, 1.15, 1)[:, 0], between(n, -0.18, 0.18, 2)
    c, s = torch.cos(angle) * scale, torch.sin(angle) * scale
    affine = torch.stack([torch.stack([c * aspect, -s + shear, move[:, 0]], 1), torch.stack([s, c / aspect, move[:, 1]], 1)], 1)
    return F.grid_sample(x, F.affine_grid(affine, x.shape, align_corners=False), align_corners=False)


def light(alpha):
    """Flat drawings as if round and lit from some side: what colours are multiplied by, darker towards edges and away from the light, and a
    highlight that is added."""
    n = len(alpha)
    inner = F.interpolate(F.avg_pool2d(F.avg_pool2d(alpha, 6), 3, 1, 1), size=SIZE, mode="bilinear")
    edge = 1 - between(n, 0, 0.7) * some(n, 0.5) * (1 - inner)
    towards = between(n, 0, 2 * math.pi)
    side = 1 + between(n, 0, 0.35) * (torch.cos(towards) * ACROSS + torch.sin(towards) * DOWN)
    width = between(n, 0.02, 0.3)
    across, down = (torch.exp(-((axis - between(n, -0.6, 0.3)) ** 2) / width) for axis in (ACROSS, DOWN))
    return edge * side, between(n, 0, 0.45) * some(n, 0.4) * across * down * alpha


def colours(n):
    """Matrices and offsets for other hues (by 20° at most), more or less of colour, contrast and brightness: [n, 3, 3], [n, 3, 1]"""
    turn, saturation, contrast = between(n, -0.35, 0.35, 1, 1), between(n, 0.5, 1.5, 1, 1) * (1 - some(n, 0.04)[..., 0]), between(n, 0.7, 1.35, 1, 1)
    hue = torch.cos(turn) * torch.eye(3) + (1 - torch.cos(turn)) * GREY + torch.sin(turn) * CROSS
    matrix = (GREY + saturation * (torch.eye(3) - GREY)) @ hue
    return contrast * matrix, 0.5 - 0.5 * contrast + between(n, -0.15, 0.15, 1, 1) + between(n, -0.06, 0.06, 3, 1)


def softened(x):
    """A quarter of them softer, by a filter of three pixels."""
    which = torch.nonzero(torch.rand(len(x)) < 0.25)[:, 0]
    if len(which) > 0:
        x[which] = F.avg_pool2d(x[which], 3, 1, 1, count_include_pad=False)
    return x


def augmented(pictures):
    """What `premultiplied` gave → normalised RGB, [n, 3, 96, 96]."""
    n = len(pictures)
    x = placed(pictures)
    colour, alpha = x[:, :3], x[:, 3:]
    shade, glow = light(alpha)
    white = some(n, 0.6)
    background = (between(n, 0, 1, 3, 1, 1) * DOWN + between(n, 0, 1, 3, 1, 1)) * (1 - white) + white
    x = torch.addcmul(torch.addcmul(glow, colour, shade), background, 1 - alpha)
    matrix, offset = colours(n)
    x = torch.baddbmm(offset, matrix, x.flatten(2)).view(n, 3, SIZE, SIZE).clamp_(0, 1)
    # Another gamma, nearly.
    x = torch.addcmul(x, between(n, -0.5, 0.5) * x, 1 - x)
    return softened(x).sub_(MEAN).div_(DEVIATION)
