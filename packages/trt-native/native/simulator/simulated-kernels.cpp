// The kernels themselves on the simulated GPU: their source compiled for the CPU, block after block, threads of a block
// in turns up to each barrier. Shows what indices, barriers and launches do; not what a race does.
#include <ucontext.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT void simulatedLaunch(void* stream, void (*kernel)(void*), void* argument, void (*release)(void*));
EXPORT void simulatedTouch(const void* begin, std::size_t bytes);

namespace {

struct Place {
  unsigned x = 0;
  unsigned y = 0;
  unsigned z = 0;
};

// What CUDA C++ has built in, for each of the simulated streams' threads.
thread_local Place threadIdx;
thread_local Place blockIdx;
thread_local Place blockDim;

/// One thread of a block with a stack of its own, so that it can wait in the middle.
struct Fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack;
  Place place;
  bool isDone = false;
};

thread_local ucontext_t scheduler;
thread_local Fiber* running = nullptr;
thread_local const std::function<void()>* body = nullptr;

void __syncthreads() {
  Fiber* self = running;
  swapcontext(&self->context, &scheduler);
}

void enterFiber() {
  (*body)();
  running->isDone = true;
}

template <typename T>
T atomicAdd(T* target, T value) {
  const T before = *target;
  *target += value;
  return before;
}

int __popc(unsigned value) { return __builtin_popcount(value); }
int __ffs(int value) { return __builtin_ffs(value); }

}  // namespace

#define __global__
#define __shared__ static thread_local
#define __launch_bounds__(threads)
#include "../kernels/sam3-kernels.cu"

namespace {

constexpr int kSuccess = 0;
constexpr int kInvalidValue = 1;
constexpr int kNoBinaryForGpu = 209;
constexpr int kNotFound = 500;
constexpr std::size_t kStackBytes = 32 << 10;
constexpr unsigned kBlockThreadsMax = 1024;
/// What stands for machine code here.
constexpr char kImage[] = "simulated kernels";

struct Launch {
  Place grid;
  Place block;
  std::function<void()> thread;
  bool hasBarriers;
};

void runBlock(const Launch& launch) {
  const unsigned threads = launch.block.x * launch.block.y;
  const auto placeOf = [&](unsigned thread) { return Place{thread % launch.block.x, thread / launch.block.x, 0}; };
  if (!launch.hasBarriers) {
    for (unsigned thread = 0; thread < threads; ++thread) {
      threadIdx = placeOf(thread);
      launch.thread();
    }
    return;
  }
  body = &launch.thread;
  std::vector<Fiber> fibers(threads);
  for (unsigned thread = 0; thread < threads; ++thread) {
    Fiber& fiber = fibers[thread];
    fiber.stack.reset(new char[kStackBytes]);
    fiber.place = placeOf(thread);
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = kStackBytes;
    fiber.context.uc_link = &scheduler;
    makecontext(&fiber.context, enterFiber, 0);
  }
  for (bool isOver = false; !isOver;) {
    isOver = true;
    for (Fiber& fiber : fibers) {
      if (fiber.isDone) continue;
      isOver = false;
      running = &fiber;
      threadIdx = fiber.place;
      swapcontext(&scheduler, &fiber.context);
    }
  }
}

void runLaunch(void* argument) {
  const Launch& launch = *static_cast<Launch*>(argument);
  blockDim = launch.block;
  for (unsigned z = 0; z < launch.grid.z; ++z) {
    for (unsigned y = 0; y < launch.grid.y; ++y) {
      for (unsigned x = 0; x < launch.grid.x; ++x) {
        blockIdx = Place{x, y, z};
        runBlock(launch);
      }
    }
  }
}

struct Kernel {
  /// Copies the arguments, as a launch does.
  std::function<std::function<void()>(void**)> bind;
  bool hasBarriers;
};

template <typename... Arguments, std::size_t... Index>
std::function<void()> bindAll(void (*kernel)(Arguments...), void** arguments, std::index_sequence<Index...>) {
  return
      [kernel, copies = std::make_tuple(*static_cast<Arguments*>(arguments[Index])...)] { std::apply(kernel, copies); };
}

template <typename... Arguments>
Kernel kernelOf(void (*kernel)(Arguments...), bool hasBarriers) {
  return {[kernel](void** arguments) { return bindAll(kernel, arguments, std::index_sequence_for<Arguments...>()); },
          hasBarriers};
}

std::map<std::string, Kernel>& kernels() {
  static auto& all = *new std::map<std::string, Kernel>{
      {"sam3FitPicture", kernelOf(sam3FitPicture, false)},
      {"sam3FindCandidates", kernelOf(sam3FindCandidates, false)},
      {"sam3SelectCandidates", kernelOf(sam3SelectCandidates, true)},
      {"sam3FindOverlaps", kernelOf(sam3FindOverlaps, false)},
      {"sam3KeepBoxes", kernelOf(sam3KeepBoxes, true)},
      {"sam3MaskBits", kernelOf(sam3MaskBits, false)},
      {"sam3CountChanges", kernelOf(sam3CountChanges, false)},
      {"sam3ScanColumns", kernelOf(sam3ScanColumns, true)},
      {"sam3WriteChanges", kernelOf(sam3WriteChanges, false)},
  };
  return all;
}

struct Fill {
  void* at;
  unsigned char value;
  std::size_t bytes;
};

void runFill(void* argument) {
  const Fill& fill = *static_cast<Fill*>(argument);
  simulatedTouch(fill.at, fill.bytes);
  std::memset(fill.at, fill.value, fill.bytes);
}

}  // namespace

/// NVRTC asks for it when it finds a driver, and trusts that it is there.
EXPORT int cuGetExportTable(const void** table, const void*) { return *table = nullptr, kNotFound; }

EXPORT int cuModuleLoadData(void** module, const void* image) {
  if (std::strncmp(static_cast<const char*>(image), kImage, sizeof kImage - 1) != 0) return kNoBinaryForGpu;
  return *module = new int{0}, kSuccess;
}
EXPORT int cuModuleUnload(void* module) { return delete static_cast<int*>(module), kSuccess; }
EXPORT int cuModuleGetFunction(void** function, void*, const char* name) {
  const auto found = kernels().find(name);
  if (found == kernels().end()) return kNotFound;
  return *function = &found->second, kSuccess;
}
EXPORT int cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                          unsigned blockY, unsigned blockZ, unsigned, void* stream, void** arguments, void**) {
  // Limits of compute capability 8.0 and 9.0: CUDA C++ Programming Guide, table of technical specifications.
  constexpr unsigned kGridSideMax = 65535;
  const bool isValid = gridX > 0 && gridY > 0 && gridZ > 0 && gridY <= kGridSideMax && gridZ <= kGridSideMax &&
                       blockX > 0 && blockY > 0 && blockZ == 1 && blockX * blockY <= kBlockThreadsMax;
  if (!isValid) return kInvalidValue;
  const auto& kernel = *static_cast<Kernel*>(function);
  auto* launch = new Launch{{gridX, gridY, gridZ}, {blockX, blockY, 1}, kernel.bind(arguments), kernel.hasBarriers};
  simulatedLaunch(stream, runLaunch, launch, [](void* owned) { delete static_cast<Launch*>(owned); });
  return kSuccess;
}
EXPORT int cuMemsetD8Async(unsigned long long at, unsigned char value, std::size_t bytes, void* stream) {
  auto* fill = new Fill{reinterpret_cast<void*>(at), value, bytes};
  simulatedLaunch(stream, runFill, fill, [](void* owned) { delete static_cast<Fill*>(owned); });
  return kSuccess;
}
