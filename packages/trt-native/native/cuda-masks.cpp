// Masks on the GPU, in two halves: how much there is to write is known only after the first.
#include <algorithm>
#include <cstring>

#include "cuda-kernels.hpp"
#include "fit-plan.hpp"
#include "kernels/mask-math.h"

namespace sam3 {

namespace {

constexpr unsigned kThreads = 128;
/// Bytes of bits in one round: with them come positions, of which noise has 32 times as many bytes.
constexpr std::size_t kRoundBytes = std::size_t{64} << 20;

template <typename T>
T* pointer(CUdeviceptr address) {
  return reinterpret_cast<T*>(address);
}

}  // namespace

Result<MaskReply> CudaKernels::masks(const MaskRequest& request) {
  const Drained drained(*this);
  if (auto failed = begin()) return *failed;
  const MaskTables tables = maskTables(request);
  std::vector<Tap> taps = tables.across;
  taps.insert(taps.end(), tables.down.begin(), tables.down.end());
  const std::size_t maskBytes =
      static_cast<std::size_t>(request.width) * static_cast<unsigned>(request.height) * (request.isHalf ? 2 : 4);
  auto values = upload(request.masks, maskBytes * static_cast<unsigned>(request.count), "the masks");
  if (!values) return values.failure();
  auto placed = upload(hostView(taps.data(), taps.size() * sizeof(Tap)), taps.size() * sizeof(Tap), "the geometry");
  if (!placed) return placed.failure();

  const auto* const rowsHost = request.rows.data();
  const std::size_t rowBytes = request.rows.size() * sizeof(unsigned);
  CUdeviceptr rows = 0;
  if (rowBytes > 0) {
    auto chosen = upload(hostView(rowsHost, rowBytes), rowBytes, "the rows");
    if (!chosen) return chosen.failure();
    rows = chosen.value();
  }
  const int count = rowBytes > 0 ? static_cast<int>(request.rows.size()) : request.count;

  MaskPlan plan{};
  plan.isHalf = request.isHalf ? 1 : 0;
  plan.width = request.width;
  plan.height = request.height;
  plan.outWidth = request.outWidth;
  plan.outHeight = request.outHeight;
  plan.across = pointer<const Tap>(placed.value());
  plan.down = plan.across + tables.across.size();
  plan.isLogit = request.isLogit ? 1 : 0;
  plan.threshold = request.threshold;
  plan.words = (request.outHeight + kRowsPerWord - 1) / kRowsPerWord;
  const std::size_t bitBytes =
      static_cast<std::size_t>(plan.words) * static_cast<unsigned>(plan.outWidth) * sizeof(unsigned);
  const int perRound =
      static_cast<int>(std::clamp<std::size_t>(kRoundBytes / bitBytes, 1, static_cast<unsigned>(count)));
  auto bits = arena_.onDevice(bitBytes * static_cast<unsigned>(perRound));
  if (!bits) return bits.failure();
  plan.bits = pointer<unsigned>(bits.value());

  MaskReply reply;
  for (int first = 0; first < count; first += perRound) {
    // Chosen ones are found by their row from the beginning of all.
    plan.rows = rows == 0 ? nullptr : pointer<const unsigned>(rows) + first;
    plan.masks = pointer<const void>(rows == 0 ? values.value() + maskBytes * static_cast<unsigned>(first) : values.value());
    plan.count = std::min(perRound, count - first);
    if (auto failed = maskRound(plan, reply)) return *failed;
  }
  return reply;
}

Status CudaKernels::maskRound(const MaskPlan& plan, MaskReply& reply) {
  const auto masks = static_cast<unsigned>(plan.count);
  const auto columns = static_cast<unsigned>(plan.outWidth);
  const unsigned across = (columns + kThreads - 1) / kThreads;
  auto counts = arena_.onDevice(std::size_t{masks} * columns * sizeof(unsigned));
  if (!counts) return counts.failure();
  auto totals = arena_.onDevice(masks * sizeof(unsigned));
  if (!totals) return totals.failure();
  auto* const columnCounts = pointer<unsigned>(counts.value());
  if (auto failed = mark(begin_)) return failed;
  if (auto failed =
          launch(functions_.maskBits, Grid{across, static_cast<unsigned>(plan.words), masks, kThreads, 1}, plan))
    return failed;
  if (auto failed = launch(functions_.countChanges, Grid{across, masks, 1, kThreads, 1}, plan, columnCounts))
    return failed;
  if (auto failed = launch(functions_.scanColumns, Grid{masks, 1, 1, kScanThreads, 1}, plan, columnCounts,
                           pointer<unsigned>(totals.value())))
    return failed;
  if (auto failed = mark(end_)) return failed;
  auto copied = download(totals.value(), masks * sizeof(unsigned));
  if (!copied) return copied.failure();
  if (auto failed = finish()) return failed;
  const auto firstMs = elapsedMs();
  if (!firstMs) return firstMs.failure();

  std::vector<unsigned> changes(masks);
  std::memcpy(changes.data(), copied.value(), masks * sizeof(unsigned));
  std::vector<unsigned long long> bases(masks);
  unsigned long long total = 0;
  for (unsigned mask = 0; mask < masks; ++mask) {
    bases[mask] = total;
    total += changes[mask];
  }
  auto offsets = upload(hostView(bases.data(), masks * sizeof(unsigned long long)), masks * sizeof(unsigned long long),
                        "the offsets");
  if (!offsets) return offsets.failure();
  const std::size_t positionBytes = std::max<std::size_t>(total, 1) * sizeof(unsigned);
  auto positions = arena_.onDevice(positionBytes);
  if (!positions) return positions.failure();
  if (auto failed = mark(begin_)) return failed;
  if (auto failed = launch(functions_.writeChanges, Grid{across, masks, 1, kThreads, 1}, plan, columnCounts,
                           pointer<unsigned long long>(offsets.value()), pointer<unsigned>(positions.value())))
    return failed;
  if (auto failed = mark(end_)) return failed;
  auto written = download(positions.value(), positionBytes);
  if (!written) return written.failure();
  if (auto failed = finish()) return failed;
  const auto secondMs = elapsedMs();
  if (!secondMs) return secondMs.failure();
  reply.computeMs += firstMs.value() + secondMs.value();
  const auto* const all = reinterpret_cast<const std::uint32_t*>(written.value());
  for (unsigned mask = 0; mask < masks; ++mask) {
    reply.masks.push_back(maskRunsOf(all + bases[mask], changes[mask], positionOf(plan, plan.outWidth, 0, 0)));
  }
  return std::nullopt;
}

}  // namespace sam3
