// The addon's surface, described in src/native-addon.ts: a capture per source, whose events come one by one on the thread
// of JavaScript. Captures end with their environment, their threads joined.
#include <gst/gst.h>
#include <napi.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "capture.hpp"
#include "deepstream/nanodet-parser.hpp"
#include "js-values.hpp"

namespace sam3gst {

namespace {

class JsCapture;

struct AddonData {
  Napi::FunctionReference captureClass;
  std::set<JsCapture*> open;
};

class JsCapture : public Napi::ObjectWrap<JsCapture> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Capture",
                       {InstanceMethod("start", &JsCapture::start), InstanceMethod("giveSlot", &JsCapture::giveSlot),
                        InstanceMethod("stop", &JsCapture::stop)});
  }

  /// new Capture(spec, onEvent)
  explicit JsCapture(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsCapture>(info) {
    Napi::Env env = info.Env();
    if (!info[0].IsObject() || !info[1].IsFunction()) {
      Napi::TypeError::New(env, "a capture takes its description and a listener").ThrowAsJavaScriptException();
      return;
    }
    env.GetInstanceData<AddonData>()->open.insert(this);
    // It stays while its thread speaks, whoever else has forgotten it.
    Ref();
    events_ = Napi::ThreadSafeFunction::New(env, info[1].As<Napi::Function>(), "capture", 0, 1);
    capture_ = std::make_unique<Capture>(readCaptureSpec(info[0].As<Napi::Object>()), [this](Event event) { emit(std::move(event)); });
  }

  /// With the environment: nothing is heard any more.
  void end() { capture_.reset(); }

 private:
  /// On threads of the capture; on that of JavaScript where it has none.
  void emit(Event event) {
    const std::lock_guard lock(emitting_);
    if (isDeaf_) return;
    const bool isLast = std::holds_alternative<ClosedEvent>(event);
    auto carried = std::make_unique<Event>(std::move(event));
    const auto deliver = [this](Napi::Env env, Napi::Function listener, Event* raw) {
      const std::unique_ptr<Event> received(raw);
      if (env == nullptr) return;
      onEvent(env, listener, *received);
    };
    const napi_status status = events_.NonBlockingCall(carried.get(), deliver);
    if (status == napi_ok) carried.release();
    // Its environment ends. This answer has given back our hold on the function, which may be gone from now on.
    if (status == napi_closing) isDeaf_ = true;
    else if (isLast) events_.Release();
  }

  /// On the thread of JavaScript.
  void onEvent(Napi::Env env, const Napi::Function& listener, const Event& event) {
    const Napi::HandleScope scope(env);
    if (const auto* frame = std::get_if<FrameEvent>(&event)) memory_.erase(frame->slot);
    const bool isLast = std::holds_alternative<ClosedEvent>(event);
    if (isLast) {
      capture_.reset();
      memory_.clear();
      env.GetInstanceData<AddonData>()->open.erase(this);
    }
    listener.Call({toJs(env, event)});
    if (isLast) Unref();
  }

  /// start({ fromFrame, working, input })
  Napi::Value start(const Napi::CallbackInfo& info) {
    if (capture_ && info[0].IsObject()) capture_->start(readStartSpec(info[0].As<Napi::Object>()));
    return info.Env().Undefined();
  }

  /// giveSlot(image, input): the number by which a frame will name them. Neither is to be touched before that.
  Napi::Value giveSlot(const Napi::CallbackInfo& info) {
    Napi::Env env = info.Env();
    if (!info[0].IsArrayBuffer() || !info[1].IsArrayBuffer()) {
      Napi::TypeError::New(env, "a slot is two array buffers").ThrowAsJavaScriptException();
      return env.Undefined();
    }
    auto image = info[0].As<Napi::ArrayBuffer>();
    auto input = info[1].As<Napi::ArrayBuffer>();
    const std::uint64_t id = ++slots_;
    if (capture_) {
      memory_.emplace(id, std::pair(Napi::Persistent(image), Napi::Persistent(input)));
      capture_->giveSlot({id, static_cast<std::uint8_t*>(image.Data()), image.ByteLength(),
                          static_cast<std::uint8_t*>(input.Data()), input.ByteLength()});
    }
    return Napi::Number::New(env, static_cast<double>(id));
  }

  Napi::Value stop(const Napi::CallbackInfo& info) {
    if (capture_) capture_->stop();
    return info.Env().Undefined();
  }

  using Memory = std::pair<Napi::Reference<Napi::ArrayBuffer>, Napi::Reference<Napi::ArrayBuffer>>;

  Napi::ThreadSafeFunction events_;
  std::mutex emitting_;
  /// Nobody hears events any more.
  bool isDeaf_ = false;
  std::map<std::uint64_t, Memory> memory_;
  std::uint64_t slots_ = 0;
  std::unique_ptr<Capture> capture_;
};

/// initialise(): GStreamer's version. Elsewhere in the process nobody else starts it.
Napi::Value initialiseGstreamer(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  GError* raised = nullptr;
  if (!gst_init_check(nullptr, nullptr, &raised)) {
    const OwnedError error(raised);
    Napi::Error::New(env, error ? error->message : "GStreamer does not start").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const OwnedText version(gst_version_string());
  return Napi::String::New(env, version.get());
}

/// installed(factories): those that are there.
Napi::Value installedFactories(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[0].IsArray()) return Napi::Array::New(env);
  Napi::Array found = Napi::Array::New(env);
  std::uint32_t n = 0;
  for (const std::string& name : installed(readTexts(info[0].As<Napi::Array>()))) found.Set(n++, name);
  return found;
}

NvDsInferLayerInfo layerOf(const Napi::Object& given, const std::string& name) {
  auto data = given.Get("data").As<Napi::Float32Array>();
  NvDsInferLayerInfo layer{};
  layer.dataType = FLOAT;
  layer.inferDims.numDims = 1;
  layer.inferDims.d[0] = layer.inferDims.numElements = static_cast<unsigned>(data.ElementLength());
  layer.layerName = name.c_str();
  layer.buffer = data.Data();
  return layer;
}

/// parseNanodet({ layers: [{ name, data }], width, height, thresholds }): what nvinfer would be told, or null when refused.
Napi::Value parseNanodet(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto given = info[0].As<Napi::Object>();
  const auto array = given.Get("layers").As<Napi::Array>();
  std::vector<std::string> names;
  for (std::uint32_t n = 0; n < array.Length(); n++)
    names.push_back(array.Get(n).As<Napi::Object>().Get("name").ToString().Utf8Value());
  std::vector<NvDsInferLayerInfo> layers;
  for (std::uint32_t n = 0; n < array.Length(); n++) layers.push_back(layerOf(array.Get(n).As<Napi::Object>(), names[n]));
  const auto thresholds = given.Get("thresholds").As<Napi::Float32Array>();
  NvDsInferParseDetectionParams params{};
  params.numClassesConfigured = static_cast<unsigned>(thresholds.ElementLength());
  for (std::size_t n = 0; n < thresholds.ElementLength(); n++) params.perClassPreclusterThreshold.push_back(thresholds[n]);
  const NvDsInferNetworkInfo network{given.Get("width").ToNumber().Uint32Value(), given.Get("height").ToNumber().Uint32Value(), 3};
  std::vector<NvDsInferObjectDetectionInfo> objects;
  if (!NvDsInferParseSam3Nanodet(layers, network, params, objects)) {
    if (objects.empty()) return env.Null();
    Napi::Error::New(env, "outputs were refused after boxes of them had been told").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  Napi::Array found = Napi::Array::New(env, objects.size());
  for (std::uint32_t n = 0; n < objects.size(); n++) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("classId", objects[n].classId);
    object.Set("left", objects[n].left);
    object.Set("top", objects[n].top);
    object.Set("width", objects[n].width);
    object.Set("height", objects[n].height);
    object.Set("confidence", objects[n].detectionConfidence);
    found.Set(n, object);
  }
  return found;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData();
  env.SetInstanceData(data);
  // Before the environment is gone, while its captures' threads may still call it.
  env.AddCleanupHook(
      [](AddonData* gone) {
        for (JsCapture* capture : gone->open) capture->end();
        gone->open.clear();
      },
      data);
  data->captureClass = Napi::Persistent(JsCapture::define(env));
  exports.Set("Capture", data->captureClass.Value());
  exports.Set("initialise", Napi::Function::New(env, initialiseGstreamer, "initialise"));
  exports.Set("installed", Napi::Function::New(env, installedFactories, "installed"));
  exports.Set("parseNanodet", Napi::Function::New(env, parseNanodet, "parseNanodet"));
  return exports;
}

}  // namespace

}  // namespace sam3gst

Napi::Object initialiseAddon(Napi::Env env, Napi::Object exports) { return sam3gst::initialise(env, exports); }
NODE_API_MODULE(sam3_gst, initialiseAddon)
