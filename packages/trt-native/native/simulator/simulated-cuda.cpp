// libcuda.so.1 for machines without a GPU: device memory is host memory, and a thread per stream does what is queued on it
// later, as a GPU does. For tests of the addon only. SIMULATED_GPU_BYTES is the size of the memory (default 256 MiB).
#include <atomic>

#include "simulated-gpu.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))

using simulator::die;
using simulator::Event;
using simulator::Memory;
using simulator::Pointer;
using simulator::Stream;
using simulator::Work;

namespace {

constexpr int kSuccess = 0;
constexpr int kInvalidValue = 1;
constexpr int kOutOfMemory = 2;
constexpr int kInvalidContext = 201;
constexpr int kInvalidHandle = 400;
constexpr int kNotReady = 600;
constexpr int kCaptureUnsupported = 900;
constexpr std::size_t kBytesDefault = std::size_t{256} << 20;

std::mutex contextMutex;
int retained = 0;
/// Counts the lives of the primary context; what a handle of an earlier life points to is gone.
std::atomic<std::uintptr_t> lives{0};
std::atomic<std::uintptr_t> living{0};
std::atomic<int> handles{0};
thread_local std::uintptr_t current = 0;
thread_local Stream* capturing = nullptr;

std::size_t capacity() {
  const char* bytes = std::getenv("SIMULATED_GPU_BYTES");
  return bytes ? std::strtoull(bytes, nullptr, 10) : kBytesDefault;
}

/// What most calls answer to a thread without a context, or one whose context is gone.
bool isLost() { return current == 0 || current != living; }

/// For calls that CUDA forbids to a capturing thread.
int refusal() { return isLost() ? kInvalidContext : capturing ? kCaptureUnsupported : kSuccess; }

int enqueue(void* handle, Work work) {
  if (isLost()) return kInvalidContext;
  auto& stream = *static_cast<Stream*>(handle);
  if (stream.recording) {
    stream.recording->push_back(std::move(work));
  } else {
    stream.push(std::move(work));
  }
  return kSuccess;
}

void* address(Pointer pointer, std::size_t bytes) {
  if (!Memory::instance().holds(pointer, bytes)) die("the GPU touches memory that is not there, or not any more");
  return reinterpret_cast<void*>(pointer);
}

template <typename T, typename... Arguments>
int create(void** handle, Arguments... arguments) {
  if (isLost()) return kInvalidContext;
  ++handles;
  return *handle = new T(arguments...), kSuccess;
}

template <typename T>
int destroy(void* handle) {
  if (isLost()) return kInvalidContext;
  delete static_cast<T*>(handle);
  --handles;
  return kSuccess;
}

int take(void** pointer, std::size_t bytes, bool pinned) {
  if (const int refused = refusal()) return refused;
  if (bytes == 0) return kInvalidValue;
  *pointer = Memory::instance().take(bytes, pinned, capacity());
  return *pointer ? kSuccess : kOutOfMemory;
}

int give(Pointer pointer, bool pinned) {
  if (const int refused = refusal()) return refused;
  return Memory::instance().give(pointer, pinned) ? kSuccess : kInvalidValue;
}

}  // namespace

struct CUgraph_st {
  std::vector<Work> work;
  /// Launches that have not ended.
  std::shared_ptr<std::atomic<int>> underWay = std::make_shared<std::atomic<int>>(0);
};

/// For the simulated TensorRT: its kernels go through streams and graphs like everything else.
EXPORT void simulatedLaunch(void* stream, void (*kernel)(void*), void* argument, void (*release)(void*)) {
  std::shared_ptr<void> owned(argument, release);
  enqueue(stream, [kernel, owned] { kernel(owned.get()); });
}
/// What a kernel may read or write, checked when it runs.
EXPORT void simulatedTouch(const void* begin, std::size_t bytes) { address(reinterpret_cast<Pointer>(begin), bytes); }
/// Which life of the primary context this is.
EXPORT std::uintptr_t simulatedLife() { return living; }

EXPORT int cuInit(unsigned) { return kSuccess; }
EXPORT int cuDriverGetVersion(int* version) { return *version = 12060, kSuccess; }
EXPORT int cuGetErrorName(int code, const char** name) {
  *name = code == kOutOfMemory ? "CUDA_ERROR_OUT_OF_MEMORY"
          : code == kInvalidContext ? "CUDA_ERROR_INVALID_CONTEXT"
                                    : "CUDA_ERROR_INVALID_VALUE";
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

EXPORT int cuDevicePrimaryCtxRetain(void** context, int) {
  const std::lock_guard<std::mutex> lock(contextMutex);
  if (retained++ == 0) living = ++lives;
  return *context = reinterpret_cast<void*>(living.load()), kSuccess;
}
EXPORT int cuDevicePrimaryCtxRelease_v2(int) {
  const std::lock_guard<std::mutex> lock(contextMutex);
  if (retained == 0) return kInvalidContext;
  if (--retained > 0) return kSuccess;
  if (handles > 0 || Memory::instance().count() > 0) die("the primary context ends while something lives on it");
  living = 0;
  return kSuccess;
}
EXPORT int cuCtxSetCurrent(void* context) {
  current = reinterpret_cast<std::uintptr_t>(context);
  return isLost() ? kInvalidContext : kSuccess;
}

EXPORT int cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
  if (isLost()) return kInvalidContext;
  *total = capacity();
  const std::size_t used = Memory::instance().used();
  *free = *total > used ? *total - used : 0;
  return kSuccess;
}
EXPORT int cuMemAlloc_v2(Pointer* pointer, std::size_t bytes) {
  void* block = nullptr;
  const int result = take(&block, bytes, false);
  *pointer = reinterpret_cast<Pointer>(block);
  return result;
}
EXPORT int cuMemFree_v2(Pointer pointer) { return give(pointer, false); }
EXPORT int cuMemHostAlloc(void** pointer, std::size_t bytes, unsigned) { return take(pointer, bytes, true); }
EXPORT int cuMemFreeHost(void* pointer) { return give(reinterpret_cast<Pointer>(pointer), true); }
EXPORT int cuMemHostGetDevicePointer_v2(Pointer* device, void* host, unsigned) {
  return *device = reinterpret_cast<Pointer>(host), kSuccess;
}

/// Host memory must be page-locked: CUDA copies other memory at its leisure too, and nobody here counts on that.
EXPORT int cuMemcpyHtoDAsync_v2(Pointer to, const void* from, std::size_t bytes, void* stream) {
  return enqueue(stream, [=] { std::memcpy(address(to, bytes), address(reinterpret_cast<Pointer>(from), bytes), bytes); });
}
EXPORT int cuMemcpyDtoHAsync_v2(void* to, Pointer from, std::size_t bytes, void* stream) {
  return enqueue(stream, [=] { std::memcpy(address(reinterpret_cast<Pointer>(to), bytes), address(from, bytes), bytes); });
}
EXPORT int cuMemcpyDtoDAsync_v2(Pointer to, Pointer from, std::size_t bytes, void* stream) {
  return enqueue(stream, [=] { std::memcpy(address(to, bytes), address(from, bytes), bytes); });
}

EXPORT int cuStreamCreate(void** stream, unsigned) { return create<Stream>(stream); }
EXPORT int cuStreamDestroy_v2(void* stream) { return destroy<Stream>(stream); }
EXPORT int cuStreamSynchronize(void* stream) {
  if (const int refused = refusal()) return refused;
  return static_cast<Stream*>(stream)->synchronize(), kSuccess;
}
EXPORT int cuStreamBeginCapture_v2(void* handle, int) {
  if (const int refused = refusal()) return refused;
  capturing = static_cast<Stream*>(handle);
  return capturing->recording = std::make_unique<std::vector<Work>>(), kSuccess;
}
EXPORT int cuStreamEndCapture(void* handle, CUgraph_st** graph) {
  if (capturing != handle) return kInvalidValue;
  *graph = new CUgraph_st{std::move(*capturing->recording)};
  capturing->recording.reset();
  return capturing = nullptr, kSuccess;
}
EXPORT int cuGraphInstantiateWithFlags(CUgraph_st** executable, CUgraph_st* graph, unsigned long long) {
  if (const int refused = refusal()) return refused;
  ++handles;
  return *executable = new CUgraph_st{graph->work}, kSuccess;
}
EXPORT int cuGraphLaunch(CUgraph_st* executable, void* stream) {
  ++*executable->underWay;
  return enqueue(stream, [work = executable->work, underWay = executable->underWay] {
    for (const Work& step : work) step();
    --*underWay;
  });
}
EXPORT int cuGraphExecDestroy(CUgraph_st* executable) {
  if (*executable->underWay > 0) die("a graph is destroyed while it runs");
  return destroy<CUgraph_st>(executable);
}
EXPORT int cuGraphDestroy(CUgraph_st* graph) { return delete graph, kSuccess; }
EXPORT int cuEventCreate(void** event, unsigned flags) { return create<Event>(event, flags); }
EXPORT int cuEventDestroy_v2(void* event) { return destroy<Event>(event); }
EXPORT int cuEventRecord(void* event, void* stream) {
  if (const int refused = refusal()) return refused;
  return static_cast<Event*>(event)->record(*static_cast<Stream*>(stream)), kSuccess;
}
EXPORT int cuEventSynchronize(void* event) {
  if (const int refused = refusal()) return refused;
  return static_cast<Event*>(event)->synchronize(), kSuccess;
}
EXPORT int cuEventElapsedTime(float* ms, void* begin, void* end) {
  auto& from = *static_cast<Event*>(begin);
  auto& to = *static_cast<Event*>(end);
  if (!from.isTimed() || !to.isTimed() || !from.isRecorded() || !to.isRecorded()) return kInvalidHandle;
  if (!from.isReached() || !to.isReached()) return kNotReady;
  return *ms = std::chrono::duration<float, std::milli>(to.at() - from.at()).count(), kSuccess;
}
