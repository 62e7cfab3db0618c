"""Boxes as SAM3 reads them: as angles, as distances and as samples of the picture. All of it in float32.

In float16 a box of the full model would be off by up to half a pixel of its 1008, and its angles by far more, so these few
values stay in float32 in every export.
"""

import math

import torch
from torch import Tensor, nn

TURN = 2 * math.pi


def corners(boxes: Tensor) -> Tensor:
    """[..., (centre x, centre y, width, height)] to [..., (x1, y1, x2, y2)]."""
    centre, half = boxes[..., :2], boxes[..., 2:] * 0.5
    return torch.cat([centre - half, centre + half], dim=-1)


def inverse_sigmoid(x: Tensor, eps: float = 1e-3) -> Tensor:
    x = x.clamp(0, 1)
    return torch.log(x.clamp(min=eps) / (1 - x).clamp(min=eps))


class SineEncoding(nn.Module):
    """Values of 0..1 as sines and cosines of many frequencies, in turns."""

    def __init__(self, encoding: nn.Module) -> None:
        """Takes a transformers Sam3SinePositionEmbedding."""
        super().__init__()
        features = encoding.num_position_features
        index = torch.arange(features, dtype=torch.int64).float()
        periods = encoding.temperature ** (2 * torch.div(index, 2, rounding_mode="floor") / features)
        self.features = features
        # A plain attribute stays float32 when the module becomes float16, and is a constant of the graph.
        self.periods = periods[::2].clone()

    def forward(self, values: Tensor) -> Tensor:
        """[n, q, k] to [n, q, k * features]."""
        queries, count = int(values.shape[1]), int(values.shape[2])
        angles = (values * TURN)[..., None] / self.periods
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1)
        return waves.reshape(-1, queries, count * self.features)


class LogDistances(nn.Module):
    """How far each row (or column) of the grid is from two edges of a box, on a signed logarithmic scale."""

    def __init__(self, grid: int) -> None:
        super().__init__()
        self.lines = torch.arange(0, grid, dtype=torch.float32) / grid

    def forward(self, edges: Tensor) -> Tensor:
        """[n, q, 2] to [n, q, grid, 2]."""
        scaled = (self.lines[:, None] - edges[:, :, None, :]) * 8
        return torch.sign(scaled) * torch.log2(torch.abs(scaled) + 1.0) / math.log2(8)


class BoxSampling(nn.Module):
    """The mean of bilinear samples in each of size x size bins of a box: torchvision's roi_align, as two products.

    Bilinear sampling and the mean over a bin are separable, so a box is a matrix over rows and one over columns. Each
    bin has as many samples as torchvision takes, ceil(box / bins), of at most `grid` tokens.
    """

    def __init__(self, grid: int, size: int) -> None:
        super().__init__()
        self.grid = grid
        self.size = size
        self.most = -(-grid // size)
        self.lines = torch.arange(grid, dtype=torch.float32)
        self.bins = torch.arange(size, dtype=torch.float32)
        self.samples = torch.arange(self.most, dtype=torch.float32)

    def _weights(self, low: Tensor, high: Tensor) -> Tensor:
        """[boxes] twice, in tokens, to [boxes, size, grid]: the share of each line in each bin."""
        extent = (high - low).clamp(min=1.0)
        step = (extent / self.size)[:, None, None]
        count = torch.ceil(step).clamp(max=float(self.most))
        place = low[:, None, None] + self.bins[:, None] * step + (self.samples + 0.5) * step / count
        inside = (self.samples < count) & (place >= -1.0) & (place <= float(self.grid))
        place = place.clamp(0.0, float(self.grid - 1))
        near = torch.relu(1.0 - torch.abs(place[..., None] - self.lines))
        return (near * inside.float()[..., None]).sum(2) / count

    def forward(self, boxes: Tensor, picture: Tensor) -> Tensor:
        """Boxes [k, 4] as corners in tokens, the picture [c, grid, grid]: to [k, c * size * size]."""
        rows = self._weights(boxes[:, 1], boxes[:, 3]).to(picture.dtype)
        columns = self._weights(boxes[:, 0], boxes[:, 2]).to(picture.dtype)
        channels = int(picture.shape[0])
        flat = picture.reshape(1, channels * self.grid, self.grid)
        across = flat @ columns.transpose(1, 2)
        across = across.reshape(-1, channels, self.grid, self.size)
        pooled = rows[:, None] @ across
        return pooled.reshape(-1, channels * self.size * self.size)
