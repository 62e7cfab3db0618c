#include "js-kernels.hpp"

#include <cstring>

#include "addon-data.hpp"
#include "cpu-kernels.hpp"
#include "cuda-kernels.hpp"
#include "js-engine.hpp"
#include "js-values.hpp"
#include "kernel-arguments.hpp"
#include "promise-task.hpp"

namespace sam3 {

namespace {

constexpr int kDevicesMax = 64;
/// Bytes of one page-locked buffer: a frame of 8K in fp32 is 400 MB.
constexpr std::int64_t kPinnedMax = std::int64_t{1} << 30;

Failure closedFailure() { return Failure{"UNAVAILABLE", "these kernels are closed", "open them again"}; }

struct OpenArguments {
  bool onGpu = false;
  int device = 0;
  KernelSources sources;
};

class OpenTask final : public PromiseTask {
 public:
  OpenTask(Napi::Env env, OpenArguments arguments, std::shared_ptr<Lane> lane)
      : PromiseTask(env), arguments_(std::move(arguments)), lane_(std::move(lane)) {}

 protected:
  Status execute() override {
    if (!arguments_.onGpu) {
      kernels_ = std::make_shared<CpuKernels>();
      return std::nullopt;
    }
    const auto driver = CudaDriver::load(arguments_.sources.libraryDir);
    if (!driver) return driver.failure();
    auto device = Device::open(*driver.value(), arguments_.device);
    if (!device) return device.failure();
    auto kernels = CudaKernels::open(std::move(device.value()), arguments_.sources);
    if (!kernels) return kernels.failure();
    kernels_ = std::move(kernels.value());
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override {
    return wrap(env, AddonData::of(env).kernelsClass, JsKernels::Content{std::move(kernels_), std::move(lane_)});
  }

 private:
  OpenArguments arguments_;
  std::shared_ptr<FrameKernels> kernels_;
  std::shared_ptr<Lane> lane_;
};

/// One call of the contract with what its arguments keep alive.
template <typename Request, typename Reply>
class WorkTask : public PromiseTask {
 public:
  using Method = Result<Reply> (FrameKernels::*)(const Request&);
  WorkTask(Napi::Env env, std::shared_ptr<FrameKernels> kernels, KernelArguments<Request> arguments, Method method)
      : PromiseTask(env), kernels_(std::move(kernels)), arguments_(std::move(arguments)), method_(method) {}

 protected:
  Status execute() override {
    auto reply = (kernels_.get()->*method_)(arguments_.request);
    if (!reply) return reply.failure();
    reply_ = std::move(reply.value());
    return std::nullopt;
  }
  const Request& request() const { return arguments_.request; }
  Reply& reply() { return reply_; }

 private:
  std::shared_ptr<FrameKernels> kernels_;
  KernelArguments<Request> arguments_;
  Method method_;
  Reply reply_;
};

void setMs(Napi::Env env, Napi::Object& result, double ms) { result.Set("computeMs", Napi::Number::New(env, ms)); }

class FitTask final : public WorkTask<FitRequest, FitReply> {
 public:
  FitTask(Napi::Env env, std::shared_ptr<FrameKernels> kernels, KernelArguments<FitRequest> arguments)
      : WorkTask(env, std::move(kernels), std::move(arguments), &FrameKernels::fit) {}

 protected:
  Napi::Value value(Napi::Env env) override {
    Napi::Object result = Napi::Object::New(env);
    const std::size_t bytes = reply().bytes;
    if (reply().device) {
      const auto type = request().isHalf ? nvinfer1::DataType::kHALF : nvinfer1::DataType::kFLOAT;
      result.Set("tensor", wrap(env, AddonData::of(env).deviceTensorClass,
                                JsDeviceTensor::Content{std::move(reply().device), type,
                                                        Dims{1, 3, request().height, request().width}, bytes}));
    } else {
      result.Set("data", toArrayBuffer(env, std::move(reply().host), bytes));
    }
    setMs(env, result, reply().computeMs);
    return result;
  }
};

class BoxTask final : public WorkTask<BoxRequest, BoxReply> {
 public:
  BoxTask(Napi::Env env, std::shared_ptr<FrameKernels> kernels, KernelArguments<BoxRequest> arguments)
      : WorkTask(env, std::move(kernels), std::move(arguments), &FrameKernels::boxes) {}

 protected:
  Napi::Value value(Napi::Env env) override {
    const std::vector<DecodedBox>& boxes = reply().boxes;
    const std::size_t bytes = boxes.size() * sizeof(DecodedBox);
    Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, bytes);
    if (bytes > 0) std::memcpy(buffer.Data(), boxes.data(), bytes);
    Napi::Object result = Napi::Object::New(env);
    result.Set("boxes", buffer);
    setMs(env, result, reply().computeMs);
    return result;
  }
};

class MaskTask final : public WorkTask<MaskRequest, MaskReply> {
 public:
  MaskTask(Napi::Env env, std::shared_ptr<FrameKernels> kernels, KernelArguments<MaskRequest> arguments)
      : WorkTask(env, std::move(kernels), std::move(arguments), &FrameKernels::masks) {}

 protected:
  Napi::Value value(Napi::Env env) override {
    const auto& all = reply().masks;
    Napi::Array masks = Napi::Array::New(env, all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      Napi::ArrayBuffer runs = Napi::ArrayBuffer::New(env, all[i].runs.size() * sizeof(std::uint32_t));
      std::memcpy(runs.Data(), all[i].runs.data(), runs.ByteLength());
      Napi::Object mask = Napi::Object::New(env);
      mask.Set("runs", runs);
      mask.Set("counts", Napi::String::New(env, all[i].text));
      mask.Set("area", Napi::Number::New(env, static_cast<double>(all[i].area)));
      masks.Set(static_cast<std::uint32_t>(i), mask);
    }
    Napi::Object result = Napi::Object::New(env);
    result.Set("masks", masks);
    setMs(env, result, reply().computeMs);
    return result;
  }
};

class AllocateFrameTask final : public PromiseTask {
 public:
  AllocateFrameTask(Napi::Env env, std::shared_ptr<Device> device, std::size_t bytes)
      : PromiseTask(env), device_(std::move(device)), bytes_(bytes) {}

 protected:
  Status execute() override {
    if (auto failed = device_->makeCurrent()) return failed;
    auto block = PinnedBlock::take(device_, bytes_);
    if (!block) return block.failure();
    block_ = std::move(block.value());
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override { return wrap(env, AddonData::of(env).pinnedClass, std::move(block_)); }

 private:
  std::shared_ptr<Device> device_;
  std::size_t bytes_;
  std::shared_ptr<PinnedBlock> block_;
};

class ReleaseKernelsTask final : public PromiseTask {
 public:
  ReleaseKernelsTask(Napi::Env env, std::shared_ptr<FrameKernels> kernels)
      : PromiseTask(env), kernels_(std::move(kernels)) {}

 protected:
  Status execute() override {
    kernels_.reset();
    return std::nullopt;
  }
  Napi::Value value(Napi::Env env) override { return env.Undefined(); }

 private:
  std::shared_ptr<FrameKernels> kernels_;
};

template <typename Work, typename Request>
Napi::Value begin(const Napi::CallbackInfo& info, const JsKernels::Content& content,
                  Result<KernelArguments<Request>> (*read)(Napi::Value)) {
  const Napi::Env env = info.Env();
  if (!content.kernels) {
    throwFailure(env, closedFailure());
    return env.Undefined();
  }
  auto arguments = read(info[0]);
  if (!arguments) {
    throwFailure(env, arguments.failure());
    return env.Undefined();
  }
  const std::vector<Napi::Object> toHold = std::move(arguments.value().toHold);
  auto task = std::make_unique<Work>(env, content.kernels, std::move(arguments.value()));
  // The buffers stay where they are, and this object with its thread is not collected, until the work is over.
  for (const Napi::Object& object : toHold) task->hold(object);
  task->hold(info.This().As<Napi::Object>());
  return start(env, *content.lane, std::move(task));
}

}  // namespace

Napi::Value openKernels(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Fields options(info[0], "options");
  OpenArguments arguments;
  const std::string where = options.text("where");
  arguments.onGpu = where == "gpu";
  if (!options.failed && !arguments.onGpu && where != "cpu")
    options.failed = invalidInput("options.where must be cpu or gpu");
  if (arguments.onGpu) {
    arguments.device = static_cast<int>(options.integer("device", 0, kDevicesMax, 0));
    arguments.sources.binaryPath = options.text("binaryPath");
    arguments.sources.sourceDir = options.text("sourceDir");
    arguments.sources.libraryDir = options.optionalText("libraryDir");
  }
  if (options.failed) {
    throwFailure(env, *options.failed);
    return env.Undefined();
  }
  const std::shared_ptr<Lane> lane = AddonData::of(env).createLane();
  return start(env, *lane, std::make_unique<OpenTask>(env, std::move(arguments), lane));
}

Napi::Function JsKernels::define(Napi::Env env) {
  return DefineClass(
      env, "NativeKernels",
      {InstanceMethod<&JsKernels::name>("name"), InstanceMethod<&JsKernels::fit>("fit"),
       InstanceMethod<&JsKernels::boxes>("boxes"), InstanceMethod<&JsKernels::masks>("masks"),
       InstanceMethod<&JsKernels::allocatePinned>("allocatePinned"), InstanceMethod<&JsKernels::dispose>("dispose")});
}

JsKernels::JsKernels(const Napi::CallbackInfo& info) : Napi::ObjectWrap<JsKernels>(info) {
  if (auto content = takeWrapped<Content>(info.Env())) content_ = std::move(*content);
}

Napi::Value JsKernels::name(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), content_.kernels ? content_.kernels->name() : "closed");
}

Napi::Value JsKernels::fit(const Napi::CallbackInfo& info) { return begin<FitTask>(info, content_, &readFitArguments); }
Napi::Value JsKernels::boxes(const Napi::CallbackInfo& info) {
  return begin<BoxTask>(info, content_, &readBoxArguments);
}
Napi::Value JsKernels::masks(const Napi::CallbackInfo& info) {
  return begin<MaskTask>(info, content_, &readMaskArguments);
}

Napi::Value JsKernels::allocatePinned(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Fields fields(info[0], "options");
  const std::int64_t bytes = fields.integer("bytes", 1, kPinnedMax, 0);
  if (!fields.failed && bytes == 0) fields.failed = invalidInput("options.bytes is missing");
  if (!fields.failed && !content_.kernels) fields.failed = closedFailure();
  const std::shared_ptr<Device> device = content_.kernels ? content_.kernels->device() : nullptr;
  if (!fields.failed && !device)
    fields.failed = invalidInput("only a GPU has page-locked memory", "use plain buffers on the CPU");
  if (fields.failed) {
    throwFailure(env, *fields.failed);
    return env.Undefined();
  }
  return startAlone(env, std::make_unique<AllocateFrameTask>(env, device, static_cast<std::size_t>(bytes)));
}

Napi::Value JsKernels::dispose(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto task = std::make_unique<ReleaseKernelsTask>(env, std::move(content_.kernels));
  const std::shared_ptr<Lane> lane = std::move(content_.lane);
  if (!lane) return startAlone(env, std::move(task));
  // After the work that waits on the lane; the lane ends with this task.
  task->own(lane);
  return start(env, *lane, std::move(task));
}

}  // namespace sam3
