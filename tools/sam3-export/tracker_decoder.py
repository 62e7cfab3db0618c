"""The graph from a picture's features, points and boxes to masks: the mask decoder of SAM3's tracker.

A box is two points, its corners, with labels of their own. Slots that hold no point get no attention, so a prompt gets the
answer that it would get alone.
"""

import torch
from torch import Tensor, nn
from transformers import Sam3TrackerModel

from layers import Attention, Linear, Perceptron, fixed, key_bias

# Labels as in transformers: 1 and 0 are points on and off the thing, 2 and 3 the corners of a box.
NOT_A_POINT = -1
NO_POINT = -10


def mlp_of(source: nn.Module) -> Perceptron:
    """A transformers Sam3TrackerFeedForward without the sigmoid that may follow it."""
    return Perceptron([source.proj_in, *source.layers, source.proj_out], source.activation)


class TwoWayLayer(nn.Module):
    """Tokens look at each other and at the picture, then the picture at the tokens."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        heads = layer.self_attn.num_attention_heads
        self.first = layer.skip_first_layer_pe
        self.among = Attention(layer.self_attn, heads)
        self.norm1 = layer.layer_norm1
        self.to_picture = Attention(layer.cross_attn_token_to_image, heads)
        self.norm2 = layer.layer_norm2
        self.mlp = mlp_of(layer.mlp)
        self.norm3 = layer.layer_norm3
        self.to_tokens = Attention(layer.cross_attn_image_to_token, heads)
        self.norm4 = layer.layer_norm4

    def forward(
        self, x: Tensor, picture: Tensor, start: Tensor, places: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor]:
        if self.first:
            x = self.norm1(self.among(x, x, x, bias))
        else:
            x = self.norm1(x + self.among(x + start, x + start, x, bias))
        placed = picture + places
        x = self.norm2(x + self.to_picture(x + start, placed, picture))
        x = self.norm3(x + self.mlp(x))
        picture = self.norm4(picture + self.to_tokens(placed, x + start, x, bias))
        return x, picture


class PointEncoder(nn.Module):
    """Points and their labels to tokens, the last of which says that no more come."""

    def __init__(self, tracker: Sam3TrackerModel) -> None:
        super().__init__()
        source = tracker.prompt_encoder
        self.side = float(source.input_image_size)
        # A plain attribute stays float32 when the module becomes float16: angles need it.
        self.directions = source.shared_embedding.positional_embedding.detach().float()
        self.kinds = fixed(source.point_embed.weight)
        self.none = fixed(source.not_a_point_embed.weight[None])

    def forward(self, points: Tensor, labels: Tensor) -> Tensor:
        """[n, k, 2] in pixels and [n, k] to [n, k + 1, d]."""
        angles = (((points + 0.5) / self.side) * 2 - 1) @ self.directions * (2 * torch.pi)
        waves = torch.cat([angles.sin(), angles.cos()], dim=-1).to(self.kinds.dtype)
        kinds = nn.functional.embedding(labels.clamp(min=0), self.kinds)
        is_point = (labels >= 0)[..., None]
        embedded = torch.where(is_point, waves + kinds, self.none)
        last = self.none.expand(points.shape[0], -1, -1)
        return torch.cat([embedded, last], dim=1)


class TrackerDecoder(nn.Module):
    """track_0..2, points and point_labels to masks, iou_scores and object_score."""

    def __init__(self, tracker: Sam3TrackerModel) -> None:
        super().__init__()
        source = tracker.mask_decoder
        heads = source.transformer.final_attn_token_to_image.num_attention_heads
        self.grid = tracker.prompt_encoder.image_embedding_size[0]
        self.channels = source.hidden_size
        self.count = source.num_mask_tokens
        places = tracker.get_image_wide_positional_embeddings()
        self.places = fixed(places.flatten(2).transpose(1, 2))
        self.no_mask = fixed(tracker.prompt_encoder.no_mask_embed.weight.reshape(1, 1, -1))
        self.points = PointEncoder(tracker)
        outputs = [source.obj_score_token.weight, source.iou_token.weight, source.mask_tokens.weight]
        self.outputs = fixed(torch.cat(outputs)[None])
        self.layers = nn.ModuleList(TwoWayLayer(layer) for layer in source.transformer.layers)
        self.last = Attention(source.transformer.final_attn_token_to_image, heads)
        self.last_norm = source.transformer.layer_norm_final_attn
        self.larger1 = source.upscale_conv1
        self.pixel_norm = nn.LayerNorm(self.channels // 4, eps=source.upscale_layer_norm.eps)
        self.pixel_norm.load_state_dict(source.upscale_layer_norm.state_dict())
        self.larger2 = source.upscale_conv2
        self.activation = source.activation
        # The first mask token is for a single answer; the three after it answer an ambiguous point.
        self.mask_heads = nn.ModuleList(mlp_of(head) for head in list(source.output_hypernetworks_mlps)[1:])
        self.iou_head = mlp_of(source.iou_prediction_head)
        self.object_head = mlp_of(source.pred_obj_score_head)

    def _pixels(self, picture: Tensor, track_0: Tensor, track_1: Tensor) -> Tensor:
        x = picture.transpose(1, 2).reshape(-1, self.channels, self.grid, self.grid)
        x = self.larger1(x) + track_1
        x = self.activation(self.pixel_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2))
        return self.activation(self.larger2(x) + track_0)

    def forward(
        self, track_0: Tensor, track_1: Tensor, track_2: Tensor, points: Tensor, point_labels: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        prompt = self.points(points, point_labels)
        outputs = self.outputs.expand(points.shape[0], -1, -1)
        start = torch.cat([outputs, prompt], dim=1)
        used = (point_labels != NO_POINT).to(start.dtype)
        before, after = int(self.outputs.shape[1]), 1
        valid = nn.functional.pad(used, (before, after), value=1.0)
        bias = key_bias(valid, start.dtype)
        x = start
        picture = track_2.flatten(2).transpose(1, 2) + self.no_mask
        for layer in self.layers:
            x, picture = layer(x, picture, start, self.places, bias)
        x = self.last_norm(x + self.last(x + start, picture + self.places, picture))
        pixels = self._pixels(picture, track_0, track_1)
        side = 4 * self.grid
        heads = [head(x[:, 3 + index]) for index, head in enumerate(self.mask_heads)]
        masks = torch.stack(heads, dim=1) @ pixels.reshape(-1, self.channels // 8, side * side)
        iou = self.iou_head(x[:, 1]).float().sigmoid()[:, 1:]
        return masks.reshape(-1, self.count - 1, side, side), iou, self.object_head(x[:, 0]).float()
