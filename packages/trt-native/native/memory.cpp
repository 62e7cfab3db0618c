#include "memory.hpp"

#include <algorithm>

#include "live-counts.hpp"

namespace sam3 {

Result<std::unique_ptr<PinnedBlock>> PinnedBlock::take(std::shared_ptr<Device> device, std::size_t bytes) {
  const CudaDriver& driver = device->driver();
  bytes = std::max<std::size_t>(bytes, 1);
  void* data = nullptr;
  CUdeviceptr address = 0;
  if (auto failed = driver.check(
          driver.cuMemHostAlloc(&data, bytes, cuda::kHostAllocPortable | cuda::kHostAllocDeviceMap),
          "taking page-locked memory")) {
    return *failed;
  }
  if (auto failed = driver.check(driver.cuMemHostGetDevicePointer(&address, data, 0), "mapping page-locked memory")) {
    driver.cuMemFreeHost(data);
    return *failed;
  }
  LiveCounts::pinnedBytes += static_cast<std::int64_t>(bytes);
  return std::unique_ptr<PinnedBlock>(
      new PinnedBlock(std::move(device), static_cast<std::byte*>(data), address, bytes));
}

PinnedBlock::~PinnedBlock() {
  if (!device_->makeCurrent()) device_->driver().cuMemFreeHost(data_);
  LiveCounts::pinnedBytes -= static_cast<std::int64_t>(bytes_);
}

Result<std::unique_ptr<DeviceBlock>> DeviceBlock::take(std::shared_ptr<Device> device, std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  auto address = device->takeBlock(bytes);
  if (!address) return address.failure();
  return std::unique_ptr<DeviceBlock>(new DeviceBlock(std::move(device), address.value(), bytes));
}

DeviceBlock::~DeviceBlock() { device_->returnBlock(address_, bytes_); }

Result<Stream> createStream(const Device& device) {
  const CudaDriver& driver = device.driver();
  CUstream handle = nullptr;
  // Non-blocking: such a stream does not wait for the legacy default stream of other code in the process.
  if (auto failed = driver.check(driver.cuStreamCreate(&handle, cuda::kStreamNonBlocking), "creating a stream")) {
    return *failed;
  }
  return Stream(handle, driver.cuStreamDestroy);
}

Result<Event> createEvent(const Device& device, unsigned flags) {
  const CudaDriver& driver = device.driver();
  CUevent handle = nullptr;
  if (auto failed = driver.check(driver.cuEventCreate(&handle, flags), "creating an event")) return *failed;
  return Event(handle, driver.cuEventDestroy);
}

}  // namespace sam3
