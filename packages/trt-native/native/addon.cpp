// Registers the addon, once per environment. What it offers is described in src/native-addon.ts.
#include <napi.h>

#include "addon-data.hpp"
#include "js-build.hpp"
#include "js-engine.hpp"
#include "js-kernels.hpp"
#include "live-counts.hpp"

namespace sam3 {

namespace {

Napi::Value liveCounts(const Napi::CallbackInfo& info) {
  Napi::Object counts = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, std::int64_t count) {
    counts.Set(name, Napi::Number::New(info.Env(), static_cast<double>(count)));
  };
  set("engines", LiveCounts::engines);
  set("contexts", LiveCounts::contexts);
  set("tensors", LiveCounts::tensors);
  set("threads", LiveCounts::threads);
  set("deviceBytes", LiveCounts::deviceBytes);
  set("pinnedBytes", LiveCounts::pinnedBytes);
  return counts;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  auto* data = new AddonData(env);
  env.SetInstanceData(data);
  data->engineClass = Napi::Persistent(JsEngine::define(env));
  data->contextClass = Napi::Persistent(JsContext::define(env));
  data->deviceTensorClass = Napi::Persistent(JsDeviceTensor::define(env));
  data->pinnedClass = Napi::Persistent(JsPinned::define(env));
  data->kernelsClass = Napi::Persistent(JsKernels::define(env));
  exports.Set("probe", Napi::Function::New(env, probe, "probe"));
  exports.Set("buildEngine", Napi::Function::New(env, buildEngineFromJs, "buildEngine"));
  exports.Set("loadEngine", Napi::Function::New(env, loadEngine, "loadEngine"));
  exports.Set("openKernels", Napi::Function::New(env, openKernels, "openKernels"));
  exports.Set("liveCounts", Napi::Function::New(env, liveCounts, "liveCounts"));
  return exports;
}

}  // namespace

}  // namespace sam3

Napi::Object initialiseAddon(Napi::Env env, Napi::Object exports) { return sam3::initialise(env, exports); }
NODE_API_MODULE(sam3_trt, initialiseAddon)
