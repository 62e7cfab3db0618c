#include "device.hpp"

#include "live-counts.hpp"

namespace sam3 {

namespace {

/// Bytes of idle device blocks kept for reuse: the vision features of a few frames; more would be missed elsewhere.
constexpr std::size_t kIdleBytesMax = std::size_t{512} << 20;
constexpr int kNameBytes = 256;

Result<DeviceInfo> describe(const CudaDriver& driver, int index, CUdevice handle) {
  DeviceInfo info{};
  info.index = index;
  char name[kNameBytes] = {};
  int integrated = 0;
  Status failed = driver.check(driver.cuDeviceGetName(name, kNameBytes, handle), "reading the GPU's name");
  const auto read = [&](int* target, int attribute) {
    if (!failed) failed = driver.check(driver.cuDeviceGetAttribute(target, attribute, handle), "asking the GPU");
  };
  read(&info.computeMajor, cuda::kAttributeComputeMajor);
  read(&info.computeMinor, cuda::kAttributeComputeMinor);
  read(&info.multiprocessors, cuda::kAttributeMultiprocessors);
  read(&integrated, cuda::kAttributeIntegrated);
  if (!failed) failed = driver.check(driver.cuDeviceTotalMem(&info.totalBytes, handle), "asking for the GPU's memory");
  if (!failed) failed = driver.check(driver.cuDriverGetVersion(&info.driverVersion), "asking for the driver's version");
  if (failed) return *failed;
  info.name = name;
  info.integrated = integrated != 0;
  return info;
}

/// The primary context of a GPU, retained once and never released: the CUDA runtime and the kernel caches inside TensorRT
/// stay for the life of the process, and what they loaded into a context must not go before them.
Result<CUcontext> primaryContext(const CudaDriver& driver, CUdevice handle) {
  static std::mutex& mutex = *new std::mutex;
  static auto& retained = *new std::map<CUdevice, CUcontext>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (const auto found = retained.find(handle); found != retained.end()) return found->second;
  CUcontext context = nullptr;
  if (auto failed = driver.check(driver.cuDevicePrimaryCtxRetain(&context, handle), "starting the GPU")) return *failed;
  retained[handle] = context;
  return context;
}

}  // namespace

Result<std::vector<DeviceInfo>> Device::list(const CudaDriver& driver) {
  int count = 0;
  if (auto failed = driver.check(driver.cuDeviceGetCount(&count), "counting GPUs")) return *failed;
  std::vector<DeviceInfo> all;
  for (int index = 0; index < count; ++index) {
    CUdevice handle = 0;
    if (auto failed = driver.check(driver.cuDeviceGet(&handle, index), "opening a GPU")) return *failed;
    auto info = describe(driver, index, handle);
    if (!info) return info.failure();
    all.push_back(std::move(info.value()));
  }
  return all;
}

Result<std::shared_ptr<Device>> Device::open(const CudaDriver& driver, int index) {
  // One for all engines of the process, so that they share the pool; the idle blocks go when the last of them does.
  static std::mutex& mutex = *new std::mutex;
  static auto& opened = *new std::map<int, std::weak_ptr<Device>>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (auto device = opened[index].lock()) return device;
  CUdevice handle = 0;
  if (auto failed = driver.check(driver.cuDeviceGet(&handle, index), "opening the GPU")) {
    return unavailable("there is no GPU with the index " + std::to_string(index), "probe() lists the GPUs");
  }
  auto info = describe(driver, index, handle);
  if (!info) return info.failure();
  const auto context = primaryContext(driver, handle);
  if (!context) return context.failure();
  std::shared_ptr<Device> device(new Device(driver, std::move(info.value()), context.value()));
  opened[index] = device;
  return device;
}

Device::~Device() {
  driver_.cuCtxSetCurrent(context_);
  for (const auto& [bytes, block] : idleBlocks_) {
    driver_.cuMemFree(block);
    LiveCounts::deviceBytes -= static_cast<std::int64_t>(bytes);
  }
}

Status Device::makeCurrent() const { return driver_.check(driver_.cuCtxSetCurrent(context_), "choosing the GPU"); }

Result<MemoryInfo> Device::memory() const {
  if (auto failed = makeCurrent()) return *failed;
  MemoryInfo memory{};
  if (auto failed = driver_.check(driver_.cuMemGetInfo(&memory.freeBytes, &memory.totalBytes), "asking for free memory")) {
    return *failed;
  }
  return memory;
}

Result<CUdeviceptr> Device::takeBlock(std::size_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(poolMutex_);
    if (auto found = idleBlocks_.find(bytes); found != idleBlocks_.end()) {
      const CUdeviceptr block = found->second;
      idleBlocks_.erase(found);
      idleBytes_ -= bytes;
      return block;
    }
  }
  CUdeviceptr block = 0;
  if (auto failed = driver_.check(driver_.cuMemAlloc(&block, bytes), "taking GPU memory")) return *failed;
  LiveCounts::deviceBytes += static_cast<std::int64_t>(bytes);
  return block;
}

void Device::returnBlock(CUdeviceptr block, std::size_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(poolMutex_);
    if (idleBytes_ + bytes <= kIdleBytesMax) {
      idleBlocks_.emplace(bytes, block);
      idleBytes_ += bytes;
      return;
    }
  }
  driver_.cuCtxSetCurrent(context_);
  driver_.cuMemFree(block);
  LiveCounts::deviceBytes -= static_cast<std::int64_t>(bytes);
}

}  // namespace sam3
