#include "js-engine.hpp"

#include "addon-data.hpp"
#include "js-values.hpp"
#include "promise-task.hpp"
#include "run-arguments.hpp"

namespace sam3 {

namespace {

constexpr int kDevicesMax = 64;
/// Bytes of one page-locked buffer: a frame of 8K in fp32 is 400 MB.
constexpr std::int64_t kPinnedMax = std::int64_t{1} << 30;

Failure closedFailure() { return Failure{"UNAVAILABLE", "this engine is closed", "open it again"}; }

class LoadTask final : public PromiseTask {
 public:
  LoadTask(Napi::Env env, std::string path, std::string directory, int device)
      : PromiseTask(env), path_(std::move(path)), directory_(std::move(directory)), device_(device) {}

 protected:
  Status execute() override {
    const auto trt = TensorRt::load(directory_);
    if (!trt) return trt.failure();
    const auto driver = CudaDriver::load(directory_);
    if (!driver) return driver.failure();
    auto device = Device::open(*driver.value(), device_);
    if (!device) return device.failure();
    auto engine = Engine::load(*trt.value(), std::move(device.value()), path_);
    if (!engine) return engine.failure();
    engine_ = std::move(engine.value());
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override { return wrap(env, AddonData::of(env).engineClass, std::move(engine_)); }

 private:
  std::string path_;
  std::string directory_;
  int device_;
  std::shared_ptr<Engine> engine_;
};

class CreateContextTask final : public PromiseTask {
 public:
  CreateContextTask(Napi::Env env, std::shared_ptr<Engine> engine, const ContextOptions& options,
                    std::shared_ptr<Lane> lane)
      : PromiseTask(env), engine_(std::move(engine)), options_(options), lane_(std::move(lane)) {}

 protected:
  Status execute() override {
    auto context = Context::create(std::move(engine_), options_);
    if (!context) return context.failure();
    context_ = std::move(context.value());
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override {
    return wrap(env, AddonData::of(env).contextClass, JsContext::Content{std::move(context_), std::move(lane_)});
  }

 private:
  std::shared_ptr<Engine> engine_;
  ContextOptions options_;
  std::shared_ptr<Context> context_;
  std::shared_ptr<Lane> lane_;
};

class RunTask final : public PromiseTask {
 public:
  RunTask(Napi::Env env, std::shared_ptr<Context> context, RunArguments arguments)
      : PromiseTask(env), context_(std::move(context)), arguments_(std::move(arguments)) {}

 protected:
  Status execute() override {
    auto reply = context_->run(arguments_.request);
    if (!reply) return reply.failure();
    reply_ = std::move(reply.value());
    return std::nullopt;
  }

  Napi::Value value(Napi::Env env) override {
    Napi::Array outputs = Napi::Array::New(env, reply_.outputs.size());
    for (std::size_t i = 0; i < reply_.outputs.size(); ++i) {
      RunOutput& output = reply_.outputs[i];
      Napi::Object entry = Napi::Object::New(env);
      entry.Set("name", output.name);
      entry.Set("type", typeName(output.type));
      entry.Set("dims", toArray(env, output.dims));
      if (output.device) {
        entry.Set("tensor", wrap(env, AddonData::of(env).deviceTensorClass,
                                 JsDeviceTensor::Content{std::move(output.device), output.type, output.dims, output.bytes}));
      } else {
        entry.Set("data", toArrayBuffer(env, std::move(output.host), output.bytes));
      }
      outputs.Set(static_cast<std::uint32_t>(i), entry);
    }
    Napi::Object reply = Napi::Object::New(env);
    reply.Set("outputs", outputs);
    reply.Set("computeMs", Napi::Number::New(env, reply_.computeMs));
    reply.Set("replayedGraph", Napi::Boolean::New(env, reply_.replayedGraph));
    return reply;
  }

 private:
  std::shared_ptr<Context> context_;
  RunArguments arguments_;
  RunReply reply_;
};

/// Lets go of something that takes long to free, away from the thread of JavaScript.
template <typename Owned>
class ReleaseTask final : public PromiseTask {
 public:
  ReleaseTask(Napi::Env env, Owned owned) : PromiseTask(env), owned_(std::move(owned)) {}

 protected:
  Status execute() override {
    owned_.reset();
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override { return env.Undefined(); }

 private:
  Owned owned_;
};

class AllocatePinnedTask final : public PromiseTask {
 public:
  AllocatePinnedTask(Napi::Env env, std::shared_ptr<Engine> engine, std::size_t bytes)
      : PromiseTask(env), engine_(std::move(engine)), bytes_(bytes) {}

 protected:
  Status execute() override {
    if (auto failed = engine_->device()->makeCurrent()) return failed;
    auto block = PinnedBlock::take(engine_->device(), bytes_);
    if (!block) return block.failure();
    block_ = std::move(block.value());
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override { return wrap(env, AddonData::of(env).pinnedClass, std::move(block_)); }

 private:
  std::shared_ptr<Engine> engine_;
  std::size_t bytes_;
  std::shared_ptr<PinnedBlock> block_;
};

}  // namespace

Napi::Value loadEngine(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Fields options(info[0], "options");
  std::string path = options.text("path");
  std::string directory = options.optionalText("libraryDir");
  const auto device = static_cast<int>(options.integer("device", 0, kDevicesMax, 0));
  if (options.failed) {
    throwFailure(env, *options.failed);
    return env.Undefined();
  }
  return startAlone(env, std::make_unique<LoadTask>(env, std::move(path), std::move(directory), device));
}

Napi::Function JsEngine::define(Napi::Env env) {
  return DefineClass(env, "NativeEngine",
                     {InstanceMethod<&JsEngine::describe>("describe"), InstanceMethod<&JsEngine::memory>("memory"),
                      InstanceMethod<&JsEngine::inspect>("inspect"),
                      InstanceMethod<&JsEngine::createContext>("createContext"),
                      InstanceMethod<&JsEngine::allocatePinned>("allocatePinned"),
                      InstanceMethod<&JsEngine::dispose>("dispose")});
}

JsEngine::JsEngine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsEngine>(info) {
  if (auto content = takeWrapped<std::shared_ptr<Engine>>(info.Env())) engine_ = std::move(*content);
}

bool JsEngine::closed(Napi::Env env) const {
  if (engine_) return false;
  throwFailure(env, closedFailure());
  return true;
}

Napi::Value JsEngine::describe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed(env)) return env.Undefined();
  Napi::Array tensors = Napi::Array::New(env);
  for (const TensorInfo& tensor : engine_->tensors()) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("name", tensor.name);
    entry.Set("type", typeName(tensor.type));
    entry.Set("isInput", Napi::Boolean::New(env, tensor.isInput));
    entry.Set("dims", toArray(env, tensor.dims));
    entry.Set("min", toArray(env, tensor.min));
    entry.Set("opt", toArray(env, tensor.opt));
    entry.Set("max", toArray(env, tensor.max));
    tensors.Set(tensors.Length(), entry);
  }
  Napi::Object description = Napi::Object::New(env);
  description.Set("tensors", tensors);
  description.Set("contextBytes", Napi::Number::New(env, static_cast<double>(engine_->contextBytes())));
  description.Set("integrated", Napi::Boolean::New(env, engine_->device()->info().integrated));
  return description;
}

Napi::Value JsEngine::memory(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed(env)) return env.Undefined();
  const auto memory = engine_->device()->memory();
  if (!memory) {
    throwFailure(env, memory.failure());
    return env.Undefined();
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("freeBytes", Napi::Number::New(env, static_cast<double>(memory.value().freeBytes)));
  result.Set("totalBytes", Napi::Number::New(env, static_cast<double>(memory.value().totalBytes)));
  return result;
}

Napi::Value JsEngine::inspect(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed(env)) return env.Undefined();
  return Napi::String::New(env, engine_->inspect());
}

Napi::Value JsEngine::createContext(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed(env)) return env.Undefined();
  Fields fields(info[0], "options");
  ContextOptions options;
  options.useGraphs = fields.flag("useGraphs");
  options.spin = fields.flag("spin");
  options.mapHost = fields.flag("mapHost");
  if (fields.failed) {
    throwFailure(env, *fields.failed);
    return env.Undefined();
  }
  const std::shared_ptr<Lane> lane = AddonData::of(env).createLane();
  return start(env, *lane, std::make_unique<CreateContextTask>(env, engine_, options, lane));
}

Napi::Value JsEngine::allocatePinned(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed(env)) return env.Undefined();
  Fields fields(info[0], "options");
  const std::int64_t bytes = fields.integer("bytes", 1, kPinnedMax, 0);
  if (!fields.failed && bytes == 0) fields.failed = invalidInput("options.bytes is missing");
  if (fields.failed) {
    throwFailure(env, *fields.failed);
    return env.Undefined();
  }
  return startAlone(env, std::make_unique<AllocatePinnedTask>(env, engine_, static_cast<std::size_t>(bytes)));
}

Napi::Value JsEngine::dispose(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return startAlone(env, std::make_unique<ReleaseTask<std::shared_ptr<Engine>>>(env, std::move(engine_)));
}

Napi::Function JsContext::define(Napi::Env env) {
  return DefineClass(env, "NativeContext",
                     {InstanceMethod<&JsContext::run>("run"), InstanceMethod<&JsContext::dispose>("dispose")});
}

JsContext::JsContext(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsContext>(info) {
  if (auto content = takeWrapped<Content>(info.Env())) content_ = std::move(*content);
}

Napi::Value JsContext::run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!content_.context) {
    throwFailure(env, closedFailure());
    return env.Undefined();
  }
  auto arguments = readRunArguments(info[0]);
  if (!arguments) {
    throwFailure(env, arguments.failure());
    return env.Undefined();
  }
  std::vector<Napi::Object> toHold = std::move(arguments.value().toHold);
  auto task = std::make_unique<RunTask>(env, content_.context, std::move(arguments.value()));
  // The buffers stay where they are, and this object with its thread is not collected, until the run is over.
  for (const Napi::Object& object : toHold) task->hold(object);
  task->hold(info.This().As<Napi::Object>());
  return start(env, *content_.lane, std::move(task));
}

Napi::Value JsContext::dispose(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!content_.context) return startAlone(env, std::make_unique<ReleaseTask<std::shared_ptr<Context>>>(env, nullptr));
  auto task = std::make_unique<ReleaseTask<std::shared_ptr<Context>>>(env, std::move(content_.context));
  const std::shared_ptr<Lane> lane = std::move(content_.lane);
  // After the runs that wait on the lane; the lane ends with this task.
  task->own(lane);
  return start(env, *lane, std::move(task));
}

}  // namespace sam3
