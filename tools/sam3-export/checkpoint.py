"""Where a SAM3 comes from: a folder or a repository in transformers' form, Meta's own file, or a seed."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
import torch
from transformers import AutoConfig, CLIPTokenizer, Sam3Config, Sam3Model, Sam3TrackerConfig, Sam3TrackerModel

from pack_file import Origin
from tiny_model import TOKENS, fill, tiny_models
from tiny_tokenizer import tiny_tokenizer

# The module of transformers that turns Meta's file into its own form. It stands in transformers' repository and not in
# every release, so its file can be given instead.
CONVERTER = "transformers.models.sam3_video.convert_sam3_video_to_hf"
# What decoders read of the tracker's neck. Configurations name a fourth level, which transformers' image model takes for
# the last one and adds the no-memory embedding to; its video model and Meta's own add it to the third, as here.
TRACKER_SCALES = [4.0, 2.0, 1.0]
RECIPE = "tools/sam3-export/export.py of sam3-fleet"
META_LICENCE = "SAM License (Meta), see the licence beside the checkpoint"


@dataclass
class Checkpoint:
    """Everything that a pack is made of."""

    detector: Sam3Model
    tracker: Sam3TrackerModel | None
    tokenizer: CLIPTokenizer
    origin: Origin


def from_seed(seed: int, full: bool) -> Checkpoint:
    """Weights that know nothing: the tiny model of the tests, or the full architecture to measure time with."""
    tokenizer = tiny_tokenizer(TOKENS)
    kind = "full" if full else "tiny"
    if full:
        detector, tracker = Sam3Model(Sam3Config()).eval(), Sam3TrackerModel(_tracker_config()).eval()
        fill(detector, np.random.RandomState(seed))
        fill(tracker, np.random.RandomState(seed + 1))
        tracker.vision_encoder.backbone = detector.vision_encoder.backbone
    else:
        detector, tracker = tiny_models(len(tokenizer), seed)
    origin = Origin(
        pack=f"sam3-{kind}-random",
        version="1.0.0",
        title=f"SAM3's {kind} architecture with random weights: it finds nothing real",
        source=f"drawn from the seed {seed}",
        licence="MIT",
        tokenizer_licence="MIT",
        recipe=f"{RECIPE} {'--random' if full else '--tiny'} --seed {seed}",
    )
    return Checkpoint(detector, tracker, tokenizer, origin)


def _tracker_config(source: str | pathlib.Path | None = None) -> Sam3TrackerConfig:
    if source is None:
        config = Sam3TrackerConfig()
    else:
        whole = AutoConfig.from_pretrained(source)
        part = getattr(whole, "tracker_config", None)
        if part is None:
            raise LookupError("no tracker in the configuration")
        config = Sam3TrackerConfig(
            vision_config=part.vision_config.to_dict(),
            prompt_encoder_config=_common(part, "prompt_encoder_config"),
            mask_decoder_config=_common(part, "mask_decoder_config"),
        )
    config.vision_config.scale_factors = TRACKER_SCALES
    return config


def _common(part: object, name: str) -> dict:
    """A part of the video tracker's configuration in the words of the image tracker's, whose parts are named alike."""
    values = getattr(part, name).to_dict()
    values.pop("model_type", None)
    return values


def from_pretrained(source: str | pathlib.Path, name: str, side: int | None) -> Checkpoint:
    """A folder or repository in transformers' form. A token for the hub is read from HF_TOKEN by huggingface_hub itself."""
    config = AutoConfig.from_pretrained(source)
    if side is not None:
        config.image_size = side
    detector = Sam3Model.from_pretrained(source, config=config, dtype=torch.float32).eval()
    try:
        tracker_config = _tracker_config(source)
    except LookupError:
        tracker = None
    else:
        if side is not None:
            _resize_tracker(tracker_config, side)
        tracker = Sam3TrackerModel.from_pretrained(source, config=tracker_config, dtype=torch.float32).eval()
        # One backbone in memory instead of two with equal weights.
        tracker.vision_encoder.backbone = detector.vision_encoder.backbone
    origin = Origin(
        pack="sam3",
        version="1.0.0",
        title="SAM3 (Segment Anything with Concepts)",
        source=name,
        licence=META_LICENCE,
        tokenizer_licence="MIT (CLIP's vocabulary)",
        recipe=RECIPE,
    )
    return Checkpoint(detector, tracker, CLIPTokenizer.from_pretrained(source), origin)


def _resize_tracker(config: Sam3TrackerConfig, side: int) -> None:
    grid = side // config.vision_config.backbone_config.patch_size
    config.vision_config.image_size = side
    config.vision_config.backbone_feature_sizes = [[scale * grid, scale * grid] for scale in (4, 2, 1)]
    config.prompt_encoder_config.image_size = side


def from_meta_file(path: pathlib.Path, converter: pathlib.Path | None, side: int | None) -> Checkpoint:
    """Meta's .pt file, through transformers' own converter."""
    with tempfile.TemporaryDirectory() as folder:
        if converter is not None:
            command = [sys.executable, str(converter)]
        elif importlib.util.find_spec(CONVERTER) is not None:
            command = [sys.executable, "-m", CONVERTER]
        else:
            raise SystemExit(
                "this release of transformers has no converter for Meta's file: give the path of its "
                "src/transformers/models/sam3_video/convert_sam3_video_to_hf.py with --converter, or export from "
                "the converted repository with --hub"
            )
        subprocess.run([*command, "--checkpoint_path", str(path), "--output_path", folder], check=True, env=os.environ)
        return from_pretrained(folder, path.name, side)
