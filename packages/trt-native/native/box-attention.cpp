#include "box-attention.hpp"

#include <mutex>

namespace sam3 {

namespace {

/// Of a grid's rows: nine shares of a grid of 72 make 288 blocks a prompt.
constexpr int kRowsOfPart = 8;
/// Numbers of a row of staged biases are two more than the grid has columns, against conflicts of banks.
constexpr int kBiasPadding = 2;

std::size_t rowsOf(const BoxPlan& plan) {
  return static_cast<std::size_t>(plan.prompts) * static_cast<std::size_t>(plan.parts) *
         static_cast<std::size_t>(plan.heads) * static_cast<std::size_t>(plan.queries);
}

}  // namespace

const char* boxShapeMissing(const BoxPlan& plan, int width) {
  if (plan.heads <= 0 || plan.heads * 32 > 1024 || width != plan.heads * kBoxHead) return "heads must be 32 wide";
  if (plan.grid % 8 != 0 || kBoxKeys % plan.grid != 0 || kBoxKeys / plan.grid > kBoxRowsMax)
    return "the side of the grid must be 72 or 144";
  if (plan.queries < 2 || plan.prompts < 1) return "there must be queries";
  if (plan.pictures != 1 && plan.pictures != plan.prompts) return "there must be one picture, or one for each prompt";
  if (plan.boxes != 1 && plan.boxes != plan.prompts) return "there must be one set of boxes, or one for each prompt";
  return nullptr;
}

int boxParts(int grid) { return grid / kRowsOfPart; }

std::size_t boxWorkspaceBytes(const BoxPlan& plan) { return rowsOf(plan) * (kBoxHead + 2) * sizeof(float); }

Result<const BoxAttention*> BoxAttention::load(const std::string& folder, const std::string& libraryDir) {
  // Never destroyed: engines of any thread may still use it while the process exits.
  static std::mutex& mutex = *new std::mutex;
  static std::unique_ptr<BoxAttention>& loaded = *new std::unique_ptr<BoxAttention>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) {
    std::unique_ptr<BoxAttention> fresh(new BoxAttention);
    if (auto failed = fresh->bind(folder, libraryDir)) return *failed;
    loaded = std::move(fresh);
  }
  return loaded.get();
}

Status BoxAttention::bind(const std::string& folder, const std::string& libraryDir) {
  const auto driver = CudaDriver::load(libraryDir);
  if (!driver) return driver.failure();
  auto device = Device::open(*driver.value(), 0);
  if (!device) return device.failure();
  device_ = std::move(device.value());
  KernelSources sources;
  sources.binaryPath = folder + "/build/sam3-decoder.fatbin";
  sources.sourceDir = folder + "/vision-kernels";
  sources.libraryDir = libraryDir;
  sources.unit = "sam3-decoder.cu";
  sources.included = {"box-attention.cu", "box-attention.h"};
  sources.fusedMultiplyAdd = true;
  auto module = KernelModule::load(device_, sources);
  if (!module) return module.failure();
  module_ = std::move(module.value());
  auto attention = module_->function("sam3BoxAttention");
  if (!attention) return attention.failure();
  auto join = module_->function("sam3BoxAttentionJoin");
  if (!join) return join.failure();
  attention_ = attention.value();
  join_ = join.value();
  return std::nullopt;
}

Status BoxAttention::run(BoxPlan plan, void* workspace, CUstream stream) const {
  plan.sums = static_cast<float*>(workspace);
  plan.scales = plan.sums + rowsOf(plan) * kBoxHead;
  const auto blocks = static_cast<unsigned>((plan.queries + kBoxQueries - 1) / kBoxQueries * plan.prompts);
  const auto staged = static_cast<unsigned>(kBoxQueries * (plan.grid + kBiasPadding) * 2);
  void* arguments[] = {&plan};
  const KernelDriver& driver = module_->driver();
  if (auto failed = device_->driver().check(
          driver.cuLaunchKernel(attention_, static_cast<unsigned>(plan.parts), static_cast<unsigned>(plan.heads), blocks,
                                kBoxThreads, 1, 1, staged, stream, arguments, nullptr),
          "starting the attention of boxes"))
    return failed;
  return device_->driver().check(
      driver.cuLaunchKernel(join_, static_cast<unsigned>(plan.queries), static_cast<unsigned>(plan.prompts), 1,
                            static_cast<unsigned>(plan.heads * 32), 1, 1, 0, stream, arguments, nullptr),
      "joining the attention of boxes");
}

}  // namespace sam3
