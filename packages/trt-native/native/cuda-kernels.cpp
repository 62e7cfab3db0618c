#include "cuda-kernels.hpp"

#include <algorithm>
#include <cstring>

#include "fit-plan.hpp"
#include "kernels/mask-math.h"

namespace sam3 {

namespace {

constexpr unsigned kThreads = 128;
/// Of a picture: a warp along a row reads and writes neighbours.
constexpr unsigned kTileWidth = 32;
constexpr unsigned kTileHeight = 8;
/// Of the one block that goes through the boxes: they fetch its rows together.
constexpr unsigned kKeepThreads = 256;

unsigned blocksOf(std::uint64_t items, unsigned threads) {
  return static_cast<unsigned>((items + threads - 1) / threads);
}

template <typename T>
T* pointer(CUdeviceptr address) {
  return reinterpret_cast<T*>(address);
}

}  // namespace

CudaKernels::CudaKernels(std::shared_ptr<Device> device, std::unique_ptr<KernelModule> module,
                         const Functions& functions, Stream stream, Event begin, Event end)
    : device_(std::move(device)),
      module_(std::move(module)),
      functions_(functions),
      stream_(std::move(stream)),
      begin_(std::move(begin)),
      end_(std::move(end)),
      arena_(device_) {}

CudaKernels::~CudaKernels() {
  // Handles are destroyed on a thread whose GPU this is.
  static_cast<void>(device_->makeCurrent());
}

Result<std::shared_ptr<CudaKernels>> CudaKernels::open(std::shared_ptr<Device> device, const KernelSources& sources) {
  auto module = KernelModule::load(device, sources);
  if (!module) return module.failure();
  Functions functions{};
  const std::pair<CUfunction*, const char*> wanted[] = {
      {&functions.fitPicture, "sam3FitPicture"},
      {&functions.findCandidates, "sam3FindCandidates"},
      {&functions.selectCandidates, "sam3SelectCandidates"},
      {&functions.findOverlaps, "sam3FindOverlaps"},
      {&functions.keepBoxes, "sam3KeepBoxes"},
      {&functions.maskBits, "sam3MaskBits"},
      {&functions.countChanges, "sam3CountChanges"},
      {&functions.scanColumns, "sam3ScanColumns"},
      {&functions.writeChanges, "sam3WriteChanges"},
  };
  for (const auto& [target, name] : wanted) {
    auto function = module.value()->function(name);
    if (!function) return function.failure();
    *target = function.value();
  }
  auto stream = createStream(*device);
  if (!stream) return stream.failure();
  auto begin = createEvent(*device, cuda::kEventDefault);
  if (!begin) return begin.failure();
  auto end = createEvent(*device, cuda::kEventBlockingSync);
  if (!end) return end.failure();
  return std::shared_ptr<CudaKernels>(new CudaKernels(std::move(device), std::move(module.value()), functions,
                                                      std::move(stream.value()), std::move(begin.value()),
                                                      std::move(end.value())));
}

std::string CudaKernels::name() const { return device_->info().name + ", kernels " + module_->origin(); }

Result<CUdeviceptr> CudaKernels::upload(const ByteView& view, std::size_t bytes, const char* what) {
  if (view.isOnDevice) {
    if (view.deviceIndex == device_->info().index) return view.address;
    return invalidInput(std::string(what) + " lies on another GPU", "keep all tensors of a run on one GPU");
  }
  // Where CPU and GPU share their memory, a copy gains nothing.
  if (view.address != 0 && device_->info().integrated) return view.address;
  const std::byte* from = view.host;
  if (view.address == 0) {
    auto staged = arena_.pinned(bytes);
    if (!staged) return staged.failure();
    std::memcpy(staged.value(), view.host, bytes);
    from = staged.value();
  }
  auto to = arena_.onDevice(bytes);
  if (!to) return to.failure();
  if (auto failed =
          device_->driver().check(device_->driver().cuMemcpyHtoDAsync(to.value(), from, bytes, stream_.get()), what)) {
    return *failed;
  }
  return to.value();
}

Result<std::byte*> CudaKernels::download(CUdeviceptr from, std::size_t bytes) {
  auto to = arena_.pinned(bytes);
  if (!to) return to.failure();
  const CudaDriver& driver = device_->driver();
  if (auto failed =
          driver.check(driver.cuMemcpyDtoHAsync(to.value(), from, bytes, stream_.get()), "copying a result")) {
    return *failed;
  }
  return to.value();
}

Status CudaKernels::zero(CUdeviceptr at, std::size_t bytes) {
  return device_->driver().check(module_->driver().cuMemsetD8Async(at, 0, bytes, stream_.get()), "clearing GPU memory");
}

Status CudaKernels::begin() {
  if (auto failed = device_->makeCurrent()) return failed;
  arena_.reset();
  return std::nullopt;
}

Status CudaKernels::mark(const Event& event) {
  return device_->driver().check(device_->driver().cuEventRecord(event.get(), stream_.get()), "timing kernels");
}

Status CudaKernels::finish() {
  return device_->driver().check(device_->driver().cuStreamSynchronize(stream_.get()), "running kernels");
}

Result<double> CudaKernels::elapsedMs() {
  float ms = 0;
  const CudaDriver& driver = device_->driver();
  if (auto failed = driver.check(driver.cuEventElapsedTime(&ms, begin_.get(), end_.get()), "timing kernels"))
    return *failed;
  return double{ms};
}

Result<FitReply> CudaKernels::fit(const FitRequest& request) {
  FitReply reply;
  const Drained drained(*this);
  if (auto failed = begin()) return *failed;
  const FitTables tables = fitTables(request);
  FitPlan plan = fitPlan(request);
  auto pixels = upload(request.picture.bytes, request.picture.bytes.bytes, "the picture");
  if (!pixels) return pixels.failure();
  plan.pixels = pointer<const unsigned char>(pixels.value());
  plan.chroma = plan.pixels + request.picture.chromaOffset;
  std::vector<Tap> taps = tables.across;
  for (const auto* more : {&tables.down, &tables.chromaAcross, &tables.chromaDown})
    taps.insert(taps.end(), more->begin(), more->end());
  auto placed = upload(hostView(taps.data(), taps.size() * sizeof(Tap)), taps.size() * sizeof(Tap), "the geometry");
  if (!placed) return placed.failure();
  plan.across = pointer<const Tap>(placed.value());
  plan.down = plan.across + tables.across.size();
  plan.chromaAcross = plan.down + tables.down.size();
  plan.chromaDown = plan.chromaAcross + tables.chromaAcross.size();

  reply.bytes = std::size_t{3} * static_cast<unsigned>(plan.outWidth) * static_cast<unsigned>(plan.outHeight) *
                (request.isHalf ? 2 : 4);
  CUdeviceptr out = 0;
  if (request.keepOnDevice) {
    auto block = DeviceBlock::take(device_, reply.bytes);
    if (!block) return block.failure();
    reply.device = std::move(block.value());
    out = reply.device->address();
  } else {
    auto scratch = arena_.onDevice(reply.bytes);
    if (!scratch) return scratch.failure();
    out = scratch.value();
  }
  plan.out = pointer<void>(out);
  const Grid grid{blocksOf(static_cast<unsigned>(plan.outWidth), kTileWidth),
                  blocksOf(static_cast<unsigned>(plan.outHeight), kTileHeight), 1, kTileWidth, kTileHeight};
  if (auto failed = mark(begin_)) return *failed;
  if (auto failed = launch(functions_.fitPicture, grid, plan)) return *failed;
  if (auto failed = mark(end_)) return *failed;
  const std::byte* result = nullptr;
  if (!request.keepOnDevice) {
    auto copied = download(out, reply.bytes);
    if (!copied) return copied.failure();
    result = copied.value();
  }
  if (auto failed = finish()) return *failed;
  if (result) {
    reply.host.reset(new std::byte[reply.bytes]);
    std::memcpy(reply.host.get(), result, reply.bytes);
  }
  const auto ms = elapsedMs();
  if (!ms) return ms.failure();
  reply.computeMs = ms.value();
  return reply;
}

Result<BoxReply> CudaKernels::boxes(const BoxRequest& request) {
  const Drained drained(*this);
  if (auto failed = begin()) return *failed;
  BoxPlan plan = request.plan;
  const std::size_t perCell = plan.head == kSides ? 4 * static_cast<unsigned>(plan.bins) : 4;
  for (int i = 0; i < plan.levelCount; ++i) {
    BoxLevel& level = plan.levels[i];
    const auto cells = static_cast<std::size_t>(level.cells);
    auto scores = upload(request.scores[i], cells * static_cast<unsigned>(plan.classes) * sizeof(float), "the scores");
    if (!scores) return scores.failure();
    auto sides = upload(request.sides[i], cells * perCell * sizeof(float), "the boxes");
    if (!sides) return sides.failure();
    level.scores = pointer<const float>(scores.value());
    level.sides = pointer<const float>(sides.value());
  }
  const std::size_t total = static_cast<std::size_t>(plan.cells) * static_cast<unsigned>(plan.classes);
  // Three counts: found, selected, kept; then the boxes that are kept, so that one copy brings both.
  constexpr std::size_t kCountBytes = 4 * sizeof(unsigned);
  const std::size_t keptBytes = kCountBytes + static_cast<std::size_t>(plan.keptMax) * sizeof(DecodedBox);
  auto keys = arena_.onDevice(total * sizeof(unsigned long long));
  if (!keys) return keys.failure();
  auto decoded = arena_.onDevice(kCandidatesMax * sizeof(DecodedBox));
  if (!decoded) return decoded.failure();
  auto hidden = arena_.onDevice(kCandidatesMax * kPairWords * sizeof(unsigned long long));
  if (!hidden) return hidden.failure();
  auto result = arena_.onDevice(keptBytes);
  if (!result) return result.failure();
  auto* const keyList = pointer<unsigned long long>(keys.value());
  auto* const all = pointer<DecodedBox>(decoded.value());
  auto* const overlaps = pointer<unsigned long long>(hidden.value());
  auto* const found = pointer<unsigned>(result.value());
  auto* const selected = found + 1;
  auto* const kept = pointer<DecodedBox>(result.value() + kCountBytes);

  if (auto failed = mark(begin_)) return *failed;
  if (auto failed = zero(result.value(), kCountBytes)) return *failed;
  if (auto failed =
          launch(functions_.findCandidates, Grid{blocksOf(total, kThreads), 1, 1, kThreads, 1}, plan, keyList, found))
    return *failed;
  if (auto failed =
          launch(functions_.selectCandidates, Grid{1, 1, 1, kCandidatesMax, 1}, plan, keyList, found, all, selected))
    return *failed;
  const Grid pairs{kPairWords, blocksOf(static_cast<unsigned>(plan.candidatesMax), kPairBits), 1, kPairBits, 1};
  if (auto failed = launch(functions_.findOverlaps, pairs, plan, all, selected, overlaps)) return *failed;
  if (auto failed =
          launch(functions_.keepBoxes, Grid{1, 1, 1, kKeepThreads, 1}, plan, all, selected, overlaps, kept, found + 2))
    return *failed;
  if (auto failed = mark(end_)) return *failed;
  auto copied = download(result.value(), keptBytes);
  if (!copied) return copied.failure();
  if (auto failed = finish()) return *failed;
  unsigned counts[3];
  std::memcpy(counts, copied.value(), sizeof counts);
  BoxReply reply;
  reply.boxes.resize(std::min(counts[2], static_cast<unsigned>(plan.keptMax)));
  std::copy_n(copied.value() + kCountBytes, reply.boxes.size() * sizeof(DecodedBox),
              reinterpret_cast<std::byte*>(reply.boxes.data()));
  const auto ms = elapsedMs();
  if (!ms) return ms.failure();
  reply.computeMs = ms.value();
  return reply;
}

}  // namespace sam3
