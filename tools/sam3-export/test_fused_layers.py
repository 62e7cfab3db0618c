"""A fused layer's weights, put through what the plugin documents of its arithmetic, give what transformers' layer gives."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import Sam3ViTConfig
from transformers.models.sam3.modeling_sam3 import Sam3ViTLayer

from fused_decoder import FusedBoxAttention
from fused_layers import FusedLayer, byte_order
from layers import Attention
from tensorrt_rewrites import window_order
from tiny_model import fill

WIDTH, HEADS, HIDDEN, SIDE, WINDOW = 64, 2, 96, 8, 4


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
    with torch.no_grad():
        yield


def layer_of(window: int) -> Sam3ViTLayer:
    config = Sam3ViTConfig(
        hidden_size=WIDTH,
        num_attention_heads=HEADS,
        intermediate_size=HIDDEN,
        image_size=SIDE * 14,
        patch_size=14,
        window_size=WINDOW,
        num_hidden_layers=1,
    )
    layer = Sam3ViTLayer(config, window_size=window).eval()
    fill(layer, np.random.RandomState(1))
    return layer


def product(x: Tensor, words: Tensor, steps: Tensor | None) -> Tensor:
    if steps is None:
        return x @ words.float().T
    return x @ words.view(torch.int8).float().T * steps


def run_as_plugin(fused: FusedLayer, x: Tensor) -> Tensor:
    """What native/vision-layer.cpp does, in float32."""
    weights = list(fused.weights)
    n1w, n1b, qkv_w, qkv_b, rotary, proj_w, proj_b, n2w, n2b, up_w, up_b, down_w, down_b = weights[:13]
    qkv_s, up_s, down_s, gelu_scale, gelu_shift = weights[13:] if len(weights) > 13 else [None] * 5

    def normed(value: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        value = nn.functional.layer_norm(value, (WIDTH,), weight, bias, fused.epsilon)
        if qkv_s is None:
            return value
        step = value.abs().amax(-1, keepdim=True) / 127
        return torch.round(value / step) * step

    qkv = product(normed(x, n1w, n1b), qkv_w, qkv_s) + qkv_b
    windows = x.shape[0] // fused.window_rows
    query, key, value = qkv.reshape(windows, fused.window_rows, 3, HEADS, -1).permute(2, 0, 3, 1, 4)

    def turned(values: Tensor) -> Tensor:
        pairs = values.reshape(*values.shape[:-1], -1, 2)
        cos, sin = rotary[..., 0], rotary[..., 1]
        first, second = pairs[..., 0], pairs[..., 1]
        return torch.stack([first * cos - second * sin, second * cos + first * sin], -1).reshape(values.shape)

    mixed = nn.functional.scaled_dot_product_attention(turned(query), turned(key), value)
    x = x + mixed.transpose(1, 2).reshape(x.shape) @ proj_w.float().T + proj_b
    hidden = nn.functional.gelu(product(normed(x, n2w, n2b), up_w, up_s) + up_b)
    if gelu_scale is not None:
        hidden = torch.round(hidden * gelu_scale + gelu_shift).clamp(-128, 127)[:, byte_order(HIDDEN)]
    return x + product(hidden, down_w, down_s) + down_b


def relative(mine: Tensor, reference: Tensor) -> float:
    return float((mine - reference).norm() / reference.norm())


@pytest.mark.parametrize("window", [WINDOW, 0])
@pytest.mark.parametrize("kind", ["halves", "bytes"])
def test_a_fused_layer_is_the_layer(window, kind):
    layer, order = layer_of(window), window_order(SIDE, WINDOW)
    x = torch.randn(1, SIDE, SIDE, WIDTH)
    reference = layer(x)
    ranges = None
    if kind == "bytes":
        seen: list[Tensor] = []
        hook = layer.mlp.fc2.register_forward_pre_hook(lambda _, given: seen.append(given[0].reshape(-1, HIDDEN)))
        layer(x)
        hook.remove()
        ranges = (seen[0].amin(0), seen[0].amax(0))
    mine = run_as_plugin(FusedLayer(layer, order, ranges), x.reshape(-1, WIDTH)[order])
    change = (reference - x).reshape(-1, WIDTH)[order]
    # Of what the layer adds: halves round weights to 11 bits, bytes weights and values to 8.
    assert relative(mine - x.reshape(-1, WIDTH)[order], change) < (1e-3 if kind == "halves" else 3e-2)


def test_every_channel_of_the_hidden_bytes_has_one_place():
    assert sorted(byte_order(HIDDEN).tolist()) == list(range(HIDDEN))


def test_box_attention_leaves_the_projections_as_they_are():
    class Source(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
                setattr(self, name, nn.Linear(WIDTH, WIDTH))

    plain = Attention(Source(), HEADS)
    fused = FusedBoxAttention(plain, SIDE)
    query, picture = torch.randn(2, 5, WIDTH), torch.randn(2, SIDE * SIDE, WIDTH)
    across, down = torch.randn(2, 2, 4, SIDE, HEADS)
    # The node's place taken by what its docstring says.
    bias = down.permute(0, 3, 1, 2)[..., :, None] + across.permute(0, 3, 1, 2)[..., None, :]
    bias = nn.functional.pad(bias.reshape(2, HEADS, 4, -1), (0, 0, 1, 0))
    q, k, v = fused.query(query), fused.key(picture), fused.value(picture)
    heads = [t.reshape(2, -1, HEADS, WIDTH // HEADS).transpose(1, 2) for t in (q, k, v)]
    mixed = torch.softmax(heads[0] @ heads[1].transpose(2, 3) + bias, -1) @ heads[2]
    mine = fused.output(mixed.transpose(1, 2).reshape(2, -1, WIDTH))
    assert relative(mine, plain(query, picture, picture, bias)) < 1e-5
