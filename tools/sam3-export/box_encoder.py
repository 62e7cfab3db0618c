"""Boxes of a prompt as further tokens beside its words: SAM3's geometry encoder."""

import torch
from torch import Tensor, nn
from transformers import Sam3Model

from box_geometry import BoxSampling, SineEncoding, corners
from layers import Attention, Linear, Perceptron, fixed, key_bias

# The label of a slot that holds no box, as in transformers.
NO_BOX = -10


class BoxLayer(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.norm1 = layer.layer_norm1
        self.among_boxes = Attention(layer.self_attn, layer.self_attn.num_attention_heads)
        self.norm2 = layer.layer_norm2
        self.to_picture = Attention(layer.cross_attn, layer.cross_attn.num_attention_heads)
        self.norm3 = layer.layer_norm3
        self.mlp = Perceptron([layer.mlp.fc1, layer.mlp.fc2], layer.mlp.activation_fn)

    def forward(self, x: Tensor, picture: Tensor, placed: Tensor, bias: Tensor) -> Tensor:
        normed = self.norm1(x)
        x = x + self.among_boxes(normed, normed, normed, bias)
        x = x + self.to_picture(self.norm2(x), placed, picture)
        return x + self.mlp(self.norm3(x))


class BoxEncoder(nn.Module):
    """Boxes of each prompt to tokens [n, 1 + slots, d] and which of them count [n, 1 + slots].

    The first token stands for "there are boxes": it counts where at least one slot is used, so that a prompt of words
    alone is what it is without a geometry encoder.
    """

    def __init__(self, detector: Sam3Model, grid: int, slots: int) -> None:
        super().__init__()
        source = detector.geometry_encoder
        self.grid = grid
        self.slots = slots
        self.channels = source.hidden_size
        self.picture_norm = source.vision_layer_norm
        self.sampling = BoxSampling(grid, source.roi_size)
        pool = source.boxes_pool_project
        self.pooled = Linear(pool.weight.flatten(1), pool.bias)
        self.direct = Linear.of(source.boxes_direct_project)
        self.encoding = SineEncoding(source.position_encoding)
        self.encoded = Linear.of(source.boxes_pos_enc_project)
        self.labels = fixed(source.label_embed.weight)
        self.first = fixed(source.cls_embed.weight.reshape(1, 1, -1))
        self.projection = Linear.of(source.final_proj)
        self.norm = source.prompt_layer_norm
        self.layers = nn.ModuleList(BoxLayer(layer) for layer in source.layers)
        self.last_norm = source.output_layer_norm

    def _embed(self, boxes: Tensor, labels: Tensor, features: Tensor) -> Tensor:
        dtype = features.dtype
        picture = self.picture_norm(features[0].permute(1, 2, 0)).permute(2, 0, 1)
        corner = (corners(boxes) * self.grid).reshape(-1, 4)
        sampled = self.sampling(corner, picture).reshape(-1, self.slots, self.pooled.weight.shape[0])
        waves = self.encoding(boxes[..., :2])
        across, down = waves[..., : self.channels // 2], waves[..., self.channels // 2 :]
        # Height before width, as the checkpoints learned it.
        place = torch.cat([down, across, boxes[..., 3:4], boxes[..., 2:3]], dim=-1).to(dtype)
        embedded = self.direct(boxes.to(dtype)) + self.pooled(sampled) + self.encoded(place)
        return embedded + nn.functional.embedding(labels.clamp(min=0), self.labels)

    def forward(
        self, boxes: Tensor, labels: Tensor, features: Tensor, picture: Tensor, placed: Tensor
    ) -> tuple[Tensor, Tensor]:
        embedded = self._embed(boxes, labels, features)
        used = (labels != NO_BOX).to(embedded.dtype)
        some = used.amax(dim=1, keepdim=True)
        valid = torch.cat([some, used], dim=1)
        first = self.first.expand(boxes.shape[0], -1, -1)
        x = self.norm(self.projection(torch.cat([first, embedded], dim=1)))
        bias = key_bias(valid, x.dtype)
        for layer in self.layers:
            x = layer(x, picture, placed, bias)
        return self.last_norm(x), valid
