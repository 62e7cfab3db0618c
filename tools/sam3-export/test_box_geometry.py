"""Boxes are sampled and measured as torchvision and transformers do."""

import numpy as np
import pytest
import torch
import torchvision
from transformers.models.sam3.modeling_sam3 import Sam3SinePositionEmbedding

from box_geometry import BoxSampling, SineEncoding

GRID = 12


def boxes_of(seed: int, count: int) -> torch.Tensor:
    """Corners in tokens: small, large, empty, at the edge and a little beyond it."""
    random = np.random.RandomState(seed)
    first = random.uniform(-0.8, GRID, (count, 2))
    last = np.minimum(first + random.uniform(0, GRID, (count, 2)) ** random.choice([0, 1], (count, 1)), GRID + 0.5)
    return torch.tensor(np.concatenate([first, np.maximum(first, last)], axis=1), dtype=torch.float32)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [7, 3])
def test_samples_of_a_box_equal_those_of_roi_align(seed, size):
    picture = torch.randn(5, GRID, GRID, generator=torch.Generator().manual_seed(seed))
    boxes = boxes_of(seed, 40)
    reference = torchvision.ops.roi_align(picture[None], [boxes], size).flatten(1)
    mine = BoxSampling(GRID, size)(boxes, picture)
    assert torch.allclose(mine, reference, atol=2e-5)


def test_angles_equal_those_of_transformers():
    encoding = Sam3SinePositionEmbedding(num_position_features=16, normalize=True)
    values = torch.rand(2, 3, 4)
    y, x, w, h = values.unbind(-1)
    assert torch.allclose(SineEncoding(encoding)(values), encoding.encode_boxes(torch.stack([x, y, w, h], -1)), atol=1e-6)
