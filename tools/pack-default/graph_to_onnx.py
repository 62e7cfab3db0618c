"""Turns a TensorFlow.js graph model (model.json and its .bin) into an ONNX graph.

Covers the operators that a convolutional detector needs. Tensors keep TensorFlow's NHWC order inside the graph;
each convolution is wrapped in transposes, which onnxruntime removes in pairs. Weights that the package stores as
half floats are stored as half floats again and widened by a Cast that onnxruntime folds when it loads the file.
"""

import base64
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
TO_NCHW, TO_NHWC = [0, 3, 1, 2], [0, 2, 3, 1]
DTYPES = {"float32": np.float32, "int32": np.int32, "float16": np.float16}


def read_weights(model_json: pathlib.Path):
    """Name -> (array as it is used, array as it is stored)."""
    model = json.loads(model_json.read_text())
    weights = {}
    for group in model["weightsManifest"]:
        data = b"".join((model_json.parent / path).read_bytes() for path in group["paths"])
        offset = 0
        for entry in group["weights"]:
            stored = DTYPES[entry.get("quantization", {}).get("dtype", entry["dtype"])]
            count = int(np.prod(entry["shape"], dtype=np.int64))
            raw = np.frombuffer(data, stored, count, offset).reshape(entry["shape"])
            offset += raw.nbytes
            weights[entry["name"]] = (raw.astype(DTYPES[entry["dtype"]]), raw)
        if offset != len(data):
            raise ValueError(f"{len(data) - offset} bytes of weights are left over")
    return model, weights


def attribute(node, name, default=None):
    value = node.get("attr", {}).get(name)
    if value is None:
        return default
    if "s" in value:
        return base64.b64decode(value["s"]).decode()
    if "list" in value:
        return [int(item) for item in value["list"].get("i", [])]
    kind, content = next(iter(value.items()))
    return {"i": int, "f": float, "b": bool}.get(kind, lambda x: x)(content)


class Converter:
    def __init__(self, model, weights, resize_factors):
        self.nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
        self.signature = model["signature"]
        self.weights = weights
        self.resize_factors = list(resize_factors)
        self.folded = {}
        self.onnx_nodes = []
        self.initializers = {}
        self.done = set()

    def constant(self, name):
        """Value of a node that depends on weights alone, or None."""
        name = name.removesuffix(":0")
        if name in self.weights:
            return self.weights[name][0]
        if name in self.folded:
            return self.folded[name]
        node = self.nodes.get(name)
        value = None
        if node and node["op"] in ("SparseToDense", "AddV2", "Add", "Identity"):
            inputs = [self.constant(i) for i in node.get("input", [])]
            if inputs and all(i is not None for i in inputs):
                value = self.fold(node["op"], inputs)
        self.folded[name] = value
        return value

    @staticmethod
    def fold(op, inputs):
        if op == "Identity":
            return inputs[0]
        if op in ("Add", "AddV2"):
            return inputs[0] + inputs[1]
        indices, shape, values, default = inputs  # SparseToDense
        dense = np.full(shape, default)
        for index, value in zip(indices.reshape(-1, len(np.atleast_1d(shape))), np.atleast_1d(values)):
            dense[tuple(index)] = value
        return dense

    def emit(self, op, inputs, output, **attributes):
        self.onnx_nodes.append(helper.make_node(op, inputs, [output] if isinstance(output, str) else output, name=output if isinstance(output, str) else output[0], **attributes))
        return output

    def int_tensor(self, name, values):
        self.initializers[name] = numpy_helper.from_array(np.asarray(values, np.int64), name)
        return name

    def half_weight(self, name, stored, used):
        """An initializer in the precision of the package, widened to f32 in the graph where needed."""
        if stored.dtype == np.float16:
            self.initializers[name + "/f16"] = numpy_helper.from_array(np.ascontiguousarray(used.astype(np.float16)), name + "/f16")
            return self.emit("Cast", [name + "/f16"], name, to=TensorProto.FLOAT)
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(used.astype(np.float32)), name)
        return name

    def tensor(self, reference):
        """ONNX name of an input, converting whatever makes it first."""
        name, _, port = reference.partition(":")
        if self.constant(name) is not None:
            if name not in self.done:
                self.done.add(name)
                used, stored = self.weights.get(name, (self.constant(name),) * 2)
                self.half_weight(name, np.asarray(stored), np.asarray(used))
            return name
        self.convert(name)
        return name if port in ("", "0") else f"{name}:{port}"

    def convert(self, name):
        if name in self.done:
            return
        self.done.add(name)
        node = self.nodes[name]
        if node["op"] != "Placeholder":
            getattr(self, "op_" + node["op"])(name, node, node.get("input", []))

    def op_Identity(self, name, node, inputs):
        self.emit("Identity", [self.tensor(inputs[0])], name)

    def op_Transpose(self, name, node, inputs):
        self.emit("Transpose", [self.tensor(inputs[0])], name, perm=[int(p) for p in self.constant(inputs[1])])

    def op_Pad(self, name, node, inputs):
        pads = self.constant(inputs[1]).T.reshape(-1)
        operands = [self.tensor(inputs[0]), self.int_tensor(name + "/pads", pads)]
        if len(inputs) > 2:
            value = np.asarray(self.constant(inputs[2]), np.float32).reshape(())
            self.initializers[name + "/value"] = numpy_helper.from_array(value, name + "/value")
            operands.append(name + "/value")
        self.emit("Pad", operands, name, mode="constant")

    op_PadV2 = op_Pad

    def op_Conv2D(self, name, node, inputs):
        if attribute(node, "padding") != "VALID":
            raise ValueError(f"{name}: only VALID padding")
        kernel, stored = self.weights[inputs[1]]
        weight = self.half_weight(name + "/kernel", stored, kernel.transpose(3, 2, 0, 1))
        source = self.emit("Transpose", [self.tensor(inputs[0])], name + "/nchw", perm=TO_NCHW)
        strides = attribute(node, "strides")[1:3]
        dilations = (attribute(node, "dilations") or [1, 1, 1, 1])[1:3]
        self.emit("Conv", [source, weight], name + "/conv", strides=strides, dilations=dilations, kernel_shape=list(kernel.shape[:2]))
        self.emit("Transpose", [name + "/conv"], name, perm=TO_NHWC)

    def op_Add(self, name, node, inputs):
        conv, bias = self.nodes.get(inputs[0]), self.constant(inputs[1])
        if conv and conv["op"] == "Conv2D" and bias is not None and bias.ndim == 1:
            # The bias belongs to the convolution before it.
            self.tensor(inputs[0])
            made = next(n for n in self.onnx_nodes if n.name == inputs[0] + "/conv")
            made.input.append(self.half_weight(name + "/bias", self.weights[inputs[1]][1], bias))
            at = self.onnx_nodes.index(made)
            self.onnx_nodes.insert(at, self.onnx_nodes.pop()) if self.onnx_nodes[-1].op_type == "Cast" else None
            self.emit("Identity", [inputs[0]], name)
            return
        self.emit("Add", [self.tensor(i) for i in inputs], name)

    op_AddV2 = op_Add

    def op_LeakyRelu(self, name, node, inputs):
        self.emit("LeakyRelu", [self.tensor(inputs[0])], name, alpha=attribute(node, "alpha", 0.2))

    def op_Sigmoid(self, name, node, inputs):
        self.emit("Sigmoid", [self.tensor(inputs[0])], name)

    def op_MaxPool(self, name, node, inputs):
        source = self.emit("Transpose", [self.tensor(inputs[0])], name + "/nchw", perm=TO_NCHW)
        self.emit("MaxPool", [source], name + "/pool", kernel_shape=attribute(node, "ksize")[1:3], strides=attribute(node, "strides")[1:3])
        self.emit("Transpose", [name + "/pool"], name, perm=TO_NHWC)

    def op_ConcatV2(self, name, node, inputs):
        self.emit("Concat", [self.tensor(i) for i in inputs[:-1]], name, axis=int(self.constant(inputs[-1])))

    def op_ResizeBilinear(self, name, node, inputs):
        # By a factor instead of to the exported size, so that the model takes inputs of other sizes.
        factor = self.resize_factors.pop(0)
        source = self.emit("Transpose", [self.tensor(inputs[0])], name + "/nchw", perm=TO_NCHW)
        self.initializers[name + "/factors"] = numpy_helper.from_array(np.asarray([1, 1, factor, factor], np.float32), name + "/factors")
        mode = "half_pixel" if attribute(node, "half_pixel_centers") else "align_corners" if attribute(node, "align_corners") else "asymmetric"
        self.emit("Resize", [source, "", name + "/factors"], name + "/resized", mode="linear", coordinate_transformation_mode=mode)
        self.emit("Transpose", [name + "/resized"], name, perm=TO_NHWC)

    def op_SplitV(self, name, node, inputs):
        sizes = [int(x) for x in self.constant(inputs[1])]
        outputs = [name] + [f"{name}:{n}" for n in range(1, len(sizes))]
        self.emit("Split", [self.tensor(inputs[0]), self.int_tensor(name + "/sizes", sizes)], outputs, axis=int(self.constant(inputs[2])))

    def op_Reshape(self, name, node, inputs):
        shape = self.constant(inputs[1])
        self.emit("Reshape", [self.tensor(inputs[0]), self.int_tensor(name + "/shape", shape)], name)


def convert(model_json, input_name, output_names, graph_name, resize_factors):
    """`output_names`: name in the package -> name in the ONNX file; `resize_factors` in the order of the resizes."""
    model, weights = read_weights(pathlib.Path(model_json))
    converter = Converter(model, weights, resize_factors)
    (source,) = converter.signature["inputs"].values()
    source_name = source["name"].removesuffix(":0")
    channels = int(source["tensorShape"]["dim"][1]["size"])
    outputs = []
    for tf_name, onnx_name in output_names.items():
        entry = converter.signature["outputs"][tf_name + ":0"]
        converter.emit("Identity", [converter.tensor(tf_name)], onnx_name)
        outputs.append(helper.make_tensor_value_info(onnx_name, TensorProto.FLOAT, [1, None, int(entry["tensorShape"]["dim"][2]["size"])]))
    for node in converter.onnx_nodes:
        for at, name in enumerate(node.input):
            if name == source_name:
                node.input[at] = input_name
    graph = helper.make_graph(
        converter.onnx_nodes,
        graph_name,
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, [1, channels, "height", "width"])],
        outputs,
        [converter.initializers[name] for name in sorted(converter.initializers)],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="sam3-fleet")
    made.ir_version = IR_VERSION
    onnx.checker.check_model(made)
    return made
