// What DeepStream found in a batch, read from the metadata of its buffers behind the tracker.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace sam3gst {

struct FoundObject {
  int classId = 0;
  /// Of the tracker; absent when it follows nothing: then it is 0 and `isTracked` false.
  std::uint64_t trackId = 0;
  bool isTracked = false;
  float confidence = 0;
  /// `[x, y, w, h]` in 0..1 of the batch's frame.
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

struct FoundFrame {
  unsigned source = 0;
  std::int64_t frameIdx = 0;
  std::uint64_t ptsNs = 0;
  std::vector<FoundObject> objects;
};

struct BatchSize {
  float width = 0;
  float height = 0;
};

/// Empty for a buffer without DeepStream's metadata, or where its library is not loaded in this process.
std::vector<FoundFrame> readBatch(GstBuffer* buffer, const BatchSize& size);

/// Tells `listener` of every batch that passes `pad`, on the thread that pushes it.
void probeBatches(GstPad* pad, const BatchSize& size, std::function<void(std::vector<FoundFrame>)> listener);

}  // namespace sam3gst
