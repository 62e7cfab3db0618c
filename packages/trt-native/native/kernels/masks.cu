// Masks enlarged, cut at the threshold and turned into the positions at which inside begins or ends, down the columns.
#include "mask-math.h"

/// A thread per column and word of 32 rows; neighbours have neighbouring columns.
extern "C" __global__ void sam3MaskBits(sam3::MaskPlan plan) {
  const int x = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int word = static_cast<int>(blockIdx.y);
  const int mask = static_cast<int>(blockIdx.z);
  if (x < plan.outWidth) plan.bits[sam3::wordIndex(plan, mask, word, x)] = sam3::maskWord(plan, mask, word, x);
}

/// A thread per column: how often it changes.
extern "C" __global__ void sam3CountChanges(sam3::MaskPlan plan, unsigned* counts) {
  const int x = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int mask = static_cast<int>(blockIdx.y);
  if (x >= plan.outWidth) return;
  unsigned before = sam3::bitBefore(plan, mask, x);
  unsigned count = 0;
  for (int word = 0; word < plan.words; ++word) {
    const unsigned bits = plan.bits[sam3::wordIndex(plan, mask, word, x)];
    count += static_cast<unsigned>(__popc(sam3::changesIn(plan, word, bits, before)));
    before = bits >> (sam3::kRowsPerWord - 1);
  }
  counts[static_cast<unsigned>(mask) * static_cast<unsigned>(plan.outWidth) + static_cast<unsigned>(x)] = count;
}

/// A block per mask: each column's count becomes the sum of those before it; `totals` that of all.
extern "C" __global__ void sam3ScanColumns(sam3::MaskPlan plan, unsigned* counts, unsigned* totals) {
  __shared__ unsigned sums[sam3::kScanThreads];
  const unsigned thread = threadIdx.x;
  const unsigned columns = static_cast<unsigned>(plan.outWidth);
  const unsigned share = (columns + sam3::kScanThreads - 1) / sam3::kScanThreads;
  const unsigned start = thread * share < columns ? thread * share : columns;
  const unsigned end = start + share < columns ? start + share : columns;
  unsigned* own = counts + static_cast<unsigned long long>(blockIdx.x) * columns;
  unsigned sum = 0;
  for (unsigned x = start; x < end; ++x) sum += own[x];
  sums[thread] = sum;
  __syncthreads();
  for (unsigned step = 1; step < sam3::kScanThreads; step *= 2) {
    const unsigned before = thread >= step ? sums[thread - step] : 0;
    __syncthreads();
    sums[thread] += before;
    __syncthreads();
  }
  unsigned offset = sums[thread] - sum;
  for (unsigned x = start; x < end; ++x) {
    const unsigned count = own[x];
    own[x] = offset;
    offset += count;
  }
  if (thread == sam3::kScanThreads - 1) totals[blockIdx.x] = sums[thread];
}

/// A thread per column: writes where it changes, behind the columns and masks before it.
extern "C" __global__ void sam3WriteChanges(sam3::MaskPlan plan, const unsigned* offsets,
                                            const unsigned long long* bases, unsigned* positions) {
  const int x = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  const int mask = static_cast<int>(blockIdx.y);
  if (x >= plan.outWidth) return;
  unsigned long long at =
      bases[mask] +
      offsets[static_cast<unsigned>(mask) * static_cast<unsigned>(plan.outWidth) + static_cast<unsigned>(x)];
  unsigned before = sam3::bitBefore(plan, mask, x);
  for (int word = 0; word < plan.words; ++word) {
    const unsigned bits = plan.bits[sam3::wordIndex(plan, mask, word, x)];
    for (unsigned changes = sam3::changesIn(plan, word, bits, before); changes; changes &= changes - 1) {
      positions[at++] = sam3::positionOf(plan, x, word, __ffs(static_cast<int>(changes)) - 1);
    }
    before = bits >> (sam3::kRowsPerWord - 1);
  }
}
