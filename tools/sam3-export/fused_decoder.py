"""The attention of the decoder's queries on the picture as one node, Sam3BoxAttention, which trt-native's plugin runs.

A box adds to a score one number for the token's column and one for its row. As a plain graph their sum is written out for
every head, query and token, and few queries leave most of a GPU idle; the plugin adds them as it goes and shares the tokens
out (packages/trt-native/native/vision-kernels/box-attention.cu). It takes grids of 72 or 144 tokens a side and heads of 32.
"""

import torch
from torch import Tensor, nn

from box_geometry import corners
from layers import Attention, fixed
from prompt_decoder import BoxDecoder, PromptDecoder


class BoxAttentionNode(torch.autograd.Function):
    """The node; while a graph is traced only the shape of its answer matters."""

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor, across: Tensor, down: Tensor, heads: int, grid: int):
        return query.clone()

    @staticmethod
    def symbolic(graph, query, key, value, across, down, heads: int, grid: int):
        node = graph.op("sam3::Sam3BoxAttention", query, key, value, across, down, heads_i=heads, grid_i=grid)
        node.setType(query.type())
        return node


class FusedBoxAttention(nn.Module):
    """What Attention computes with the bias of boxes; the first query has none."""

    def __init__(self, attention: Attention, grid: int) -> None:
        super().__init__()
        self.heads, self.grid = attention.heads, grid
        self.query, self.key = attention.query, attention.key
        self.value, self.output = attention.value, attention.output

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: tuple[Tensor, Tensor]) -> Tensor:
        across, down = bias
        mixed = BoxAttentionNode.apply(
            self.query(query), self.key(key), self.value(value), across, down, self.heads, self.grid
        )
        return self.output(mixed)


class FusedBoxDecoder(BoxDecoder):
    """A BoxDecoder that hands on what a box adds for columns and rows instead of their sums.

    The first layer's boxes are the model's own, so what follows from them is a weight and not a part of the graph.
    """

    def keep_first(self) -> None:
        dtype = self.start.dtype
        first = super()._query_places(self.boxes, dtype), *self._bias_of(self.boxes, dtype)
        self.first_places, self.first_across, self.first_down = (fixed(value) for value in first)

    def _query_places(self, boxes: Tensor, dtype: torch.dtype) -> Tensor:
        return self.first_places if boxes is self.boxes else super()._query_places(boxes, dtype)

    def _box_bias(self, boxes: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        return (self.first_across, self.first_down) if boxes is self.boxes else self._bias_of(boxes, dtype)

    def _bias_of(self, boxes: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        edges = corners(boxes)
        return (
            self.across(self.distances(edges[..., 0::2]).to(dtype)),
            self.down(self.distances(edges[..., 1::2]).to(dtype)),
        )


def fuse_decoder(decoder: PromptDecoder) -> None:
    """Puts the node in place of the attention on the picture."""
    decoder.decoder.__class__ = FusedBoxDecoder
    with torch.no_grad():
        decoder.decoder.keep_first()
    for layer in decoder.decoder.layers:
        layer.to_picture = FusedBoxAttention(layer.to_picture, decoder.grid)
