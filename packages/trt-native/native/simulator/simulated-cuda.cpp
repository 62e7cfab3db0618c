// libcuda.so.1 for machines without a GPU: device memory is host memory, streams run at once on the calling thread.
// For tests of the addon only. SIMULATED_GPU_BYTES is the size of the memory (default 256 MiB).
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

constexpr int kSuccess = 0;
constexpr int kInvalidValue = 1;
constexpr int kOutOfMemory = 2;
constexpr std::size_t kBytesDefault = std::size_t{256} << 20;

using Pointer = unsigned long long;
using Work = std::function<void()>;

std::mutex mutex;
std::unordered_map<Pointer, std::size_t> blocks;
std::size_t used = 0;
/// What the calling thread records instead of running.
thread_local std::vector<Work>* recording = nullptr;

std::size_t capacity() {
  const char* bytes = std::getenv("SIMULATED_GPU_BYTES");
  return bytes ? std::strtoull(bytes, nullptr, 10) : kBytesDefault;
}

int enqueue(Work work) {
  if (recording) {
    recording->push_back(std::move(work));
  } else {
    work();
  }
  return kSuccess;
}

}  // namespace

struct CUgraph_st {
  std::vector<Work> work;
};

/// For the simulated TensorRT: its kernels go through streams and graphs like everything else.
EXPORT void simulatedLaunch(void (*kernel)(void*), void* argument, void (*release)(void*)) {
  std::shared_ptr<void> owned(argument, release);
  enqueue([kernel, owned] { kernel(owned.get()); });
}

EXPORT int cuInit(unsigned) { return kSuccess; }
EXPORT int cuDriverGetVersion(int* version) { return *version = 12060, kSuccess; }
EXPORT int cuGetErrorName(int code, const char** name) {
  *name = code == kOutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_INVALID_VALUE";
  return kSuccess;
}
EXPORT int cuGetErrorString(int code, const char** text) {
  *text = code == kOutOfMemory ? "out of memory" : "invalid argument";
  return kSuccess;
}
EXPORT int cuDeviceGetCount(int* count) { return *count = 1, kSuccess; }
EXPORT int cuDeviceGet(int* device, int index) { return *device = index, index == 0 ? kSuccess : kInvalidValue; }
EXPORT int cuDeviceGetName(char* name, int bytes, int) {
  std::strncpy(name, "simulated GPU", static_cast<std::size_t>(bytes));
  return kSuccess;
}
EXPORT int cuDeviceGetAttribute(int* value, int attribute, int) {
  constexpr int kComputeMajor = 75;
  constexpr int kMultiprocessors = 16;
  *value = attribute == kComputeMajor ? 8 : attribute == kMultiprocessors ? 16 : 0;
  return kSuccess;
}
EXPORT int cuDeviceTotalMem_v2(std::size_t* bytes, int) { return *bytes = capacity(), kSuccess; }
EXPORT int cuDevicePrimaryCtxRetain(void** context, int) { return *context = &blocks, kSuccess; }
EXPORT int cuDevicePrimaryCtxRelease_v2(int) { return kSuccess; }
EXPORT int cuCtxSetCurrent(void*) { return kSuccess; }

EXPORT int cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  const std::lock_guard<std::mutex> lock(mutex);
  *total = capacity();
  *free = *total > used ? *total - used : 0;
  return kSuccess;
}
EXPORT int cuMemAlloc_v2(Pointer* pointer, std::size_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (bytes == 0) return kInvalidValue;
  if (used + bytes > capacity()) return kOutOfMemory;
  *pointer = reinterpret_cast<Pointer>(std::malloc(bytes));
  blocks[*pointer] = bytes;
  used += bytes;
  return kSuccess;
}
EXPORT int cuMemFree_v2(Pointer pointer) {
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = blocks.find(pointer);
  if (found == blocks.end()) return kInvalidValue;
  used -= found->second;
  blocks.erase(found);
  std::free(reinterpret_cast<void*>(pointer));
  return kSuccess;
}
EXPORT int cuMemHostAlloc(void** pointer, std::size_t bytes, unsigned) {
  return (*pointer = std::malloc(bytes)) ? kSuccess : kOutOfMemory;
}
EXPORT int cuMemFreeHost(void* pointer) { return std::free(pointer), kSuccess; }
EXPORT int cuMemHostGetDevicePointer_v2(Pointer* device, void* host, unsigned) {
  return *device = reinterpret_cast<Pointer>(host), kSuccess;
}

EXPORT int cuMemcpyHtoDAsync_v2(Pointer to, const void* from, std::size_t bytes, void*) {
  return enqueue([=] { std::memcpy(reinterpret_cast<void*>(to), from, bytes); });
}
EXPORT int cuMemcpyDtoHAsync_v2(void* to, Pointer from, std::size_t bytes, void*) {
  return enqueue([=] { std::memcpy(to, reinterpret_cast<void*>(from), bytes); });
}
EXPORT int cuMemcpyDtoDAsync_v2(Pointer to, Pointer from, std::size_t bytes, void*) {
  return enqueue([=] { std::memcpy(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes); });
}

EXPORT int cuStreamCreate(void** stream, unsigned) { return *stream = std::malloc(1), kSuccess; }
EXPORT int cuStreamDestroy_v2(void* stream) { return std::free(stream), kSuccess; }
EXPORT int cuStreamSynchronize(void*) { return kSuccess; }
EXPORT int cuStreamBeginCapture_v2(void*, int) { return recording = new std::vector<Work>, kSuccess; }
EXPORT int cuStreamEndCapture(void*, CUgraph_st** graph) {
  *graph = new CUgraph_st{std::move(*recording)};
  delete recording;
  recording = nullptr;
  return kSuccess;
}
EXPORT int cuGraphInstantiateWithFlags(CUgraph_st** executable, CUgraph_st* graph, unsigned long long) {
  return *executable = new CUgraph_st{graph->work}, kSuccess;
}
EXPORT int cuGraphLaunch(CUgraph_st* executable, void*) {
  for (const Work& work : executable->work) work();
  return kSuccess;
}
EXPORT int cuGraphExecDestroy(CUgraph_st* executable) { return delete executable, kSuccess; }
EXPORT int cuGraphDestroy(CUgraph_st* graph) { return delete graph, kSuccess; }
EXPORT int cuEventCreate(void** event, unsigned) { return *event = std::malloc(1), kSuccess; }
EXPORT int cuEventDestroy_v2(void* event) { return std::free(event), kSuccess; }
EXPORT int cuEventRecord(void*, void*) { return kSuccess; }
EXPORT int cuEventSynchronize(void*) { return kSuccess; }
EXPORT int cuEventElapsedTime(float* ms, void*, void*) { return *ms = 1.0f, kSuccess; }
