#include "fit-plan.hpp"

#include <algorithm>

namespace sam3 {

namespace {

/// Position of the i-th output on the source's grid: (step (2 i + 1) + shift) / divisor, kept within low and high.
/// In whole numbers, so that no position is off by a rounding.
struct Line {
  std::int64_t step;
  std::int64_t shift;
  std::int64_t divisor;
  int low;
  int high;
};

std::vector<Tap> tapsAlong(const Line& line, int count) {
  std::vector<Tap> taps(static_cast<std::size_t>(count));
  std::int64_t numerator = line.step + line.shift;
  for (Tap& tap : taps) {
    if (numerator <= line.low * line.divisor) {
      tap = {line.low, line.low, 0.0f};
    } else if (numerator >= line.high * line.divisor) {
      tap = {line.high, line.high, 0.0f};
    } else {
      const std::int64_t first = numerator / line.divisor;
      const double rest = static_cast<double>(numerator - first * line.divisor);
      tap.first = static_cast<int>(first);
      tap.second = tap.first + 1;
      tap.weight = static_cast<float>(rest / static_cast<double>(line.divisor));
    }
    numerator += 2 * line.step;
  }
  return taps;
}

/// `from` and `size` are the part of the source, `out` its size in the output: half-pixel centres.
Line lumaLine(std::int64_t from, std::int64_t size, std::int64_t out) {
  return {size, 2 * from * out - out, 2 * out, static_cast<int>(from), static_cast<int>(from + size - 1)};
}

/// The same on a grid of half as many positions. `isCosited`: its positions lie on every second one of luma's.
Line chromaLine(std::int64_t from, std::int64_t size, std::int64_t out, bool isCosited) {
  return {size, 2 * from * out - (isCosited ? 1 : 2) * out, 4 * out, static_cast<int>(from / 2),
          static_cast<int>((from + size - 1) / 2)};
}

struct Matrices {
  double red;
  double blue;
};

/// Shares of red and blue in luma, ITU-T H.273 table 4.
Matrices sharesOf(Matrix matrix) {
  switch (matrix) {
    case Matrix::bt601:
      return {0.299, 0.114};
    case Matrix::bt2020:
      return {0.2627, 0.0593};
    case Matrix::bt709:
      break;
  }
  return {0.2126, 0.0722};
}

}  // namespace

FitTables fitTables(const FitRequest& request) {
  const Picture& picture = request.picture;
  const Area& from = picture.region;
  const Area& to = request.place;
  FitTables tables;
  tables.across = tapsAlong(lumaLine(from.x, from.width, to.width), to.width);
  tables.down = tapsAlong(lumaLine(from.y, from.height, to.height), to.height);
  if (picture.format == kNv12) {
    tables.chromaAcross = tapsAlong(chromaLine(from.x, from.width, to.width, picture.chromaLeft), to.width);
    tables.chromaDown = tapsAlong(chromaLine(from.y, from.height, to.height, false), to.height);
  }
  return tables;
}

FitPlan fitPlan(const FitRequest& request) {
  const Picture& picture = request.picture;
  FitPlan plan{};
  plan.pitch = picture.pitch;
  plan.chromaPitch = picture.chromaPitch;
  plan.format = picture.format;
  plan.outWidth = request.width;
  plan.outHeight = request.height;
  plan.fitX = request.place.x;
  plan.fitY = request.place.y;
  plan.fitWidth = request.place.width;
  plan.fitHeight = request.place.height;
  const auto [red, blue] = sharesOf(picture.matrix);
  const double green = 1 - red - blue;
  // Limited range: luma from 16 to 235, chroma from 16 to 240.
  const double chromaGain = picture.fullRange ? 1.0 : 255.0 / 224.0;
  plan.lumaOffset = picture.fullRange ? 0.0f : 16.0f;
  plan.lumaGain = picture.fullRange ? 1.0f : static_cast<float>(255.0 / 219.0);
  plan.redFromCr = static_cast<float>(2 * (1 - red) * chromaGain);
  plan.greenFromCb = static_cast<float>(-2 * (1 - blue) * blue / green * chromaGain);
  plan.greenFromCr = static_cast<float>(-2 * (1 - red) * red / green * chromaGain);
  plan.blueFromCb = static_cast<float>(2 * (1 - blue) * chromaGain);
  for (int channel = 0; channel < 3; ++channel) {
    plan.gain[channel] = static_cast<float>(1 / request.std[channel]);
    plan.bias[channel] = static_cast<float>(-request.mean[channel] / request.std[channel]);
    plan.plane[channel] = request.blueFirst ? 2 - channel : channel;
  }
  plan.padValue = request.padValue;
  plan.isHalf = request.isHalf ? 1 : 0;
  return plan;
}

MaskTables maskTables(const MaskRequest& request) {
  // Output to input: (2 pad out + (2 i + 1) placed) / (2 out); input to mask: times mask / input, less half a position.
  const auto line = [](std::int64_t pad, std::int64_t placed, std::int64_t out, std::int64_t mask, std::int64_t input) {
    return Line{placed * mask, 2 * pad * out * mask - input * out, 2 * input * out, 0, static_cast<int>(mask - 1)};
  };
  const Area& place = request.place;
  MaskTables tables;
  tables.across =
      tapsAlong(line(place.x, place.width, request.outWidth, request.width, request.inputWidth), request.outWidth);
  tables.down =
      tapsAlong(line(place.y, place.height, request.outHeight, request.height, request.inputHeight), request.outHeight);
  return tables;
}

}  // namespace sam3
