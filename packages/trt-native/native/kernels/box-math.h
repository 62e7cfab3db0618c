// Boxes of one network output: logits and distances in, boxes in 0..1 of the picture out; and how much two overlap.
// In double precision, as the reference in TypeScript is. The head with distances is that of Generalized Focal Loss
// (Li et al., 2020), the one with boxes that of DETR (Carion et al., 2020).
#pragma once

#include "kernel-base.h"

namespace sam3 {

constexpr int kLevelsMax = 8;
/// Boxes that enter suppression; more are never plausible, and their sort fits one block of threads.
constexpr int kCandidatesMax = 1024;
/// Boxes that one word of the table of overlaps speaks of, and words of its rows.
constexpr int kPairBits = 64;
constexpr int kPairWords = kCandidatesMax / kPairBits;

enum BoxHead { kSides = 0, kCorners = 1, kCentres = 2 };

struct BoxLevel {
  /// cells * classes.
  const float* scores;
  /// cells * 4 * bins logits, or cells * 4 numbers.
  const float* sides;
  int cells;
  /// Cells of the levels before.
  int firstCell;
  int columns;
  int stride;
};

struct BoxPlan {
  BoxLevel levels[kLevelsMax];
  int levelCount;
  int cells;
  int classes;
  int bins;
  int head;
  /// Scores are logits: the confidence is their sigmoid.
  int isLogit;
  /// Corners and centres times this are pixels of the input.
  double unitX;
  double unitY;
  double padX;
  double padY;
  double scaleX;
  double scaleY;
  double pictureWidth;
  double pictureHeight;
  double minConfidence;
  double maxOverlap;
  /// Boxes of different classes hide each other too.
  int acrossClasses;
  int candidatesMax;
  int keptMax;
};

struct DecodedBox {
  double label;
  double confidence;
  double x;
  double y;
  double width;
  double height;
  /// Which cell or query of the network it comes from.
  double cell;
};

/// Like JavaScript's Math.min and Math.max: not a number when either is not.
SAM3_SHARED double lowest(double a, double b) { return a != a ? a : b != b ? b : a < b ? a : b; }
SAM3_SHARED double highest(double a, double b) { return a != a ? a : b != b ? b : a > b ? a : b; }

SAM3_SHARED double confidenceOf(const BoxPlan& plan, float score) {
  const double value = static_cast<double>(score);
  return plan.isLogit ? 1.0 / (1.0 + exponential(-value)) : value;
}

/// Mean of the softmax distribution over `bins` logits.
SAM3_SHARED double expectation(const float* logits, int bins) {
  double top = static_cast<double>(logits[0]);
  for (int bin = 1; bin < bins; ++bin) top = highest(top, static_cast<double>(logits[bin]));
  double weights = 0;
  double sum = 0;
  for (int bin = 0; bin < bins; ++bin) {
    const double weight = exponential(static_cast<double>(logits[bin]) - top);
    weights += weight;
    sum += weight * bin;
  }
  return sum / weights;
}

SAM3_SHARED const BoxLevel& levelOf(const BoxPlan& plan, int cell) {
  int level = 0;
  while (level + 1 < plan.levelCount && cell >= plan.levels[level + 1].firstCell) ++level;
  return plan.levels[level];
}

/// `index` counts cells of all levels, each with its classes.
SAM3_SHARED float scoreAt(const BoxPlan& plan, unsigned index) {
  const BoxLevel& level = levelOf(plan, static_cast<int>(index / static_cast<unsigned>(plan.classes)));
  return level.scores[index - static_cast<unsigned>(level.firstCell) * static_cast<unsigned>(plan.classes)];
}

/// The box of one cell cut to the picture; false when nothing of it is inside or its numbers are none.
SAM3_SHARED bool boxAt(const BoxPlan& plan, int cell, DecodedBox& box) {
  const BoxLevel& level = levelOf(plan, cell);
  const int local = cell - level.firstCell;
  double x1, y1, x2, y2;
  if (plan.head == kSides) {
    const double stride = level.stride;
    const double centreX = (local % level.columns + 0.5) * stride;
    const double centreY = (local / level.columns + 0.5) * stride;
    const float* sides = level.sides + static_cast<unsigned long long>(local) * 4u * static_cast<unsigned>(plan.bins);
    x1 = centreX - expectation(sides, plan.bins) * stride;
    y1 = centreY - expectation(sides + plan.bins, plan.bins) * stride;
    x2 = centreX + expectation(sides + 2 * plan.bins, plan.bins) * stride;
    y2 = centreY + expectation(sides + 3 * plan.bins, plan.bins) * stride;
  } else {
    const float* numbers = level.sides + static_cast<unsigned long long>(local) * 4u;
    const double a = numbers[0], b = numbers[1], c = numbers[2], d = numbers[3];
    const bool isCentre = plan.head == kCentres;
    x1 = (isCentre ? a - c * 0.5 : a) * plan.unitX;
    y1 = (isCentre ? b - d * 0.5 : b) * plan.unitY;
    x2 = (isCentre ? a + c * 0.5 : c) * plan.unitX;
    y2 = (isCentre ? b + d * 0.5 : d) * plan.unitY;
  }
  const double left = (x1 - plan.padX) / plan.scaleX / plan.pictureWidth;
  const double top = (y1 - plan.padY) / plan.scaleY / plan.pictureHeight;
  const double width = (x2 - plan.padX) / plan.scaleX / plan.pictureWidth - left;
  const double height = (y2 - plan.padY) / plan.scaleY / plan.pictureHeight - top;
  // + 0 makes one zero of the two, as JavaScript's maximum of both does.
  box.x = lowest(1, highest(0, left)) + 0.0;
  box.y = lowest(1, highest(0, top)) + 0.0;
  box.width = lowest(1, highest(box.x, left + width)) - box.x;
  box.height = lowest(1, highest(box.y, top + height)) - box.y;
  return box.width > 0 && box.height > 0;
}

/// Larger for what comes first: the surest, then the one with the lower index. No two are equal.
SAM3_SHARED unsigned long long keyOf(float score, unsigned index) {
  // 0 + makes one zero of the two.
  const unsigned bits = floatBits(0.0f + score);
  const unsigned ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return (static_cast<unsigned long long>(ordered) << 32) | (0xffffffffu - index);
}

SAM3_SHARED unsigned indexOf(unsigned long long key) { return 0xffffffffu - static_cast<unsigned>(key & 0xffffffffu); }

/// Sure enough, and with something of its box inside the picture.
SAM3_SHARED bool isCandidate(const BoxPlan& plan, unsigned index) {
  if (!(confidenceOf(plan, scoreAt(plan, index)) >= plan.minConfidence)) return false;
  DecodedBox box;
  return boxAt(plan, static_cast<int>(index / static_cast<unsigned>(plan.classes)), box);
}

SAM3_SHARED DecodedBox decodedBox(const BoxPlan& plan, unsigned index) {
  DecodedBox box{};
  const unsigned cell = index / static_cast<unsigned>(plan.classes);
  boxAt(plan, static_cast<int>(cell), box);
  box.label = static_cast<double>(index % static_cast<unsigned>(plan.classes));
  box.confidence = confidenceOf(plan, scoreAt(plan, index));
  box.cell = static_cast<double>(cell);
  return box;
}

SAM3_SHARED double overlap(const DecodedBox& a, const DecodedBox& b) {
  const double left = highest(a.x, b.x);
  const double top = highest(a.y, b.y);
  const double right = lowest(a.x + a.width, b.x + b.width);
  const double bottom = lowest(a.y + a.height, b.y + b.height);
  const double intersection = highest(0, right - left) * highest(0, bottom - top);
  const double together = a.width * a.height + b.width * b.height - intersection;
  return together > 0 ? intersection / together : 0;
}

/// `sure` comes first of the two.
SAM3_SHARED bool hides(const BoxPlan& plan, const DecodedBox& sure, const DecodedBox& other) {
  return (plan.acrossClasses || sure.label == other.label) && overlap(sure, other) > plan.maxOverlap;
}

}  // namespace sam3
