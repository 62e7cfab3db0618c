"""Packs come out the same each time, equal what is committed, and take checkpoints in transformers' form."""

import hashlib
import json
import pathlib
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Sam3VideoConfig, Sam3VideoModel

from checkpoint import Checkpoint, from_meta_file, from_pretrained
from tiny_model import TOKENS, detector_config, tracker_config, tiny_models
from tiny_tokenizer import save_tokenizer, tiny_tokenizer

HERE = pathlib.Path(__file__).parent
FIXTURE = HERE.parents[1] / "packages/models/src/sam3/fixtures/tiny"


def call(program: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, HERE / program, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pack(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("pack")
    done = call("export.py", "--tiny", "--seed", "0", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


def test_the_committed_fixture_is_what_the_export_writes(pack):
    names = sorted(path.name for path in FIXTURE.iterdir())
    assert sorted(path.name for path in pack.iterdir()) == names
    assert [name for name in names if (pack / name).read_bytes() != (FIXTURE / name).read_bytes()] == []


def test_the_manifest_tells_every_file_as_it_is(pack):
    for file in json.loads((pack / "pack.json").read_text())["files"]:
        data = (pack / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_the_check_passes_the_pack_and_fails_one_of_other_weights(pack):
    passed = call("check.py", str(pack), "--tiny")
    assert passed.returncode == 0, passed.stdout
    failed = call("check.py", str(pack), "--tiny", "--seed", "7")
    assert failed.returncode == 1
    assert "FAILED" in failed.stdout


def video_checkpoint(target: pathlib.Path, by_transformers: bool) -> pathlib.Path:
    """A checkpoint in transformers' form with the names of the real one: one model for detector and tracker on video."""
    tokenizer = tiny_tokenizer(TOKENS)
    detector, tracker = tiny_models(len(tokenizer), seed=3)
    tracker_parts = tracker_config().to_dict()
    config = Sam3VideoConfig(
        detector_config=detector_config(len(tokenizer)).to_dict(),
        tracker_config={
            "model_type": "sam3_tracker_video",
            "image_size": 168,
            "vision_config": detector_config(len(tokenizer)).vision_config.to_dict(),
            "prompt_encoder_config": tracker_parts["prompt_encoder_config"],
            "mask_decoder_config": tracker_parts["mask_decoder_config"],
            "memory_attention_hidden_size": 32,
        },
    )
    video = Sam3VideoModel(config)
    weights = {f"detector_model.{name}": value for name, value in detector.state_dict().items()}
    for name, value in tracker.state_dict().items():
        if name.startswith("vision_encoder.neck."):
            weights[name.replace("vision_encoder.neck.", "tracker_neck.")] = value.contiguous()
        elif not name.startswith("vision_encoder."):
            weights[f"tracker_model.{name}"] = value.contiguous()
    assert [name for name in weights if name not in video.state_dict()] == []
    save_tokenizer(tokenizer, target)
    if by_transformers:
        video.load_state_dict(weights, strict=False)
        video.save_pretrained(target)
    else:
        config.save_pretrained(target)
        save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    return target


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> pathlib.Path:
    return video_checkpoint(tmp_path_factory.mktemp("checkpoint"), by_transformers=False)


def expect_seed_3(checkpoint: Checkpoint) -> None:
    detector, tracker = tiny_models(len(checkpoint.tokenizer), seed=3)
    for mine, reference in ((checkpoint.detector, detector), (checkpoint.tracker, tracker)):
        known = mine.state_dict()
        assert known.keys() == reference.state_dict().keys()
        assert [name for name, value in reference.state_dict().items() if not torch.equal(known[name], value)] == []


def test_a_checkpoint_of_the_video_model_is_read_whole(folder):
    expect_seed_3(from_pretrained(folder, "a folder", None))


def test_a_checkpoint_that_transformers_saved_is_read_whole(tmp_path):
    expect_seed_3(from_pretrained(video_checkpoint(tmp_path, by_transformers=True), "a folder", None))


def test_metas_file_goes_through_the_converter_that_is_given(folder, tmp_path):
    file = tmp_path / "sam3.pt"
    file.write_text(str(folder))
    converter = tmp_path / "converter.py"
    # Takes the arguments of transformers' converter; the file names the folder that it would have made.
    converter.write_text(
        "import shutil, sys\n"
        "given = dict(zip(sys.argv[1::2], sys.argv[2::2]))\n"
        "source = open(given['--checkpoint_path']).read()\n"
        "shutil.copytree(source, given['--output_path'], dirs_exist_ok=True)\n"
    )
    expect_seed_3(from_meta_file(file, converter, None))


def test_metas_file_without_a_converter_says_where_to_find_one(tmp_path):
    with pytest.raises(SystemExit, match="--converter"):
        from_meta_file(tmp_path / "sam3.pt", None, None)


def test_a_checkpoint_that_lacks_weights_is_refused(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = load_file(folder / "model.safetensors")
    del weights["tracker_model.no_memory_embedding"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match="no_memory_embedding"):
        from_pretrained(tmp_path, "a folder", None)


def test_a_checkpoint_becomes_a_pack_of_another_size(folder, tmp_path):
    done = call("export.py", "--checkpoint", str(folder), "--size", "112", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "pack.json").read_text())["segmenter"]["shape"]["grid"] == 8
    checked = call("check.py", str(tmp_path), "--checkpoint", str(folder), "--size", "112")
    assert checked.returncode == 0, checked.stdout + checked.stderr
