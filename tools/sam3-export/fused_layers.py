"""The backbone's layers as one node each, Sam3VisionLayer, which trt-native's plugin runs in kernels of its own on Hopper.

A node takes its weights in the order and form that the plugin documents (packages/trt-native/native/layer-plugin.cpp):
products row by row of their outputs, norms and biases in float32, the angles of each token's rotary embedding as cosine
and sine of its pairs. With `ranges` the three large products of a layer run in 8-bit integers:

- Weights have a step for each output. Tokens get one each when the graph runs, in the norm before the product.
- The hidden layer's values get a step and a zero for each channel, from the ranges that pictures showed; both go into the
  weights and the bias of the product behind it, so the graph computes nothing for them.
- The kernel writes hidden bytes in an order that suits its registers; the next weights' columns have the same order.
"""

import pathlib

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from layers import fixed
from tensorrt_rewrites import window_order

BYTE_MAX = 127.0
# Steps between the least and the greatest value of a channel of the hidden layer.
RANGE_STEPS = 255.0
# Channels that the kernel's threads hold side by side.
INTERLEAVED = 16


def byte_order(channels: int) -> Tensor:
    """Which channel stands at each place of the hidden layer's bytes."""
    place = torch.arange(INTERLEAVED)
    pair, within = place // 4, place % 4
    order = torch.where(within < 2, 2 * pair + within, 8 + 2 * pair + within - 2)
    return (torch.arange(0, channels, INTERLEAVED)[:, None] + order[None]).flatten()


def to_bytes(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of a weight as int8 and the step of each row."""
    steps = weight.abs().amax(1).clamp(min=1e-8) / BYTE_MAX
    return torch.round(weight / steps[:, None]).clamp(-BYTE_MAX, BYTE_MAX).to(torch.int8), steps


def as_words(values: Tensor) -> Tensor:
    """Four bytes a 32-bit word, as the plugin takes them: TensorRT does not touch those."""
    return values.contiguous().view(torch.int32)


class VisionLayerNode(torch.autograd.Function):
    """The node; while a graph is traced only the shape of its answer matters."""

    @staticmethod
    def forward(ctx, tokens: Tensor, window_rows: int, epsilon: float, *weights: Tensor) -> Tensor:
        return tokens.clone()

    @staticmethod
    def symbolic(graph, tokens, window_rows: int, epsilon: float, *weights):
        node = graph.op("sam3::Sam3VisionLayer", tokens, *weights, window_rows_i=window_rows, epsilon_f=epsilon)
        node.setType(tokens.type())
        return node


class FusedLayer(nn.Module):
    """A transformers layer of the backbone with its weights as the plugin wants them."""

    def __init__(self, layer: nn.Module, order: Tensor, ranges: tuple[Tensor, Tensor] | None = None) -> None:
        """`order` is that of the tokens; `ranges` the least and greatest value of each channel of the hidden layer."""
        super().__init__()
        attention, mlp = layer.attention, layer.mlp
        cos, sin = layer.rotary_emb(torch.zeros(1), layer.position_ids)
        self.window_rows = cos.shape[1]
        self.epsilon = layer.layer_norm1.eps
        arrival = order if self.window_rows == len(order) else torch.arange(self.window_rows)
        projections = (attention.q_proj, attention.k_proj, attention.v_proj)
        qkv = torch.cat([linear.weight for linear in projections]).float()
        up, down = mlp.fc1.weight.float(), mlp.fc2.weight.float()
        down_bias = mlp.fc2.bias.double()
        scales: list[Tensor] = []
        if ranges is not None:
            low, high = (limit.float() for limit in ranges)
            step = ((high - low) / RANGE_STEPS).clamp(min=1e-6)
            down_bias = down_bias + down.double() @ (128 * step + low).double()
            qkv, qkv_steps = to_bytes(qkv)
            up, up_steps = to_bytes(up)
            down, down_steps = to_bytes(down * step)
            qkv, up, down = as_words(qkv), as_words(up), as_words(down[:, byte_order(down.shape[1])])
            scales = [qkv_steps, up_steps, down_steps, 1 / step, -low / step - 128]
        else:
            qkv, up, down = qkv.half(), up.half(), down.half()
        weights = [
            layer.layer_norm1.weight.float(),
            layer.layer_norm1.bias.float(),
            qkv,
            torch.cat([linear.bias for linear in projections]).float(),
            torch.stack([cos[0, arrival, ::2], sin[0, arrival, ::2]], dim=-1).float(),
            attention.o_proj.weight.half(),
            attention.o_proj.bias.float(),
            layer.layer_norm2.weight.float(),
            layer.layer_norm2.bias.float(),
            up,
            mlp.fc1.bias.float(),
            down,
            down_bias.float(),
            *scales,
        ]
        self.weights = nn.ParameterList(fixed(weight) for weight in weights)

    def _apply(self, fn, recurse: bool = True) -> "FusedLayer":
        """Keeps the types of its weights whatever the graph's type is."""
        return self

    def forward(self, x: Tensor) -> Tensor:
        return VisionLayerNode.apply(x, self.window_rows, self.epsilon, *self.weights)


def read_pictures(folder: pathlib.Path, side: int) -> list[Tensor]:
    """Every picture of a folder, stretched and normalised as the processor does."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
    if not paths:
        raise SystemExit(f"there are no pictures in {folder}: 8-bit layers take their ranges from some")
    sized = [Image.open(path).convert("RGB").resize((side, side), Image.Resampling.BILINEAR) for path in paths]
    return [torch.from_numpy(np.asarray(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1 for picture in sized]


def hidden_ranges(backbone: nn.Module, pictures: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """The least and greatest value that each channel of each layer's hidden layer had on `pictures` [1, 3, S, S]."""
    ranges: list[tuple[Tensor, Tensor] | None] = [None] * len(backbone.layers)

    def watch(index: int):
        def note(module: nn.Module, given: tuple[Tensor, ...]) -> None:
            rows = given[0].reshape(-1, given[0].shape[-1])
            low, high = ranges[index] or (rows[0], rows[0])
            ranges[index] = (torch.minimum(low, rows.amin(0)), torch.maximum(high, rows.amax(0)))

        return note

    hooks = [layer.mlp.fc2.register_forward_pre_hook(watch(i)) for i, layer in enumerate(backbone.layers)]
    with torch.no_grad():
        for picture in pictures:
            backbone(picture.to(next(backbone.parameters()).device))
    for hook in hooks:
        hook.remove()
    return ranges


def fuse(encoder: nn.Module, backbone: nn.Module, ranges: list[tuple[Tensor, Tensor]] | None = None) -> None:
    """Puts fused layers in place of those of a VisionEncoder."""
    order = window_order(encoder.grid, encoder.window)
    encoder.layers = nn.ModuleList(
        FusedLayer(layer, order, None if ranges is None else ranges[i]) for i, layer in enumerate(backbone.layers)
    )
