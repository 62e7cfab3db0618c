#include "context.hpp"

#include <algorithm>
#include <cstring>

#include "live-counts.hpp"

namespace sam3 {

Context::Context(std::shared_ptr<Engine> engine, const ContextOptions& options)
    : engine_(std::move(engine)), options_(options) {
  ++LiveCounts::contexts;
}

Context::~Context() {
  // The members free GPU memory after this body: on the right GPU, whichever thread it is.
  static_cast<void>(engine_->device()->makeCurrent());
  --LiveCounts::contexts;
}

Result<std::shared_ptr<Context>> Context::create(std::shared_ptr<Engine> engine, const ContextOptions& options) {
  std::shared_ptr<Context> context(new Context(std::move(engine), options));
  if (auto failed = context->prepare()) return *failed;
  return context;
}

Status Context::prepare() {
  auto created = engine_->createContext();
  if (!created) return created.failure();
  context_ = std::move(created.value());
  const Device& device = *engine_->device();
  auto stream = createStream(device);
  if (!stream) return stream.failure();
  stream_ = std::move(stream.value());
  auto begun = createEvent(device, cuda::kEventDefault);
  if (!begun) return begun.failure();
  begun_ = std::move(begun.value());
  auto computed = createEvent(device, cuda::kEventDefault);
  if (!computed) return computed.failure();
  computed_ = std::move(computed.value());
  auto done = createEvent(device, cuda::kEventBlockingSync | cuda::kEventDisableTiming);
  if (!done) return done.failure();
  done_ = std::move(done.value());
  for (const TensorInfo& info : engine_->tensors()) {
    Binding binding;
    binding.info = &info;
    bindings_.push_back(std::move(binding));
  }
  return std::nullopt;
}

Context::Binding* Context::find(const std::string& name) {
  const auto found = std::find_if(bindings_.begin(), bindings_.end(),
                                  [&](const Binding& binding) { return binding.info->name == name; });
  return found == bindings_.end() ? nullptr : &*found;
}

Result<RunReply> Context::run(const RunRequest& request) {
  log_.clear();
  const MessageLog::Scope scope(log_);
  if (auto failed = engine_->device()->makeCurrent()) return *failed;
  if (auto failed = checkInputs(request)) return *failed;
  if (auto failed = applyShapes(request)) return *failed;
  RunReply reply;
  Status failed;
  for (const RunInput& input : request.inputs) {
    if (!failed) failed = upload(input);
  }
  if (!failed) failed = compute(reply.replayedGraph);
  if (!failed) failed = download(request, reply);
  if (failed) {
    // Nothing may still read or write the buffers when they are given back to the caller.
    engine_->device()->driver().cuStreamSynchronize(stream_.get());
    forgetGraph();
    return *failed;
  }
  const CudaDriver& driver = engine_->device()->driver();
  if (auto untimed = driver.check(driver.cuEventElapsedTime(&reply.computeMs, begun_.get(), computed_.get()),
                                  "reading the time of a run")) {
    return *untimed;
  }
  return reply;
}

Status Context::checkInputs(const RunRequest& request) {
  for (const Binding& binding : bindings_) {
    const TensorInfo& info = *binding.info;
    if (!info.isInput) continue;
    const auto given = std::count_if(request.inputs.begin(), request.inputs.end(),
                                     [&](const RunInput& input) { return input.name == info.name; });
    if (given != 1) return invalidInput("the engine wants one input called " + info.name);
  }
  for (const RunInput& input : request.inputs) {
    const Binding* binding = find(input.name);
    if (!binding || !binding->info->isInput) return invalidInput("the engine has no input called " + input.name);
    const TensorInfo& info = *binding->info;
    if (info.type != input.type) {
      return invalidInput(input.name + " must be " + typeName(info.type) + ", not " + typeName(input.type));
    }
    bool fits = input.dims.size() == info.dims.size();
    for (std::size_t i = 0; fits && i < input.dims.size(); ++i) {
      fits = input.dims[i] >= info.min[i] && input.dims[i] <= info.max[i] && input.dims[i] > 0;
    }
    if (!fits) {
      return invalidInput(input.name + " has the shape " + describe(input.dims) + ", the engine takes " +
                          describe(info.min) + " to " + describe(info.max));
    }
    if (input.place == Place::device && input.deviceIndex != engine_->device()->info().index) {
      return invalidInput(input.name + " lies on another GPU than the engine");
    }
    if (tensorBytes(input.type, input.dims) != input.bytes) {
      return invalidInput(input.name + " has " + std::to_string(input.bytes) + " bytes, which does not fit its shape " +
                          describe(input.dims));
    }
  }
  for (const auto* names : {&request.toHost, &request.toDevice}) {
    for (const std::string& name : *names) {
      const Binding* binding = find(name);
      if (!binding || binding->info->isInput) return invalidInput("the engine has no output called " + name);
    }
  }
  return std::nullopt;
}

Status Context::applyShapes(const RunRequest& request) {
  for (const RunInput& input : request.inputs) {
    Binding& binding = *find(input.name);
    if (binding.dims == input.dims) continue;
    forgetGraph();
    const auto dims = toTrt(input.dims);
    if (!dims || !context_->setInputShape(input.name.c_str(), *dims)) {
      binding.dims.clear();
      return invalidInput("the engine refuses the shape " + describe(input.dims) + " of " + input.name + ": " +
                          log_.errors());
    }
    binding.dims = input.dims;
    binding.bytes = input.bytes;
  }
  for (Binding& binding : bindings_) {
    if (!binding.info->isInput) {
      binding.dims = fromTrt(context_->getTensorShape(binding.info->name.c_str()));
      const auto bytes = tensorBytes(binding.info->type, binding.dims);
      if (!bytes) return invalidInput(binding.info->name + " has a size that is known only after the run");
      binding.bytes = *bytes;
    }
    if (auto failed = fit(binding)) return failed;
  }
  return std::nullopt;
}

Status Context::fit(Binding& binding) {
  if (options_.mapHost) {
    if (auto failed = fitPinned(binding)) return failed;
  } else if (!binding.device || binding.device->bytes() < binding.bytes) {
    binding.device.reset();
    auto block = DeviceBlock::take(engine_->device(), binding.bytes);
    if (!block) return block.failure();
    binding.device = std::move(block.value());
  }
  const CUdeviceptr address = options_.mapHost ? binding.pinned->deviceAddress() : binding.device->address();
  if (address == binding.address) return std::nullopt;
  forgetGraph();
  binding.address = 0;
  if (!context_->setTensorAddress(binding.info->name.c_str(), reinterpret_cast<void*>(address))) {
    return failedRun("placing " + binding.info->name);
  }
  binding.address = address;
  return std::nullopt;
}

Status Context::fitPinned(Binding& binding) {
  if (binding.pinned && binding.pinned->bytes() >= binding.bytes) return std::nullopt;
  binding.pinned.reset();
  auto block = PinnedBlock::take(engine_->device(), binding.bytes);
  if (!block) return block.failure();
  binding.pinned = std::move(block.value());
  return std::nullopt;
}

Status Context::upload(const RunInput& input) {
  const CudaDriver& driver = engine_->device()->driver();
  Binding& binding = *find(input.name);
  if (input.place == Place::device) {
    return driver.check(driver.cuMemcpyDtoDAsync(binding.address, input.address, input.bytes, stream_.get()),
                        "copying on the GPU");
  }
  const std::byte* source = input.data;
  if (input.place == Place::host || options_.mapHost) {
    if (auto failed = fitPinned(binding)) return failed;
    std::memcpy(binding.pinned->data(), input.data, input.bytes);
    if (options_.mapHost) return std::nullopt;
    source = binding.pinned->data();
  }
  return driver.check(driver.cuMemcpyHtoDAsync(binding.address, source, input.bytes, stream_.get()),
                      "copying to the GPU");
}

Status Context::compute(bool& replayed) {
  const CudaDriver& driver = engine_->device()->driver();
  if (options_.useGraphs && warm_ && !graph_ && !graphsRefused_) captureGraph();
  if (auto failed = driver.check(driver.cuEventRecord(begun_.get(), stream_.get()), "timing a run")) return failed;
  if (graph_) {
    replayed = true;
    if (auto failed = driver.check(driver.cuGraphLaunch(graph_.get(), stream_.get()), "replaying a graph")) return failed;
  } else if (auto failed = enqueue()) {
    return failed;
  }
  warm_ = true;
  return driver.check(driver.cuEventRecord(computed_.get(), stream_.get()), "timing a run");
}

Status Context::enqueue() {
  if (context_->enqueueV3(reinterpret_cast<cudaStream_t>(stream_.get()))) return std::nullopt;
  return failedRun("running the engine");
}

/// Records one run as a graph. Not every engine can be captured; one that cannot is run as it is from then on.
void Context::captureGraph() {
  const CudaDriver& driver = engine_->device()->driver();
  graphsRefused_ = true;
  if (driver.cuStreamBeginCapture(stream_.get(), cuda::kCaptureThreadLocal) != cuda::kSuccess) return;
  const bool recorded = !enqueue();
  CUgraph graph = nullptr;
  const bool ended = driver.cuStreamEndCapture(stream_.get(), &graph) == cuda::kSuccess && graph != nullptr;
  const Owned<CUgraph> owned(graph, driver.cuGraphDestroy);
  CUgraphExec executable = nullptr;
  if (!recorded || !ended) return;
  if (driver.cuGraphInstantiateWithFlags(&executable, graph, 0) != cuda::kSuccess) return;
  graph_ = GraphExec(executable, driver.cuGraphExecDestroy);
  graphsRefused_ = false;
}

Status Context::download(const RunRequest& request, RunReply& reply) {
  const CudaDriver& driver = engine_->device()->driver();
  for (const std::string& name : request.toDevice) {
    const Binding& binding = *find(name);
    auto block = DeviceBlock::take(engine_->device(), binding.bytes);
    if (!block) return block.failure();
    RunOutput output{name, binding.info->type, binding.dims, binding.bytes, nullptr, std::move(block.value())};
    if (auto failed = driver.check(
            driver.cuMemcpyDtoDAsync(output.device->address(), binding.address, binding.bytes, stream_.get()),
            "copying on the GPU")) {
      return failed;
    }
    reply.outputs.push_back(std::move(output));
  }
  for (const std::string& name : request.toHost) {
    Binding& binding = *find(name);
    if (options_.mapHost) continue;
    if (auto failed = fitPinned(binding)) return failed;
    if (auto failed = driver.check(
            driver.cuMemcpyDtoHAsync(binding.pinned->data(), binding.address, binding.bytes, stream_.get()),
            "copying from the GPU")) {
      return failed;
    }
  }
  if (auto failed = wait()) return failed;
  for (const std::string& name : request.toHost) {
    const Binding& binding = *find(name);
    // new[] without initialisation: every byte is written by the copy.
    std::unique_ptr<std::byte[]> host(new std::byte[std::max<std::size_t>(binding.bytes, 1)]);
    std::memcpy(host.get(), binding.pinned->data(), binding.bytes);
    reply.outputs.push_back(
        RunOutput{name, binding.info->type, binding.dims, binding.bytes, std::move(host), nullptr});
  }
  return std::nullopt;
}

Status Context::wait() {
  const CudaDriver& driver = engine_->device()->driver();
  if (options_.spin) return driver.check(driver.cuStreamSynchronize(stream_.get()), "waiting for the GPU");
  if (auto failed = driver.check(driver.cuEventRecord(done_.get(), stream_.get()), "marking the end of a run")) return failed;
  return driver.check(driver.cuEventSynchronize(done_.get()), "waiting for the GPU");
}

void Context::forgetGraph() {
  graph_.reset();
  warm_ = false;
  graphsRefused_ = false;
}

Failure Context::failedRun(const std::string& doing) const {
  const std::string reason = doing + " failed: " + log_.errors();
  return log_.memoryWasShort() ? memoryShort(reason) : internal(reason);
}

}  // namespace sam3
