// One column of an enlarged mask: values of the network in, bits of what is inside out, 32 rows at a time.
#pragma once

#include "kernel-base.h"

namespace sam3 {

constexpr int kRowsPerWord = 32;
/// Threads that share the columns of a mask when their counts are summed up.
constexpr int kScanThreads = 256;

/// Addresses are of the side, host or GPU, that runs it.
struct MaskPlan {
  /// count * height * width values.
  const void* masks;
  /// Which of them, `count` numbers; null for the first `count`.
  const unsigned* rows;
  int isHalf;
  int count;
  int width;
  int height;
  int outWidth;
  int outHeight;
  /// outWidth and outHeight entries.
  const Tap* across;
  const Tap* down;
  /// Values are logits, of which probabilities are enlarged.
  int isLogit;
  /// Inside is what lies above it.
  float threshold;
  /// Of ceil(outHeight / 32).
  int words;
  /// count * words * outWidth: bit r of word w is row 32 w + r.
  unsigned* bits;
};

/// Infinite ones, such as halves that overflowed, become large ones, of which means can be taken.
SAM3_SHARED float maskValue(const MaskPlan& plan, unsigned long long at) {
  const float largest = 1e30f;
  const float value = plan.isHalf ? fromHalf(static_cast<const unsigned short*>(plan.masks)[at])
                                  : static_cast<const float*>(plan.masks)[at];
  const float finite = value > largest ? largest : value < -largest ? -largest : value;
  return plan.isLogit ? static_cast<float>(1.0 / (1.0 + exponential(-static_cast<double>(finite)))) : finite;
}

SAM3_SHARED float maskRow(const MaskPlan& plan, unsigned long long mask, int row, const Tap& across) {
  const unsigned long long source = plan.rows != nullptr ? plan.rows[mask] : mask;
  const unsigned long long at =
      (source * static_cast<unsigned>(plan.height) + static_cast<unsigned>(row)) * static_cast<unsigned>(plan.width);
  return between(maskValue(plan, at + static_cast<unsigned>(across.first)),
                 maskValue(plan, at + static_cast<unsigned>(across.second)), across.weight);
}

/// Which of the rows of word `word` in column `x` are inside.
SAM3_SHARED unsigned maskWord(const MaskPlan& plan, int mask, int word, int x) {
  const Tap across = plan.across[x];
  const int start = word * kRowsPerWord;
  const int end = start + kRowsPerWord < plan.outHeight ? start + kRowsPerWord : plan.outHeight;
  unsigned bits = 0;
  // Neighbouring rows mostly lie between the same two of the network: those are kept.
  int first = -1;
  int second = -1;
  float top = 0;
  float bottom = 0;
  for (int y = start; y < end; ++y) {
    const Tap down = plan.down[y];
    if (down.first != first) {
      top = down.first == second ? bottom : maskRow(plan, static_cast<unsigned>(mask), down.first, across);
      first = down.first;
    }
    if (down.second != second) {
      bottom = down.second == first ? top : maskRow(plan, static_cast<unsigned>(mask), down.second, across);
      second = down.second;
    }
    if (between(top, bottom, down.weight) > plan.threshold) bits |= 1u << (y - start);
  }
  return bits;
}

SAM3_SHARED unsigned long long wordIndex(const MaskPlan& plan, int mask, int word, int x) {
  return (static_cast<unsigned long long>(mask) * static_cast<unsigned>(plan.words) + static_cast<unsigned>(word)) *
             static_cast<unsigned>(plan.outWidth) +
         static_cast<unsigned>(x);
}

/// The last row of the column before; outside before the first.
SAM3_SHARED unsigned bitBefore(const MaskPlan& plan, int mask, int x) {
  if (x == 0) return 0;
  const int last = plan.outHeight - 1;
  return (plan.bits[wordIndex(plan, mask, last / kRowsPerWord, x - 1)] >> (last % kRowsPerWord)) & 1u;
}

/// Pixels before this one, down the columns; a mask of the largest size has 2^28.
SAM3_SHARED unsigned positionOf(const MaskPlan& plan, int x, int word, int bit) {
  return static_cast<unsigned>(x) * static_cast<unsigned>(plan.outHeight) +
         static_cast<unsigned>(word * kRowsPerWord + bit);
}

/// Rows of a word that differ from the row before them; `before` is that of its first.
SAM3_SHARED unsigned changesIn(const MaskPlan& plan, int word, unsigned bits, unsigned before) {
  const int rows = plan.outHeight - word * kRowsPerWord;
  const unsigned valid = rows >= kRowsPerWord ? 0xffffffffu : (1u << rows) - 1u;
  return (bits ^ ((bits << 1) | before)) & valid;
}

}  // namespace sam3
