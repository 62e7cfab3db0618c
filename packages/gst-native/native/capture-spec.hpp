// What JavaScript asks for and what it hears, as plain values: nothing here knows GStreamer or JavaScript.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sam3gst {

struct ElementSpec {
  std::string factory;
  /// Name and value; the value as gst-launch writes it, but never parsed for a property that is text.
  std::vector<std::pair<std::string, std::string>> properties;
};

/// A row of elements behind a pad that appears later, for those pads whose caps intersect with `caps`.
struct BranchSpec {
  std::string caps;
  std::vector<ElementSpec> elements;
};

struct GraphSpec {
  /// Linked in a row; the last one's pads may come later, then `branches` say what follows them.
  std::vector<ElementSpec> source;
  std::vector<BranchSpec> branches;
  /// Linked in a row behind the source or the branch; frames are chosen where it begins, an appsink follows it.
  std::vector<ElementSpec> tail;
};

struct Limits {
  std::int64_t pixelsMax = 0;
  int streamsMax = 0;
  std::int64_t durationMaxMs = 0;
  /// Of a live stream without a frame after which it counts as lost.
  std::int64_t silenceMaxMs = 0;
};

struct CaptureSpec {
  GraphSpec graph;
  bool isLive = false;
  double detectFps = 0;
  Limits limits;
};

/// Where the scaled picture stands in the detector's input.
struct InputSpec {
  int width = 0;
  int height = 0;
  int scaledWidth = 0;
  int scaledHeight = 0;
  int padX = 0;
  int padY = 0;
  int padValue = 0;
};

struct StartSpec {
  std::int64_t fromFrame = 0;
  int workingWidth = 0;
  int workingHeight = 0;
  InputSpec input;
};

/// Memory for one frame; whoever gives it keeps it alive until the frame or the end is told.
struct Slot {
  std::uint64_t id = 0;
  std::uint8_t* image = nullptr;
  std::size_t imageBytes = 0;
  std::uint8_t* input = nullptr;
  std::size_t inputBytes = 0;
};

struct InfoEvent {
  /// As decoded, before rotation.
  int width = 0;
  int height = 0;
  /// As the container says: "rotate-90"; empty when it says nothing.
  std::string orientation;
  /// -1: not known.
  std::int64_t durationMs = -1;
  /// ISO 8601; empty when the container does not say.
  std::string createdAt;
  std::string codec;
  /// The factory that decodes it.
  std::string decoder;
};

struct FrameEvent {
  std::uint64_t slot = 0;
  std::int64_t frameIdx = 0;
  double ptsMs = 0;
  /// The one before the first wanted frame: to compare with, not to hand over.
  bool isBefore = false;
  std::uint64_t dropped = 0;
};

struct EndEvent {};

struct ErrorEvent {
  std::string message;
};

/// The last one, always.
struct ClosedEvent {};

using Event = std::variant<InfoEvent, FrameEvent, EndEvent, ErrorEvent, ClosedEvent>;

}  // namespace sam3gst
