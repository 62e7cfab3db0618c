// Which frames are looked at: those that first reach each tick of the wanted rate. The same rule as the agent's
// capture/frame-selection.ts, here so that a frame which nobody wants never leaves the decoder.
#pragma once

#include <limits>

namespace sam3gst {

class FrameSelection {
 public:
  explicit FrameSelection(double detectFps) : stepMs_(1000.0 / detectFps) {}

  bool isWanted(double ptsMs) {
    // Half a millisecond forgives the rounding of time bases.
    if (ptsMs + 0.5 < nextMs_) return false;
    const bool isFirstOrLate = nextMs_ == -std::numeric_limits<double>::infinity() || ptsMs - nextMs_ > stepMs_;
    nextMs_ = (isFirstOrLate ? ptsMs : nextMs_) + stepMs_;
    return true;
  }

 private:
  double stepMs_;
  double nextMs_ = -std::numeric_limits<double>::infinity();
};

}  // namespace sam3gst
