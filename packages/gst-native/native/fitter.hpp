// One decoded frame in, two pictures out: the working picture and the same fitted to the detector's input, both packed
// RGB in memory that the caller gives. Scaled like FFmpeg's bilinear filter: by as many taps as the reduction needs.
#pragma once

#include <optional>
#include <string>

#include "capture-spec.hpp"
#include "gst-owned.hpp"

namespace sam3gst {

class Fitter {
 public:
  /// For frames of `caps`; the message says why when they cannot be read.
  static std::optional<std::string> create(GstCaps* caps, const StartSpec& target, std::unique_ptr<Fitter>& out);

  /// The message says what went wrong.
  std::optional<std::string> fit(GstBuffer* frame, const Slot& slot);

 private:
  Fitter(const GstVideoInfo& from, const StartSpec& target);

  GstVideoInfo from_;
  GstVideoInfo working_;
  GstVideoInfo input_;
  OwnedConverter toWorking_;
  OwnedConverter toInput_;
};

}  // namespace sam3gst
