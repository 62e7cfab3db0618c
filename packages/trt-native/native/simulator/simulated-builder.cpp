// libnvinfer.so.10 for machines without a GPU, the half that builds: counts the steps of a graph and writes its text as plan.
#include <memory>

#include "simulated-bases.hpp"
#include "simulated-library.hpp"
#include "simulated-network.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace simulator {

namespace {

class Memory final : public IHostMemory, private VHostMemoryBase {
 public:
  explicit Memory(std::string bytes) : bytes_(std::move(bytes)) { mImpl = this; }
  void* data() const noexcept override { return const_cast<char*>(bytes_.data()); }
  std::size_t size() const noexcept override { return bytes_.size(); }

 private:
  std::string bytes_;
};

class Cache final : public ITimingCache, private VTimingCacheBase {
 public:
  explicit Cache(std::string bytes) : bytes_(std::move(bytes)) { mImpl = this; }
  IHostMemory* serialize() const noexcept override { return new Memory(bytes_ + "t"); }

 private:
  std::string bytes_;
};

class Profile final : public IOptimizationProfile, private VOptimizationProfileBase {
 public:
  Profile() { mImpl = this; }
  bool setDimensions(const char* name, OptProfileSelector select, const Dims& dims) noexcept override {
    ranges[name].shapes[static_cast<int>(select)] = dims;
    return true;
  }
  bool isValid() const noexcept override {
    for (const auto& [name, range] : ranges) {
      for (int i = 0; i < range.shapes[0].nbDims; ++i) {
        if (range.shapes[0].d[i] > range.shapes[1].d[i] || range.shapes[1].d[i] > range.shapes[2].d[i]) return false;
      }
    }
    return true;
  }

  std::map<std::string, GraphRange> ranges;
};

class Config final : public IBuilderConfig, private VBuilderConfigBase {
 public:
  Config() { mImpl = this; }
  void setFlag(BuilderFlag) noexcept override {}
  void setMemoryPoolLimit(MemoryPoolType, std::size_t) noexcept override {}
  void setBuilderOptimizationLevel(int32_t) noexcept override {}
  void setProfilingVerbosity(ProfilingVerbosity) noexcept override {}
  void setProgressMonitor(IProgressMonitor* given) noexcept override { monitor = given; }
  int32_t addOptimizationProfile(const IOptimizationProfile* profile) noexcept override {
    ranges = static_cast<const Profile*>(profile)->ranges;
    return 0;
  }
  ITimingCache* createTimingCache(const void* blob, std::size_t size) const noexcept override {
    return new Cache(blob ? std::string(static_cast<const char*>(blob), size) : "");
  }
  bool setTimingCache(const ITimingCache& given, bool) noexcept override { return cache = &given, true; }
  const ITimingCache* getTimingCache() const noexcept override { return cache; }

  IProgressMonitor* monitor = nullptr;
  const ITimingCache* cache = nullptr;
  std::map<std::string, GraphRange> ranges;
};

std::string planOf(const Network& network, const Config& config) {
  std::string plan = network.text;
  for (const auto& [name, range] : config.ranges) {
    plan += "\nrange " + name;
    for (const Dims& shape : range.shapes) {
      for (int i = 0; i < shape.nbDims; ++i) plan += " " + std::to_string(shape.d[i]);
    }
  }
  return plan;
}

class Builder final : public IBuilder, private VBuilderBase {
 public:
  explicit Builder(ILogger& logger) : logger_(logger) {
    mImpl = this;
    GlobalLogger::bring(logger);
  }
  ~Builder() noexcept override { GlobalLogger::takeAway(logger_); }
  INetworkDefinition* createNetworkV2(NetworkDefinitionCreationFlags) noexcept override { return new Network; }
  IBuilderConfig* createBuilderConfig() noexcept override { return new Config; }
  IOptimizationProfile* createOptimizationProfile() noexcept override {
    profiles_.push_back(std::make_unique<Profile>());
    return profiles_.back().get();
  }
  bool setMaxThreads(int32_t) noexcept override { return true; }
  IHostMemory* buildSerializedNetwork(INetworkDefinition& given, IBuilderConfig& chosen) noexcept override {
    const auto& network = static_cast<const Network&>(given);
    const auto& config = static_cast<const Config&>(chosen);
    config.monitor->phaseStart("Building", nullptr, network.graph.steps);
    for (int step = 0; step < network.graph.steps; ++step) {
      if (!config.monitor->stepComplete("Building", step)) return nullptr;
    }
    config.monitor->phaseFinish("Building");
    if (network.graph.fail == "build") {
      logger_.log(ILogger::Severity::kERROR, "Could not find any implementation for node MatMul_1");
      return nullptr;
    }
    if (network.graph.fail == "memory") {
      logger_.log(ILogger::Severity::kERROR, "Requested amount of GPU memory could not be allocated: out of memory");
      return nullptr;
    }
    return new Memory(planOf(network, config));
  }

 private:
  ILogger& logger_;
  std::vector<std::unique_ptr<Profile>> profiles_;
};

}  // namespace

}  // namespace simulator

EXPORT void* createInferBuilder_INTERNAL(void* logger, int32_t) noexcept {
  return static_cast<nvinfer1::IBuilder*>(new simulator::Builder(*static_cast<nvinfer1::ILogger*>(logger)));
}
