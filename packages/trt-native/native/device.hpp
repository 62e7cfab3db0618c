// One GPU: its primary context, which stays for the life of the process once started, and what can be said of it.
// Also the pool of device blocks that tensors kept on the GPU live in.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cuda-driver.hpp"
#include "failure.hpp"

namespace sam3 {

struct DeviceInfo {
  int index;
  std::string name;
  int computeMajor;
  int computeMinor;
  int multiprocessors;
  bool integrated;
  std::size_t totalBytes;
  int driverVersion;
};

struct MemoryInfo {
  std::size_t freeBytes;
  std::size_t totalBytes;
};

class Device {
 public:
  static Result<std::shared_ptr<Device>> open(const CudaDriver& driver, int index);
  static Result<std::vector<DeviceInfo>> list(const CudaDriver& driver);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Makes this GPU the calling thread's; every thread does so before it touches the GPU.
  Status makeCurrent() const;
  Result<MemoryInfo> memory() const;
  const DeviceInfo& info() const { return info_; }
  const CudaDriver& driver() const { return driver_; }

  /// A block of at least one byte, from the pool where one of the same size is idle.
  Result<CUdeviceptr> takeBlock(std::size_t bytes);
  void returnBlock(CUdeviceptr block, std::size_t bytes);

 private:
  Device(const CudaDriver& driver, DeviceInfo info, CUcontext context)
      : driver_(driver), info_(std::move(info)), context_(context) {}

  const CudaDriver& driver_;
  DeviceInfo info_;
  CUcontext context_;
  std::mutex poolMutex_;
  std::multimap<std::size_t, CUdeviceptr> idleBlocks_;
  std::size_t idleBytes_ = 0;
};

}  // namespace sam3
