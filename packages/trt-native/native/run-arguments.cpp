#include "run-arguments.hpp"

#include "js-engine.hpp"
#include "js-values.hpp"

namespace sam3 {

namespace {

Status readData(const Napi::Value& value, RunInput& input, RunArguments& arguments) {
  if (!value.IsTypedArray()) return invalidInput(input.name + ".data must be a Uint8Array");
  const auto array = value.As<Napi::TypedArray>();
  if (array.TypedArrayType() != napi_uint8_array) return invalidInput(input.name + ".data must be a Uint8Array");
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_typedarray_info(value.Env(), value, nullptr, &length, &data, nullptr, nullptr) != napi_ok) {
    return invalidInput(input.name + ".data cannot be read");
  }
  input.place = Place::host;
  input.data = static_cast<const std::byte*>(data);
  input.bytes = length;
  arguments.toHold.push_back(value.As<Napi::Object>());
  return std::nullopt;
}

Status readPinned(const Napi::Value& value, std::int64_t bytes, RunInput& input, RunArguments& arguments) {
  auto block = JsPinned::of(value);
  if (!block) return invalidInput(input.name + ".pinned is not a page-locked buffer of this addon");
  if (static_cast<std::size_t>(bytes) > block->bytes()) return invalidInput(input.name + " is longer than its buffer");
  input.place = Place::pinned;
  input.data = block->data();
  input.bytes = static_cast<std::size_t>(bytes);
  arguments.pinned.push_back(std::move(block));
  return std::nullopt;
}

Status readTensor(const Napi::Value& value, RunInput& input, RunArguments& arguments) {
  const JsDeviceTensor::Content* tensor = JsDeviceTensor::of(value);
  if (!tensor) return invalidInput(input.name + ".tensor is not a tensor on the GPU, or it is disposed of");
  input.place = Place::device;
  input.type = tensor->type;
  input.dims = tensor->dims;
  input.bytes = tensor->bytes;
  input.address = tensor->block->address();
  input.deviceIndex = tensor->block->device()->info().index;
  arguments.blocks.push_back(tensor->block);
  return std::nullopt;
}

Status readInput(const Napi::Value& value, RunArguments& arguments) {
  Fields fields(value, "input");
  RunInput input{};
  input.name = fields.text("name");
  const Napi::Value tensor = fields.field("tensor");
  if (fields.failed) return fields.failed;
  if (!tensor.IsUndefined()) {
    if (auto failed = readTensor(tensor, input, arguments)) return failed;
  } else {
    const std::string type = fields.text("type");
    input.dims = fields.dims("dims");
    const std::int64_t bytes = fields.integer("byteLength", 0, std::int64_t{1} << 40, 0);
    const Napi::Value pinned = fields.field("pinned");
    const Napi::Value data = fields.field("data");
    if (fields.failed) return fields.failed;
    const auto known = typeNamed(type);
    if (!known) return invalidInput("there is no type called " + type);
    input.type = *known;
    if (auto failed = pinned.IsUndefined() ? readData(data, input, arguments)
                                           : readPinned(pinned, bytes, input, arguments)) {
      return failed;
    }
  }
  arguments.request.inputs.push_back(std::move(input));
  return std::nullopt;
}

}  // namespace

Result<RunArguments> readRunArguments(Napi::Value value) {
  Fields fields(value, "request");
  RunArguments arguments;
  const auto inputs = fields.list("inputs");
  arguments.request.toHost = fields.texts("toHost");
  arguments.request.toDevice = fields.texts("toDevice");
  if (fields.failed) return *fields.failed;
  for (const Napi::Value& input : inputs) {
    if (auto failed = readInput(input, arguments)) return *failed;
  }
  return arguments;
}

}  // namespace sam3
