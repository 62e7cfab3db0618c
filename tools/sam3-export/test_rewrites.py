"""Each rewrite gives what it replaces, up to rounding; one layer of the full size among them."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers import Sam3ViTConfig
from transformers.models.sam3.modeling_sam3 import Sam3ViTLayer, apply_rotary_pos_emb_2d

from tensorrt_rewrites import (
    ProjectedQueries,
    halves_of_pairs,
    join_transposed_and_pointwise,
    turn_halves,
    upsample_into_convolution,
    window_order,
)
from tiny_model import fill
from vision_encoder import BackboneLayer

# Rounding of float32 over sums of some thousand products.
TOLERANCE = 1e-5


def relative(mine: torch.Tensor, reference: torch.Tensor) -> float:
    return float((mine - reference).norm() / reference.norm())


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    with torch.no_grad():
        yield


@pytest.mark.parametrize("heads", [1, 3])
def test_scores_do_not_see_that_pairs_became_halves(heads):
    width, tokens = 16, 10
    x = torch.randn(1, tokens, heads * width)
    query, key = torch.randn(2, heads * width, heads * width)
    angles = torch.rand(tokens, width // 2) * 6
    cos, sin = angles.cos(), angles.sin()

    def split(weight: torch.Tensor) -> torch.Tensor:
        return (x @ weight.T).reshape(1, tokens, heads, width).transpose(1, 2)

    reference = apply_rotary_pos_emb_2d(
        split(query), split(key), cos.repeat_interleave(2, -1), sin.repeat_interleave(2, -1)
    )
    mine = [turn_halves(split(halves_of_pairs(weight, heads)), cos, sin) for weight in (query, key)]
    assert relative(mine[0] @ mine[1].transpose(2, 3), reference[0] @ reference[1].transpose(2, 3)) < TOLERANCE


def layer_of(config: Sam3ViTConfig, window: int, seed: int) -> Sam3ViTLayer:
    layer = Sam3ViTLayer(config, window_size=window).eval()
    fill(layer, np.random.RandomState(seed))
    return layer


@pytest.mark.parametrize("window", [4, 0])
def test_tokens_in_the_order_of_windows_give_the_same_layer(window):
    config = Sam3ViTConfig(
        hidden_size=64, intermediate_size=96, num_attention_heads=4, image_size=168, window_size=4, rope_parameters=None
    )
    config._attn_implementation = "eager"
    check_layer(config, window)


def test_a_windowed_layer_of_the_full_size_gives_the_same():
    config = Sam3ViTConfig()
    config._attn_implementation = "eager"
    check_layer(config, config.window_size)


def check_layer(config: Sam3ViTConfig, window: int) -> None:
    grid = config.image_size // config.patch_size
    layer = layer_of(config, window, seed=1)
    order = window_order(grid, config.window_size)
    x = torch.randn(1, grid, grid, config.hidden_size)
    reference = layer(x).reshape(1, grid * grid, -1)[:, order]
    mine = BackboneLayer(layer, order)(x.reshape(1, grid * grid, -1)[:, order])
    assert relative(mine, reference) < TOLERANCE


def test_window_order_is_an_order_of_all_tokens():
    order = window_order(12, 4)
    assert sorted(order.tolist()) == list(range(144))
    assert order[:6].tolist() == [0, 1, 2, 3, 12, 13]


def test_a_transposed_convolution_takes_in_the_pointwise_one_after_it():
    transposed, pointwise = nn.ConvTranspose2d(12, 8, 2, stride=2), nn.Conv2d(8, 5, 1)
    x = torch.randn(2, 12, 6, 7)
    mine = join_transposed_and_pointwise(transposed, pointwise)(x)
    assert relative(mine, pointwise(transposed(x))) < TOLERANCE


@pytest.mark.parametrize("bias", [True, False])
def test_a_convolution_of_an_enlarged_picture_needs_no_enlarging(bias):
    convolution = nn.Conv2d(6, 4, 3, padding=1, bias=bias)
    x = torch.randn(2, 6, 5, 7)
    mine = upsample_into_convolution(convolution)(x)
    reference = convolution(nn.functional.interpolate(x, scale_factor=2, mode="nearest"))
    assert mine.shape == reference.shape
    assert relative(mine, reference) < TOLERANCE


def test_queries_take_in_the_projection_of_the_pixels():
    pointwise = nn.Conv2d(6, 9, 1)
    queries, pixels = torch.randn(2, 3, 9), torch.randn(2, 6, 4, 5)
    mine = ProjectedQueries(pointwise)(queries, pixels.flatten(2))
    assert relative(mine, torch.einsum("bqc,bchw->bqhw", queries, pointwise(pixels)).flatten(2)) < TOLERANCE
