#include "js-build.hpp"

#include "addon-data.hpp"
#include "builder.hpp"
#include "js-values.hpp"
#include "promise-task.hpp"

namespace sam3 {

namespace {

constexpr int kLevelMax = 5;
constexpr int kThreadsMax = 256;
constexpr std::int64_t kWorkspaceMax = std::int64_t{1} << 40;
constexpr int kDevicesMax = 64;

class BuildTask final : public PromiseTask {
 public:
  struct Arguments {
    BuildRequest request;
    std::string libraryDir;
    int device;
  };

  BuildTask(Napi::Env env, Arguments arguments, Napi::Function onProgress)
      : PromiseTask(env),
        arguments_(std::move(arguments)),
        cancelled_(std::make_shared<std::atomic<bool>>(false)),
        completions_(AddonData::of(env).completions()),
        onProgress_(Napi::Persistent(onProgress)) {}

  const std::shared_ptr<std::atomic<bool>>& cancelled() const { return cancelled_; }

  void abandon() override {
    onProgress_.SuppressDestruct();
    PromiseTask::abandon();
  }

 protected:
  Status execute() override {
    const auto trt = TensorRt::load(arguments_.libraryDir);
    if (!trt) return trt.failure();
    const auto driver = CudaDriver::load(arguments_.libraryDir);
    if (!driver) return driver.failure();
    auto device = Device::open(*driver.value(), arguments_.device);
    if (!device) return device.failure();
    BuildHooks hooks;
    hooks.cancelled = cancelled_;
    hooks.onProgress = [this](const std::string& phase, int step, int steps) { tell(phase, step, steps); };
    auto reply = buildEngine(*trt.value(), *device.value(), arguments_.request, hooks);
    if (!reply) return reply.failure();
    reply_ = std::move(reply.value());
    return std::nullopt;
  }

  Napi::Value value(Napi::Env env) override {
    Napi::Object result = Napi::Object::New(env);
    auto* plan = new std::shared_ptr<nvinfer1::IHostMemory>(std::move(reply_.plan));
    result.Set("plan", Napi::ArrayBuffer::New(
                           env, (*plan)->data(), (*plan)->size(),
                           [](Napi::BasicEnv, void*, std::shared_ptr<nvinfer1::IHostMemory>* held) { delete held; }, plan));
    Napi::ArrayBuffer cache = Napi::ArrayBuffer::New(env, reply_.timingCache.size());
    std::copy(reply_.timingCache.begin(), reply_.timingCache.end(), static_cast<char*>(cache.Data()));
    result.Set("timingCache", cache);
    return result;
  }

 private:
  /// One step of progress on its way to JavaScript. It cannot outlive the build: deliveries keep their order.
  class Notice final : public Task {
   public:
    explicit Notice(BuildTask& build) : build_(build) {}
    void run() noexcept override {}
    void settle(Napi::Env env) override { build_.callOnProgress(env); }

   private:
    BuildTask& build_;
  };

  struct Step {
    std::string phase;
    int step = 0;
    int steps = 0;
  };

  /// From TensorRT's threads. At most one notice is on its way: TensorRT counts steps by the thousand.
  void tell(const std::string& phase, int step, int steps) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      latest_ = Step{phase, step, steps};
      if (std::exchange(noticeUnderWay_, true)) return;
    }
    completions_->notify(std::make_unique<Notice>(*this));
  }

  void callOnProgress(Napi::Env env) {
    Step step;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      noticeUnderWay_ = false;
      step = latest_;
    }
    onProgress_.Call({Napi::String::New(env, step.phase), Napi::Number::New(env, step.step),
                      Napi::Number::New(env, step.steps)});
  }

  Arguments arguments_;
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::shared_ptr<Completions> completions_;
  Napi::FunctionReference onProgress_;
  BuildReply reply_;
  std::mutex mutex_;
  Step latest_;
  bool noticeUnderWay_ = false;
};

std::map<std::string, ProfileRange> readProfile(Fields& options) {
  std::map<std::string, ProfileRange> profile;
  for (const Napi::Value& value : options.list("profile")) {
    Fields range(value, "profile");
    const std::string name = range.text("name");
    profile[name] = ProfileRange{range.dims("min"), range.dims("opt"), range.dims("max")};
    if (range.failed && !options.failed) options.failed = range.failed;
  }
  return profile;
}

BuildTask::Arguments readArguments(Fields& options) {
  BuildTask::Arguments arguments;
  BuildRequest& request = arguments.request;
  request.onnxPath = options.text("onnxPath");
  request.precisions = options.texts("precisions");
  request.stronglyTyped = options.flag("stronglyTyped");
  request.profile = readProfile(options);
  request.workspaceBytes = static_cast<std::size_t>(options.integer("workspaceBytes", 0, kWorkspaceMax, 0));
  request.optimizationLevel = static_cast<int>(options.integer("optimizationLevel", 0, kLevelMax, 3));
  request.threads = static_cast<int>(options.integer("threads", 0, kThreadsMax, 0));
  request.detailedLayers = options.flag("detailedLayers");
  arguments.libraryDir = options.optionalText("libraryDir");
  arguments.device = static_cast<int>(options.integer("device", 0, kDevicesMax, 0));
  const Napi::Value cache = options.field("timingCache");
  if (!cache.IsEmpty() && cache.IsTypedArray() && cache.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    const auto bytes = cache.As<Napi::Uint8Array>();
    request.timingCache.assign(bytes.Data(), bytes.Data() + bytes.ByteLength());
  } else if (!cache.IsEmpty() && !cache.IsUndefined() && !options.failed) {
    options.failed = invalidInput("options.timingCache must be a Uint8Array");
  }
  return arguments;
}

class ProbeTask final : public PromiseTask {
 public:
  ProbeTask(Napi::Env env, std::string libraryDir) : PromiseTask(env), libraryDir_(std::move(libraryDir)) {}

 protected:
  Status execute() override {
    const auto trt = TensorRt::load(libraryDir_);
    if (trt) {
      version_ = trt.value()->version();
      parserMissing_ = trt.value()->parserMissing();
    } else {
      addMissing(trt.failure());
    }
    const auto driver = CudaDriver::load(libraryDir_);
    if (!driver) {
      addMissing(driver.failure());
      return std::nullopt;
    }
    auto devices = Device::list(*driver.value());
    if (devices) {
      devices_ = std::move(devices.value());
      if (devices_.empty()) addMissing(unavailable("there is no NVIDIA GPU", "check the GPU with nvidia-smi"));
    } else {
      addMissing(devices.failure());
    }
    return std::nullopt;
  }

  Napi::Value value(Napi::Env env) override {
    Napi::Array devices = Napi::Array::New(env);
    for (const DeviceInfo& device : devices_) {
      Napi::Object entry = Napi::Object::New(env);
      entry.Set("index", device.index);
      entry.Set("name", device.name);
      entry.Set("computeCapability",
                std::to_string(device.computeMajor) + "." + std::to_string(device.computeMinor));
      entry.Set("multiprocessors", device.multiprocessors);
      entry.Set("integrated", Napi::Boolean::New(env, device.integrated));
      entry.Set("totalBytes", Napi::Number::New(env, static_cast<double>(device.totalBytes)));
      entry.Set("driverVersion", device.driverVersion);
      devices.Set(devices.Length(), entry);
    }
    Napi::Array missing = Napi::Array::New(env);
    for (const Failure& failure : missing_) {
      Napi::Object entry = Napi::Object::New(env);
      entry.Set("message", failure.message);
      entry.Set("hint", failure.hint);
      missing.Set(missing.Length(), entry);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("missing", missing);
    result.Set("parserMissing", parserMissing_);
    result.Set("tensorrt", version_);
    result.Set("devices", devices);
    return result;
  }

 private:
  void addMissing(const Failure& failure) { missing_.push_back(failure); }

  std::string libraryDir_;
  std::string version_;
  std::string parserMissing_;
  std::vector<DeviceInfo> devices_;
  std::vector<Failure> missing_;
};

}  // namespace

Napi::Value buildEngineFromJs(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Fields options(info[0], "options");
  BuildTask::Arguments arguments = readArguments(options);
  if (!options.failed && !info[1].IsFunction()) options.failed = invalidInput("onProgress must be a function");
  if (options.failed) {
    throwFailure(env, *options.failed);
    return env.Undefined();
  }
  auto task = std::make_unique<BuildTask>(env, std::move(arguments), info[1].As<Napi::Function>());
  const auto cancelled = task->cancelled();
  AddonData::of(env).watch(cancelled);
  Napi::Object build = Napi::Object::New(env);
  build.Set("done", startAlone(env, std::move(task)));
  build.Set("cancel", Napi::Function::New(env, [cancelled](const Napi::CallbackInfo&) { *cancelled = true; }));
  return build;
}

Napi::Value probe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Fields options(info[0], "options");
  std::string libraryDir = options.optionalText("libraryDir");
  if (options.failed) {
    throwFailure(env, *options.failed);
    return env.Undefined();
  }
  return startAlone(env, std::make_unique<ProbeTask>(env, std::move(libraryDir)));
}

}  // namespace sam3
