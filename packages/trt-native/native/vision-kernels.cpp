#include "vision-kernels.hpp"

#include <mutex>

#include "shared-library.hpp"

namespace sam3 {

namespace {

constexpr int kHopper = 9;
constexpr int kRowBytes = 128;
constexpr int kNormThreads = 256;
constexpr int kNormRows = kNormThreads / 32;
/// As in vision-kernels/attention.cu: queries of a block, keys of a step, steps in shared memory, columns of a head.
constexpr int kQueries = 192;
constexpr int kKeys = 96;
constexpr int kKeyStages = 4;
constexpr int kHead = 64;
constexpr unsigned kAttentionThreads = 512;
/// Room for barriers, and to begin at a multiple of 1024.
constexpr unsigned kSpareBytes = 128;
constexpr unsigned kAttentionBytes = (kQueries + kKeyStages * 2 * kKeys) * kRowBytes + kSpareBytes;

/// As they are instantiated in vision-kernels/linear.cu.
struct LinearShape {
  const char* name;
  int groups;
  int columns;
  int stages;
};
constexpr LinearShape kLinears[2][3] = {
    {{"sam3BytesRotate", 2, 192, 4}, {"sam3BytesGelu", 2, 256, 4}, {"sam3BytesResidual", 2, 192, 4}},
    {{"sam3LinearRotate", 2, 192, 4}, {"sam3LinearGelu", 2, 256, 4}, {"sam3LinearResidual", 2, 192, 4}},
};
constexpr int kColumnKinds = 4;
constexpr int kStagedBytesPerGroup = 4 * 16 * 64 * 2;

constexpr int kMaxDynamicSharedAttribute = 8;
constexpr int kMapBytes = 0;
constexpr int kMapHalves = 6;
constexpr int kMapPlain = 0;
constexpr int kMapSwizzle128 = 3;
constexpr int kMapPromote256 = 3;

int bytesOf(Element element) { return element == Element::kHalf ? 2 : 1; }
int ceilDiv(int value, int by) { return (value + by - 1) / by; }

}  // namespace

Result<const VisionKernels*> VisionKernels::load(const std::string& folder, const std::string& libraryDir) {
  // Never destroyed: engines of any thread may still use it while the process exits.
  static std::mutex& mutex = *new std::mutex;
  static std::unique_ptr<VisionKernels>& loaded = *new std::unique_ptr<VisionKernels>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) {
    std::unique_ptr<VisionKernels> fresh(new VisionKernels);
    if (auto failed = fresh->bind(folder, libraryDir)) return *failed;
    loaded = std::move(fresh);
  }
  return loaded.get();
}

Status VisionKernels::bind(const std::string& folder, const std::string& libraryDir) {
  const auto driver = CudaDriver::load(libraryDir);
  if (!driver) return driver.failure();
  auto device = Device::open(*driver.value(), 0);
  if (!device) return device.failure();
  device_ = std::move(device.value());
  if (device_->info().computeMajor != kHopper) {
    return unavailable("the vision encoder's own layers are for Hopper GPUs; this is a " + device_->info().name,
                       "export the graph without them");
  }
  KernelSources sources;
  sources.binaryPath = folder + "/build/sam3-vision.fatbin";
  sources.sourceDir = folder + "/vision-kernels";
  sources.libraryDir = libraryDir;
  sources.unit = "sam3-vision.cu";
  sources.included = {"attention.cu", "linear.cu", "norm.cu", "products.h", "hopper.h"};
  sources.fusedMultiplyAdd = true;
  sources.architectureSpecific = true;
  auto module = KernelModule::load(device_, sources);
  if (!module) return module.failure();
  module_ = std::move(module.value());
  multiprocessors_ = device_->info().multiprocessors;

  auto library = SharedLibrary::open(libraryDir, {"libcuda.so.1", "libcuda.so"});
  if (!library && !libraryDir.empty()) library = SharedLibrary::open("", {"libcuda.so.1", "libcuda.so"});
  if (!library) return library.failure();
  CUresult (*setAttribute)(CUfunction, int, int) = nullptr;
  CUresult (*encodeTiled)(TensorMap*, int, unsigned, void*, const std::uint64_t*, const std::uint64_t*, const unsigned*,
                          const unsigned*, int, int, int, int) = nullptr;
  if (!library.value().bind(setAttribute, "cuFuncSetAttribute") ||
      !library.value().bind(encodeTiled, "cuTensorMapEncodeTiled")) {
    return unavailable("the NVIDIA driver is too old for Hopper's copy engine", "install a driver of CUDA 12 or newer");
  }
  encodeTiled_ = encodeTiled;

  Status failed;
  const auto take = [&](CUfunction* target, const char* name, unsigned sharedBytes) {
    if (failed) return;
    auto function = module_->function(name);
    if (!function) {
      failed = function.failure();
      return;
    }
    *target = function.value();
    failed = device_->driver().check(
        setAttribute(*target, kMaxDynamicSharedAttribute, static_cast<int>(sharedBytes)), name);
  };
  take(&norms_[0], "sam3NormBytes", 0);
  take(&norms_[1], "sam3Norm", 0);
  take(&attention_, "sam3Attention", kAttentionBytes);
  for (int element = 0; element < 2; ++element) {
    for (int then = 0; then < 3; ++then) {
      const LinearShape& shape = kLinears[element][then];
      Linear& linear = linears_[element][then];
      linear.rows = 64 * shape.groups;
      linear.columns = shape.columns;
      linear.threads = static_cast<unsigned>((shape.groups + 1) * 128);
      linear.sharedBytes = static_cast<unsigned>(shape.stages * (linear.rows + linear.columns) * kRowBytes +
                                                 shape.groups * (kStagedBytesPerGroup + kColumnKinds * 4 * shape.columns)) +
                           kSpareBytes;
      take(&linear.function, shape.name, linear.sharedBytes);
    }
  }
  return failed;
}

Status VisionKernels::describe(TensorMap* map, const void* data, Element element, int columns, int rows,
                                int boxRows) const {
  const std::uint64_t sizes[2] = {static_cast<std::uint64_t>(columns), static_cast<std::uint64_t>(rows)};
  const std::uint64_t strides[1] = {static_cast<std::uint64_t>(columns) * static_cast<std::uint64_t>(bytesOf(element))};
  const unsigned box[2] = {static_cast<unsigned>(kRowBytes / bytesOf(element)), static_cast<unsigned>(boxRows)};
  const unsigned steps[2] = {1, 1};
  const CUresult code =
      encodeTiled_(map, element == Element::kHalf ? kMapHalves : kMapBytes, 2, const_cast<void*>(data), sizes, strides, box,
                   steps, kMapPlain, kMapSwizzle128, kMapPromote256, kMapPlain);
  return device_->driver().check(code, "describing a matrix to the copy engine");
}

Status VisionKernels::launch(CUfunction function, unsigned blocksX, unsigned blocksY, unsigned threads,
                             unsigned sharedBytes, void** arguments, CUstream stream) const {
  return device_->driver().check(module_->driver().cuLaunchKernel(function, blocksX, blocksY, 1, threads, 1, 1, sharedBytes,
                                                                  stream, arguments, nullptr),
                                 "starting a kernel of the vision encoder");
}

Status VisionKernels::norm(const NormPlan& plan, Element out, CUstream stream) const {
  void* arguments[] = {const_cast<NormPlan*>(&plan)};
  return launch(norms_[static_cast<int>(out)], static_cast<unsigned>(ceilDiv(plan.rows, kNormRows)), 1, kNormThreads, 0,
                arguments, stream);
}

Status VisionKernels::linear(LinearPlan plan, const void* input, const void* weight, int inner, Element element, Then then,
                             CUstream stream) const {
  const Linear& linear = linears_[static_cast<int>(element)][static_cast<int>(then)];
  TensorMap inputMap;
  TensorMap weightMap;
  if (auto failed = describe(&inputMap, input, element, inner, plan.rows, linear.rows)) return failed;
  if (auto failed = describe(&weightMap, weight, element, inner, plan.columns, linear.columns)) return failed;
  plan.steps = inner * bytesOf(element) / kRowBytes;
  plan.rowTiles = ceilDiv(plan.rows, linear.rows);
  plan.tiles = plan.rowTiles * ceilDiv(plan.columns, linear.columns);
  void* arguments[] = {&inputMap, &weightMap, &plan};
  const int blocks = plan.tiles < multiprocessors_ ? plan.tiles : multiprocessors_;
  return launch(linear.function, static_cast<unsigned>(blocks), 1, linear.threads, linear.sharedBytes, arguments, stream);
}

Status VisionKernels::attention(const AttentionPlan& plan, const void* input, int rows, CUstream stream) const {
  TensorMap map;
  if (auto failed = describe(&map, input, Element::kHalf, 3 * plan.heads * kHead, rows, kKeys)) return failed;
  void* arguments[] = {&map, const_cast<AttentionPlan*>(&plan)};
  return launch(attention_, static_cast<unsigned>(rows / kQueries), static_cast<unsigned>(plan.heads), kAttentionThreads,
                kAttentionBytes, arguments, stream);
}

}  // namespace sam3
