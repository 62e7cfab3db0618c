#include "cuda-driver.hpp"

#include <mutex>

#include "shared-library.hpp"

namespace sam3 {

namespace {

constexpr const char* kDriverHint = "install the NVIDIA driver (on a Jetson it comes with JetPack) and reboot";

Result<CudaDriver> loadDriver(const std::string& directory) {
  auto library = SharedLibrary::open(directory, {"libcuda.so.1", "libcuda.so"});
  if (!library && !directory.empty()) library = SharedLibrary::open("", {"libcuda.so.1", "libcuda.so"});
  if (!library) {
    return unavailable("the NVIDIA driver is missing (" + library.failure().message + ")", kDriverHint);
  }
  const SharedLibrary& lib = library.value();
  CudaDriver driver{};
  const bool complete =
      lib.bind(driver.cuInit, "cuInit") && lib.bind(driver.cuDriverGetVersion, "cuDriverGetVersion") &&
      lib.bind(driver.cuGetErrorName, "cuGetErrorName") && lib.bind(driver.cuGetErrorString, "cuGetErrorString") &&
      lib.bind(driver.cuDeviceGetCount, "cuDeviceGetCount") && lib.bind(driver.cuDeviceGet, "cuDeviceGet") &&
      lib.bind(driver.cuDeviceGetName, "cuDeviceGetName") &&
      lib.bind(driver.cuDeviceGetAttribute, "cuDeviceGetAttribute") &&
      lib.bind(driver.cuDeviceTotalMem, "cuDeviceTotalMem_v2") &&
      lib.bind(driver.cuDevicePrimaryCtxRetain, "cuDevicePrimaryCtxRetain") &&
      lib.bind(driver.cuCtxSetCurrent, "cuCtxSetCurrent") && lib.bind(driver.cuMemGetInfo, "cuMemGetInfo_v2") &&
      lib.bind(driver.cuMemAlloc, "cuMemAlloc_v2") && lib.bind(driver.cuMemFree, "cuMemFree_v2") &&
      lib.bind(driver.cuMemHostAlloc, "cuMemHostAlloc") && lib.bind(driver.cuMemFreeHost, "cuMemFreeHost") &&
      lib.bind(driver.cuMemHostGetDevicePointer, "cuMemHostGetDevicePointer_v2") &&
      lib.bind(driver.cuMemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2") &&
      lib.bind(driver.cuMemcpyDtoHAsync, "cuMemcpyDtoHAsync_v2") &&
      lib.bind(driver.cuMemcpyDtoDAsync, "cuMemcpyDtoDAsync_v2") &&
      lib.bind(driver.cuStreamCreate, "cuStreamCreate") && lib.bind(driver.cuStreamDestroy, "cuStreamDestroy_v2") &&
      lib.bind(driver.cuStreamSynchronize, "cuStreamSynchronize") &&
      lib.bind(driver.cuStreamBeginCapture, "cuStreamBeginCapture_v2") &&
      lib.bind(driver.cuStreamEndCapture, "cuStreamEndCapture") &&
      lib.bind(driver.cuGraphInstantiateWithFlags, "cuGraphInstantiateWithFlags") &&
      lib.bind(driver.cuGraphLaunch, "cuGraphLaunch") && lib.bind(driver.cuGraphExecDestroy, "cuGraphExecDestroy") &&
      lib.bind(driver.cuGraphDestroy, "cuGraphDestroy") && lib.bind(driver.cuEventCreate, "cuEventCreate") &&
      lib.bind(driver.cuEventRecord, "cuEventRecord") &&
      lib.bind(driver.cuEventSynchronize, "cuEventSynchronize") &&
      lib.bind(driver.cuEventElapsedTime, "cuEventElapsedTime") &&
      lib.bind(driver.cuEventDestroy, "cuEventDestroy_v2");
  if (!complete) return unavailable("the NVIDIA driver is too old: it needs CUDA 12 or newer", kDriverHint);
  if (auto failed = driver.check(driver.cuInit(0), "the NVIDIA driver finds no GPU that it can use")) {
    return unavailable(failed->message, kDriverHint);
  }
  return driver;
}

}  // namespace

Result<const CudaDriver*> CudaDriver::load(const std::string& directory) {
  // What loaded once stays; a failure is tried again, since a driver or a directory may come later.
  // Never destroyed: threads of the addon may still use it while the process exits.
  static std::mutex& mutex = *new std::mutex;
  static auto& loaded = *new std::unique_ptr<CudaDriver>;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) {
    auto driver = loadDriver(directory);
    if (!driver) return driver.failure();
    loaded = std::make_unique<CudaDriver>(driver.value());
  }
  return loaded.get();
}

Status CudaDriver::check(CUresult code, const char* doing) const {
  if (code == cuda::kSuccess) return std::nullopt;
  const char* name = nullptr;
  const char* text = nullptr;
  cuGetErrorName(code, &name);
  cuGetErrorString(code, &text);
  std::string message = std::string(doing) + ": " + (name ? name : "CUDA error " + std::to_string(code)) +
                        (text ? std::string(", ") + text : "");
  if (code == cuda::kOutOfMemory) return memoryShort(std::move(message));
  return internal(std::move(message));
}

}  // namespace sam3
