"""The graph from a picture's features and prompts of words and boxes to boxes, scores and masks: SAM3's detector.

Several prompts look at one picture. What does not depend on a prompt has batch size 1 and meets the prompts in a broadcast
product, so it is computed once.
"""

import torch
from torch import Tensor, nn
from transformers import Sam3Model

from box_encoder import BoxEncoder
from box_geometry import LogDistances, SineEncoding, corners, inverse_sigmoid
from layers import Attention, Linear, Perceptron, fixed, key_bias
from tensorrt_rewrites import ProjectedQueries, upsample_into_convolution


class EncoderLayer(nn.Module):
    """The picture looks at itself, then at the prompt."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.norm1 = layer.layer_norm1
        self.within = Attention(layer.self_attn, layer.self_attn.num_attention_heads)
        self.norm2 = layer.layer_norm2
        self.to_prompt = Attention(layer.cross_attn, layer.cross_attn.num_attention_heads)
        self.norm3 = layer.layer_norm3
        self.mlp = Perceptron([layer.mlp.fc1, layer.mlp.fc2], layer.mlp.activation_fn)

    def forward(self, x: Tensor, places: Tensor, prompt: Tensor, prompt_bias: Tensor) -> Tensor:
        normed = self.norm1(x)
        placed = normed + places
        x = x + self.within(placed, placed, normed)
        x = x + self.to_prompt(self.norm2(x), prompt, prompt, prompt_bias)
        return x + self.mlp(self.norm3(x))


class DecoderLayer(nn.Module):
    """Queries look at each other, at the prompt and at the picture."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.among = Attention(layer.self_attn, layer.self_attn.num_attention_heads)
        self.norm1 = layer.self_attn_layer_norm
        self.to_prompt = Attention(layer.text_cross_attn, layer.text_cross_attn.num_attention_heads)
        self.norm2 = layer.text_cross_attn_layer_norm
        self.to_picture = Attention(layer.vision_cross_attn, layer.vision_cross_attn.num_attention_heads)
        self.norm3 = layer.vision_cross_attn_layer_norm
        self.mlp = Perceptron([layer.mlp.fc1, layer.mlp.fc2], layer.mlp.activation_fn)
        self.norm4 = layer.mlp_layer_norm

    def forward(
        self,
        x: Tensor,
        query_place: Tensor,
        prompt: tuple[Tensor, Tensor],
        picture: tuple[Tensor, Tensor],
        box_bias: Tensor,
    ) -> Tensor:
        placed = x + query_place
        x = self.norm1(x + self.among(placed, placed, x))
        x = self.norm2(x + self.to_prompt(x + query_place, prompt[0], prompt[0], prompt[1]))
        x = self.norm3(x + self.to_picture(x + query_place, picture[1], picture[0], box_bias))
        return self.norm4(x + self.mlp(x))


def mlp_of(source: nn.Module) -> Perceptron:
    """A transformers Sam3DecoderMLP."""
    linears = [source.layer1, source.layer2] + ([] if source.layer3 is None else [source.layer3])
    return Perceptron(linears, nn.ReLU())


class BoxDecoder(nn.Module):
    """Queries refined layer by layer, each with a box; the token before them tells whether the thing is there at all."""

    def __init__(self, detector: Sam3Model, grid: int) -> None:
        super().__init__()
        source = detector.detr_decoder
        self.grid = grid
        self.heads = source.config.num_attention_heads
        self.queries = source.config.num_queries
        self.start = fixed(torch.cat([source.presence_token.weight, source.query_embed.weight])[None])
        self.boxes = source.reference_points.weight.detach().sigmoid()[None]
        self.layers = nn.ModuleList(DecoderLayer(layer) for layer in source.layers)
        self.norm = source.output_layer_norm
        self.box_head = mlp_of(source.box_head)
        self.encoding = SineEncoding(source.position_encoding)
        self.place_head = mlp_of(source.ref_point_head)
        self.distances = LogDistances(grid)
        self.across = mlp_of(source.box_rpb_embed_x)
        self.down = mlp_of(source.box_rpb_embed_y)
        self.presence_norm = source.presence_layer_norm
        self.presence_head = mlp_of(source.presence_head)
        self.presence_limit = source.clamp_presence_logit_max_val

    def _query_places(self, boxes: Tensor, dtype: torch.dtype) -> Tensor:
        ordered = torch.cat([boxes[..., 1:2], boxes[..., 0:1], boxes[..., 2:]], dim=-1)
        places = self.place_head(self.encoding(ordered).to(dtype))
        return nn.functional.pad(places, (0, 0, 1, 0))

    def _one_side(self, mlp: Perceptron, edges: Tensor, dtype: torch.dtype) -> Tensor:
        """The bias of rows or columns [n, heads, 1 + q, grid]; the token of presence, which has no box, gets zeros."""
        bias = mlp(self.distances(edges).to(dtype)).permute(0, 3, 1, 2)
        return nn.functional.pad(bias, (0, 0, 1, 0))

    def _box_bias(self, boxes: Tensor, dtype: torch.dtype) -> Tensor:
        edges = corners(boxes)
        across = self._one_side(self.across, edges[..., 0::2], dtype)
        down = self._one_side(self.down, edges[..., 1::2], dtype)
        bias = down[..., :, None] + across[..., None, :]
        return bias.reshape(-1, self.heads, 1 + self.queries, self.grid * self.grid)

    def forward(
        self, prompt: tuple[Tensor, Tensor], picture: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The queries' states [n, q, d], their boxes [n, q, (cx, cy, w, h)] and the presence logit [n, 1]."""
        x, boxes = self.start, self.boxes
        states = x
        for layer in self.layers:
            x = layer(x, self._query_places(boxes, x.dtype), prompt, picture, self._box_bias(boxes, x.dtype))
            states = self.norm(x[:, 1:])
            boxes = (self.box_head(states).float() + inverse_sigmoid(boxes)).sigmoid()
        presence = self.presence_head(self.presence_norm(x[:, :1]))[..., 0].float()
        return states, boxes, presence.clamp(-self.presence_limit, self.presence_limit)


class Scores(nn.Module):
    """How well each query fits the words and boxes of the prompt."""

    def __init__(self, detector: Sam3Model) -> None:
        super().__init__()
        source = detector.dot_product_scoring
        self.mlp = mlp_of(source.text_mlp)
        self.norm = source.text_mlp_out_norm
        self.prompt = Linear(source.text_proj.weight * source.scale, source.text_proj.bias * source.scale)
        self.query = Linear.of(source.query_proj)
        self.limit = source.clamp_max_val

    def forward(self, states: Tensor, prompt: Tensor, valid: Tensor) -> Tensor:
        """[n, q, d] and the prompt's tokens to logits [n, q]."""
        mixed = self.norm(self.mlp(prompt) + prompt)
        share = valid.float() / valid.float().sum(1, keepdim=True).clamp(min=1.0)
        pooled = share.to(mixed.dtype)[:, None, :] @ mixed
        logits = self.query(states) @ self.prompt(pooled).transpose(1, 2)
        return logits[..., 0].float().clamp(-self.limit, self.limit)


class Masks(nn.Module):
    """Each query against the pixels of the picture as the prompt sees it."""

    def __init__(self, detector: Sam3Model, grid: int) -> None:
        super().__init__()
        source = detector.mask_decoder
        self.grid = grid
        self.queries = detector.config.detr_decoder_config.num_queries
        self.norm = source.prompt_cross_attn_norm
        self.to_prompt = Attention(source.prompt_cross_attn, source.prompt_cross_attn.num_attention_heads)
        convolutions = list(source.pixel_decoder.conv_layers)[:2]
        # Both see the sum of the coarser level, made larger, and of the finer one: the finer part is the picture's alone.
        self.coarse = nn.ModuleList(upsample_into_convolution(convolution) for convolution in convolutions)
        self.fine = nn.ModuleList(nn.Conv2d(*c.weight.shape[1::-1], 3, padding=1, bias=False) for c in convolutions)
        for mine, convolution in zip(self.fine, convolutions, strict=True):
            mine.weight = fixed(convolution.weight)
        self.norms = nn.ModuleList(list(source.pixel_decoder.norms)[:2])
        embedder = source.mask_embedder
        self.embedder = Perceptron(list(embedder.layers), nn.ReLU())
        self.product = ProjectedQueries(source.instance_projection)

    def forward(self, states: Tensor, picture: Tensor, finer: list[Tensor], prompt: tuple[Tensor, Tensor]) -> Tensor:
        """The encoded picture [n, tokens, d] and the finer features, coarse to fine: to [n, q, 4 grid, 4 grid]."""
        channels = int(picture.shape[2])
        picture = picture + self.to_prompt(self.norm(picture), prompt[0], prompt[0], prompt[1])
        pixels = picture.transpose(1, 2).reshape(-1, channels, self.grid, self.grid)
        for coarse, fine, norm, features in zip(self.coarse, self.fine, self.norms, finer, strict=True):
            pixels = torch.relu(norm(coarse(pixels) + fine(features)))
        side = 4 * self.grid
        masks = self.product(self.embedder(states), pixels.reshape(-1, channels, side * side))
        return masks.reshape(-1, self.queries, side, side)


class PromptDecoder(nn.Module):
    """fpn_0..2, text_features, text_mask, boxes and box_labels to pred_boxes, pred_scores and pred_masks."""

    def __init__(self, detector: Sam3Model, box_slots: int) -> None:
        super().__init__()
        backbone = detector.config.vision_config.backbone_config
        self.grid = backbone.image_size // backbone.patch_size
        self.channels = detector.config.detr_encoder_config.hidden_size
        shape = (1, self.channels, self.grid, self.grid)
        places = detector.vision_encoder.neck.position_encoding(shape, torch.device("cpu"), torch.float32)
        self.places = fixed(places.flatten(2).transpose(1, 2))
        self.boxes = BoxEncoder(detector, self.grid, box_slots) if box_slots > 0 else None
        self.encoder = nn.ModuleList(EncoderLayer(layer) for layer in detector.detr_encoder.layers)
        self.decoder = BoxDecoder(detector, self.grid)
        self.scores = Scores(detector)
        self.masks = Masks(detector, self.grid)

    def forward(
        self,
        fpn_0: Tensor,
        fpn_1: Tensor,
        fpn_2: Tensor,
        text_features: Tensor,
        text_mask: Tensor,
        boxes: Tensor | None = None,
        box_labels: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        seen = fpn_2.flatten(2).transpose(1, 2)
        tokens, valid = text_features, text_mask.to(text_features.dtype)
        if self.boxes is not None:
            box_tokens, box_valid = self.boxes(boxes, box_labels, fpn_2, seen, seen + self.places)
            tokens, valid = torch.cat([tokens, box_tokens], dim=1), torch.cat([valid, box_valid], dim=1)
        prompt = (tokens, key_bias(valid, tokens.dtype))
        picture = seen
        for layer in self.encoder:
            picture = layer(picture, self.places, *prompt)
        states, found, presence = self.decoder(prompt, (picture, picture + self.places))
        scores = self.scores(states, tokens, valid).sigmoid() * presence.sigmoid()
        return corners(found), scores, self.masks(states, picture, [fpn_1, fpn_0], prompt)
