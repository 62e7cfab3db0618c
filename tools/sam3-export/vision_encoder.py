"""The graph from a picture to its features: SAM3's backbone, the detector's neck and, on the same backbone, the tracker's."""

import torch
from torch import Tensor, nn
from transformers import Sam3Model, Sam3TrackerModel

from layers import Linear, fixed
from tensorrt_rewrites import halves_of_pairs, join_transposed_and_pointwise, turn_halves, window_order

# Feature levels that decoders read, finest first; transformers computes a fourth, coarser one that nobody reads.
LEVELS = 3


class RotaryAttention(nn.Module):
    """Self-attention inside windows of tokens (or over all of them), with the rotary embedding of each token's place."""

    def __init__(self, layer: nn.Module, order: Tensor) -> None:
        """Takes a transformers layer; `order` is the order in which tokens arrive where it looks at all of them."""
        super().__init__()
        source = layer.attention
        self.heads = source.num_attention_heads
        self.width = source.head_dim
        # A power of two for the full model, so that this changes no bit there.
        scale = self.width**-0.5
        query, key = source.q_proj, source.k_proj
        self.query = Linear(
            halves_of_pairs(query.weight, self.heads) * scale, halves_of_pairs(query.bias, self.heads) * scale
        )
        self.key = Linear(halves_of_pairs(key.weight, self.heads), halves_of_pairs(key.bias, self.heads))
        self.value = Linear.of(source.v_proj)
        self.output = Linear.of(source.o_proj)
        cos, sin = layer.rotary_emb(torch.zeros(1), layer.position_ids)
        self.tokens = cos.shape[1]
        arrival = order if self.tokens == len(order) else torch.arange(self.tokens)
        # Each pair has one angle, which transformers' table says twice.
        self.cos = fixed(cos[0, arrival, ::2])
        self.sin = fixed(sin[0, arrival, ::2])

    def _split(self, x: Tensor, windows: int) -> Tensor:
        return x.reshape(windows, self.tokens, self.heads, self.width).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """[1, tokens of the picture, c], window by window."""
        length, channels = int(x.shape[1]), self.heads * self.width
        windows = length // self.tokens
        query = turn_halves(self._split(self.query(x), windows), self.cos, self.sin)
        key = turn_halves(self._split(self.key(x), windows), self.cos, self.sin)
        weights = torch.softmax(query @ key.transpose(2, 3), dim=-1)
        mixed = weights @ self._split(self.value(x), windows)
        return self.output(mixed.transpose(1, 2).reshape(1, length, channels))


class BackboneLayer(nn.Module):
    def __init__(self, layer: nn.Module, order: Tensor) -> None:
        super().__init__()
        self.norm1 = layer.layer_norm1
        self.attention = RotaryAttention(layer, order)
        self.norm2 = layer.layer_norm2
        self.up = Linear.of(layer.mlp.fc1)
        self.activation = layer.mlp.activation_fn
        self.down = Linear.of(layer.mlp.fc2)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.down(self.activation(self.up(self.norm2(x))))


class NeckLevel(nn.Module):
    """One level of a neck: the backbone's tokens brought to its resolution and to the channels of the decoders."""

    def __init__(self, level: nn.Module, narrow: nn.Conv2d | None = None) -> None:
        """`narrow` is a 1 x 1 convolution that follows (the tracker's for its finer levels)."""
        super().__init__()
        scale = list(level.scale_layers)
        if scale and isinstance(scale[-1], nn.ConvTranspose2d):
            self.steps = nn.Sequential(*scale[:-1], join_transposed_and_pointwise(scale[-1], level.proj1))
        else:
            self.steps = nn.Sequential(*scale, level.proj1)
        self.last = level.proj2
        self.narrow = narrow

    def forward(self, x: Tensor) -> Tensor:
        x = self.last(self.steps(x))
        return x if self.narrow is None else self.narrow(x)


class VisionEncoder(nn.Module):
    """pixel_values [1, 3, S, S] to fpn_0..2 and, with a tracker, track_0..2, finest level first."""

    def __init__(self, detector: Sam3Model, tracker: Sam3TrackerModel | None) -> None:
        super().__init__()
        vision = detector.vision_encoder
        config = vision.config.backbone_config
        backbone = vision.backbone
        self.grid = config.image_size // config.patch_size
        self.window = config.window_size
        if self.grid % self.window != 0:
            raise ValueError(f"the side of {self.grid} tokens is no multiple of the window of {self.window}")
        order = window_order(self.grid, self.window)
        embeddings = backbone.embeddings
        self.patches = embeddings.patch_embeddings.projection
        tiled = embeddings._tile_position_embeddings(embeddings.position_embeddings, self.grid, self.grid)
        self.positions = fixed(tiled[:, order])
        self.norm = backbone.layer_norm
        self.layers = nn.ModuleList(BackboneLayer(layer, order) for layer in backbone.layers)
        self.neck = nn.ModuleList(NeckLevel(level) for level in vision.neck.fpn_layers[:LEVELS])
        self.tracker_neck = None
        if tracker is not None:
            masks = tracker.mask_decoder
            levels = tracker.vision_encoder.neck.fpn_layers[:LEVELS]
            narrows = [masks.conv_s0, masks.conv_s1, None]
            self.tracker_neck = nn.ModuleList(NeckLevel(*pair) for pair in zip(levels, narrows, strict=True))
            self.no_memory = fixed(tracker.no_memory_embedding.reshape(1, -1, 1, 1))

    def forward(self, pixel_values: Tensor) -> tuple[Tensor, ...]:
        across, window = self.grid // self.window, self.window
        x = self.patches(pixel_values)
        channels = int(x.shape[1])
        x = x.reshape(1, channels, across, window, across, window).permute(0, 2, 4, 3, 5, 1)
        x = self.norm(x.reshape(1, self.grid * self.grid, channels) + self.positions)
        for layer in self.layers:
            x = layer(x)
        x = x.reshape(1, across, across, window, window, channels).permute(0, 5, 1, 3, 2, 4)
        x = x.reshape(1, channels, self.grid, self.grid)
        features = [level(x) for level in self.neck]
        if self.tracker_neck is None:
            return tuple(features)
        tracks = [level(x) for level in self.tracker_neck]
        return (*features, *tracks[:-1], tracks[-1] + self.no_memory)
