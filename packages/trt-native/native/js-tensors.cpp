// The two small classes that hold memory for JavaScript: tensors on the GPU and page-locked buffers.
#include "addon-data.hpp"
#include "js-engine.hpp"
#include "js-values.hpp"
#include "live-counts.hpp"

namespace sam3 {

namespace {

/// Told apart from objects of other addons by these tags (random numbers).
constexpr napi_type_tag kDeviceTensorTag{0x6a1f0c3e9b5d4f27, 0x8c42e7a1d3905b6e};
constexpr napi_type_tag kPinnedTag{0x2f94b8d07c6e4a13, 0xb1d85e3f60a7942c};

}  // namespace

Napi::Function JsDeviceTensor::define(Napi::Env env) {
  return DefineClass(env, "NativeDeviceTensor",
                     {InstanceMethod<&JsDeviceTensor::describe>("describe"),
                      InstanceMethod<&JsDeviceTensor::dispose>("dispose")});
}

JsDeviceTensor::JsDeviceTensor(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsDeviceTensor>(info) {
  auto content = takeWrapped<Content>(info.Env());
  if (!content) return;
  content_ = std::move(*content);
  info.This().As<Napi::Object>().TypeTag(&kDeviceTensorTag);
  ++LiveCounts::tensors;
}

JsDeviceTensor::~JsDeviceTensor() { release(); }

void JsDeviceTensor::release() {
  if (!content_.block) return;
  content_.block.reset();
  --LiveCounts::tensors;
}

const JsDeviceTensor::Content* JsDeviceTensor::of(Napi::Value value) {
  if (!value.IsObject()) return nullptr;
  const auto object = value.As<Napi::Object>();
  if (!object.CheckTypeTag(&kDeviceTensorTag)) return nullptr;
  const JsDeviceTensor* tensor = Unwrap(object);
  return tensor->content_.block ? &tensor->content_ : nullptr;
}

Napi::Value JsDeviceTensor::describe(const Napi::CallbackInfo& info) {
  Napi::Object description = Napi::Object::New(info.Env());
  description.Set("type", typeName(content_.type));
  description.Set("dims", toArray(info.Env(), content_.dims));
  description.Set("bytes", Napi::Number::New(info.Env(), static_cast<double>(content_.bytes)));
  description.Set("disposed", Napi::Boolean::New(info.Env(), !content_.block));
  return description;
}

Napi::Value JsDeviceTensor::dispose(const Napi::CallbackInfo& info) {
  // Back to the pool, which takes no time; runs that use it hold it until they are over.
  release();
  return info.Env().Undefined();
}

Napi::Function JsPinned::define(Napi::Env env) {
  return DefineClass(env, "NativePinned", {InstanceMethod<&JsPinned::buffer>("buffer")});
}

JsPinned::JsPinned(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsPinned>(info) {
  auto content = takeWrapped<std::shared_ptr<PinnedBlock>>(info.Env());
  if (!content) return;
  block_ = std::move(*content);
  info.This().As<Napi::Object>().TypeTag(&kPinnedTag);
}

std::shared_ptr<PinnedBlock> JsPinned::of(Napi::Value value) {
  if (!value.IsObject()) return nullptr;
  const auto object = value.As<Napi::Object>();
  return object.CheckTypeTag(&kPinnedTag) ? Unwrap(object)->block_ : nullptr;
}

/// To be called once: V8 refuses a second ArrayBuffer over the same memory.
Napi::Value JsPinned::buffer(const Napi::CallbackInfo& info) {
  auto* keepAlive = new std::shared_ptr<PinnedBlock>(block_);
  return Napi::ArrayBuffer::New(
      info.Env(), block_->data(), block_->bytes(),
      [](Napi::BasicEnv, void*, std::shared_ptr<PinnedBlock>* held) { delete held; }, keepAlive);
}

}  // namespace sam3
