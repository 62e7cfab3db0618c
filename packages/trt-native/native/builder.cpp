#include "builder.hpp"

#include <cstring>
#include <mutex>

namespace sam3 {

namespace {

using nvinfer1::BuilderFlag;

class Progress final : public nvinfer1::IProgressMonitor {
 public:
  explicit Progress(BuildHooks& hooks) : hooks_(hooks) {}

  void phaseStart(const char* phase, const char*, int32_t steps) noexcept override { tell(phase, 0, steps); }
  bool stepComplete(const char* phase, int32_t step) noexcept override {
    tell(phase, step + 1, -1);
    return !*hooks_.cancelled;
  }
  void phaseFinish(const char* phase) noexcept override { tell(phase, -1, -1); }

 private:
  void tell(const char* phase, int step, int steps) noexcept {
    try {
      const std::lock_guard<std::mutex> lock(mutex_);
      int& known = steps_[phase];
      if (steps >= 0) known = steps;
      hooks_.onProgress(phase, step < 0 ? known : step, known);
    } catch (...) {
      // Progress is a courtesy: without memory for it the build goes on.
    }
  }

  BuildHooks& hooks_;
  std::mutex mutex_;
  std::map<std::string, int> steps_;
};

struct PrecisionRow {
  const char* name;
  BuilderFlag flag;
  /// Compute capability from which the tensor cores have it, as major * 10 + minor.
  int computeMin;
};

constexpr PrecisionRow kPrecisions[] = {
    {"fp16", BuilderFlag::kFP16, 53},
    {"bf16", BuilderFlag::kBF16, 80},
    {"int8", BuilderFlag::kINT8, 61},
    {"fp8", BuilderFlag::kFP8, 89},
};

Status setPrecisions(nvinfer1::IBuilderConfig& config, const BuildRequest& request, const DeviceInfo& info) {
  const int compute = info.computeMajor * 10 + info.computeMinor;
  for (const std::string& wanted : request.precisions) {
    const PrecisionRow* found = nullptr;
    for (const PrecisionRow& row : kPrecisions) {
      if (wanted == row.name) found = &row;
    }
    if (!found) return invalidInput("there is no precision called " + wanted);
    if (compute < found->computeMin) {
      return invalidInput(info.name + " has no " + wanted, "build with fp16 instead");
    }
    config.setFlag(found->flag);
  }
  return std::nullopt;
}

Status setProfile(nvinfer1::IBuilder& builder, nvinfer1::IBuilderConfig& config,
                  const nvinfer1::INetworkDefinition& network, const BuildRequest& request) {
  nvinfer1::IOptimizationProfile* profile = builder.createOptimizationProfile();
  if (!profile) return internal("TensorRT makes no optimization profile");
  std::size_t used = 0;
  bool anyFree = false;
  for (int32_t i = 0; i < network.getNbInputs(); ++i) {
    const nvinfer1::ITensor& input = *network.getInput(i);
    const Dims dims = fromTrt(input.getDimensions());
    bool isFree = false;
    for (const auto dim : dims) isFree = isFree || dim < 0;
    const auto range = request.profile.find(input.getName());
    if (range == request.profile.end()) {
      if (isFree) return invalidInput(std::string(input.getName()) + " has free sizes " + describe(dims) + ": give its profile");
      continue;
    }
    ++used;
    if (!isFree) return invalidInput(std::string(input.getName()) + " has the fixed shape " + describe(dims) + " and takes no profile");
    anyFree = true;
    const auto min = toTrt(range->second.min);
    const auto opt = toTrt(range->second.opt);
    const auto max = toTrt(range->second.max);
    using nvinfer1::OptProfileSelector;
    if (!min || !opt || !max || !profile->setDimensions(input.getName(), OptProfileSelector::kMIN, *min) ||
        !profile->setDimensions(input.getName(), OptProfileSelector::kOPT, *opt) ||
        !profile->setDimensions(input.getName(), OptProfileSelector::kMAX, *max)) {
      return invalidInput("TensorRT refuses the profile of " + std::string(input.getName()));
    }
  }
  if (used != request.profile.size()) return invalidInput("the profile names an input that the graph does not have");
  if (anyFree && (!profile->isValid() || config.addOptimizationProfile(profile) < 0)) {
    return invalidInput("TensorRT refuses the profile", "min <= opt <= max must hold in every dimension");
  }
  return std::nullopt;
}

Status parse(nvonnxparser::IParser& parser, const std::string& path) {
  if (parser.parseFromFile(path.c_str(), static_cast<int>(nvinfer1::ILogger::Severity::kERROR))) return std::nullopt;
  std::string reasons;
  constexpr int kReasonsMax = 3;
  for (int i = 0; i < parser.getNbErrors() && i < kReasonsMax; ++i) {
    const nvonnxparser::IParserError& error = *parser.getError(i);
    const char* node = error.nodeName();
    reasons += (reasons.empty() ? "" : "; ") + std::string(error.desc());
    if (node && *node) reasons += " (at " + std::string(node) + ")";
  }
  return Failure{"PACK_INVALID", path + " cannot be read as ONNX: " + reasons, "export the graph again"};
}

}  // namespace

Result<BuildReply> buildEngine(const TensorRt& trt, Device& device, const BuildRequest& request, BuildHooks& hooks) {
  if (auto failed = device.makeCurrent()) return *failed;
  MessageLog log;
  const MessageLog::Scope scope(log);
  Progress progress(hooks);
  const auto builder = trt.createBuilder();
  if (!builder) {
    return unavailable("TensorRT builds no engines here: " + trt.parserMissing() + log.errors(),
                       "install the full TensorRT, with its builder and ONNX parser");
  }
  const std::uint32_t flags =
      request.stronglyTyped ? 1u << static_cast<int>(nvinfer1::NetworkDefinitionCreationFlag::kSTRONGLY_TYPED) : 0u;
  const std::unique_ptr<nvinfer1::INetworkDefinition> network(builder->createNetworkV2(flags));
  const std::unique_ptr<nvinfer1::IBuilderConfig> config(builder->createBuilderConfig());
  if (!network || !config) return internal("TensorRT makes no network: " + log.errors());
  const auto parser = trt.createParser(*network);
  if (!parser) return parser.failure();
  if (auto failed = parse(*parser.value(), request.onnxPath)) return *failed;

  if (auto failed = setPrecisions(*config, request, device.info())) return *failed;
  if (auto failed = setProfile(*builder, *config, *network, request)) return *failed;
  if (request.workspaceBytes > 0) config->setMemoryPoolLimit(nvinfer1::MemoryPoolType::kWORKSPACE, request.workspaceBytes);
  config->setBuilderOptimizationLevel(request.optimizationLevel);
  if (request.threads > 0) builder->setMaxThreads(request.threads);
  if (request.detailedLayers) config->setProfilingVerbosity(nvinfer1::ProfilingVerbosity::kDETAILED);
  config->setProgressMonitor(&progress);

  std::unique_ptr<nvinfer1::ITimingCache> cache(
      config->createTimingCache(request.timingCache.data(), request.timingCache.size()));
  // A cache of another version or GPU is refused; an empty one then takes its place.
  if (!cache || !config->setTimingCache(*cache, false)) {
    cache.reset(config->createTimingCache(nullptr, 0));
    if (cache) config->setTimingCache(*cache, false);
  }
  log.clear();

  std::shared_ptr<nvinfer1::IHostMemory> plan(builder->buildSerializedNetwork(*network, *config));
  if (*hooks.cancelled) return Failure{"CANCELLED", "the build was cancelled", ""};
  if (!plan || plan->size() == 0) {
    const std::string reason = "TensorRT cannot build " + request.onnxPath + ": " + log.errors();
    return log.memoryWasShort() ? memoryShort(reason) : Failure{"PACK_INVALID", reason, "try another precision"};
  }
  BuildReply reply{std::move(plan), {}};
  if (const nvinfer1::ITimingCache* filled = config->getTimingCache()) {
    const std::unique_ptr<nvinfer1::IHostMemory> bytes(filled->serialize());
    if (bytes) {
      const auto* begin = static_cast<const char*>(bytes->data());
      reply.timingCache.assign(begin, begin + bytes->size());
    }
  }
  return reply;
}

}  // namespace sam3
