"""The graphs of a pack: which module each is, what goes in and out, and an example to trace it with."""

from dataclasses import dataclass

import torch
from transformers import Sam3Model, Sam3TrackerModel

from box_encoder import NO_BOX
from onnx_file import GraphFile
from prompt_decoder import PromptDecoder
from text_encoder import TextEncoder
from tracker_decoder import NO_POINT, TrackerDecoder
from vision_encoder import VisionEncoder

FEATURES = ["fpn_0", "fpn_1", "fpn_2"]
TRACKS = ["track_0", "track_1", "track_2"]
ANSWERS = ["pred_boxes", "pred_scores", "pred_masks"]
TRACKED = ["masks", "iou_scores", "object_score"]


@dataclass(frozen=True)
class Limits:
    """How much one call of a decoder takes."""

    prompts: int = 8
    box_slots: int = 8
    point_slots: int = 16


@dataclass(frozen=True)
class Sizes:
    """What a detector's configuration makes of the sizes of features and answers."""

    side: int
    grid: int
    channels: int
    tokens: int
    queries: int

    @classmethod
    def of(cls, detector: Sam3Model) -> "Sizes":
        backbone = detector.config.vision_config.backbone_config
        return cls(
            side=backbone.image_size,
            grid=backbone.image_size // backbone.patch_size,
            channels=detector.config.detr_encoder_config.hidden_size,
            tokens=detector.config.text_config.max_position_embeddings,
            queries=detector.config.detr_decoder_config.num_queries,
        )


def vision_encoder(encoder: VisionEncoder, sizes: Sizes, dtype: torch.dtype) -> GraphFile:
    outputs = FEATURES if encoder.tracker_neck is None else FEATURES + TRACKS
    pixels = torch.zeros(1, 3, sizes.side, sizes.side, dtype=dtype)
    return GraphFile("vision-encoder", encoder.eval().to(dtype), {"pixel_values": pixels}, outputs)


def text_encoder(detector: Sam3Model, dtype: torch.dtype) -> GraphFile:
    tokens = Sizes.of(detector).tokens
    ids = torch.arange(2 * tokens).reshape(2, tokens) % 100
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    module = TextEncoder(detector).eval().to(dtype)
    return GraphFile("text-encoder", module, inputs, ["text_features"], [*inputs, "text_features"])


def prompt_decoder(detector: Sam3Model, limits: Limits, dtype: torch.dtype) -> GraphFile:
    sizes = Sizes.of(detector)
    levels = [(1, sizes.channels, scale * sizes.grid, scale * sizes.grid) for scale in (4, 2, 1)]
    features = {name: torch.zeros(shape, dtype=dtype) for name, shape in zip(FEATURES, levels, strict=True)}
    prompts = {
        "text_features": torch.zeros(2, sizes.tokens, sizes.channels, dtype=dtype),
        "text_mask": torch.ones(2, sizes.tokens, dtype=torch.int64),
    }
    if limits.box_slots > 0:
        prompts["boxes"] = torch.full((2, limits.box_slots, 4), 0.5)
        prompts["box_labels"] = torch.full((2, limits.box_slots), NO_BOX)
    module = PromptDecoder(detector, limits.box_slots).eval().to(dtype)
    return GraphFile("prompt-decoder", module, features | prompts, ANSWERS, [*prompts, *ANSWERS])


def tracker_decoder(tracker: Sam3TrackerModel, limits: Limits, dtype: torch.dtype) -> GraphFile:
    channels = tracker.mask_decoder.hidden_size
    grid = tracker.prompt_encoder.image_embedding_size[0]
    levels = [(channels // 8, 4), (channels // 4, 2), (channels, 1)]
    features = {
        name: torch.zeros(1, width, scale * grid, scale * grid, dtype=dtype)
        for name, (width, scale) in zip(TRACKS, levels, strict=True)
    }
    prompts = {
        "points": torch.zeros(2, limits.point_slots, 2),
        "point_labels": torch.full((2, limits.point_slots), NO_POINT),
    }
    module = TrackerDecoder(tracker).eval().to(dtype)
    return GraphFile("tracker-decoder", module, features | prompts, TRACKED, [*prompts, *TRACKED])
