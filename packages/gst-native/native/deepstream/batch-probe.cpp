#include "batch-probe.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "nvds-abi.hpp"

namespace sam3gst {

namespace {

using GetBatchMeta = NvDsBatchMeta* (*)(GstBuffer*);

/// DeepStream's elements bring it into the process; it is never asked for where they are missing.
GetBatchMeta findGetter() {
  static const auto getter = reinterpret_cast<GetBatchMeta>(dlsym(RTLD_DEFAULT, "gst_buffer_get_nvds_batch_meta"));
  return getter;
}

FoundObject toObject(const NvDsObjectMeta& meta, const BatchSize& size) {
  const bool isTracked = meta.object_id != NVDS_UNTRACKED_OBJECT_ID;
  const NvBbox_Coords& box = (isTracked ? meta.tracker_bbox_info : meta.detector_bbox_info).org_bbox_coords;
  const float left = std::clamp(box.left / size.width, 0.0f, 1.0f);
  const float top = std::clamp(box.top / size.height, 0.0f, 1.0f);
  const float right = std::clamp((box.left + box.width) / size.width, 0.0f, 1.0f);
  const float bottom = std::clamp((box.top + box.height) / size.height, 0.0f, 1.0f);
  // An object that only the tracker sees has no confidence of the detector's: then the tracker's own.
  const float confidence = meta.confidence >= 0 ? meta.confidence : std::max(0.0f, meta.tracker_confidence);
  return {meta.class_id, isTracked ? meta.object_id : 0, isTracked, confidence, left, top, right - left, bottom - top};
}

FoundFrame toFrame(const NvDsFrameMeta& meta, const BatchSize& size) {
  FoundFrame frame{meta.source_id, meta.frame_num, meta.buf_pts, {}};
  for (const GList* at = meta.obj_meta_list; at; at = at->next)
    frame.objects.push_back(toObject(*static_cast<const NvDsObjectMeta*>(at->data), size));
  return frame;
}

struct Probe {
  BatchSize size;
  std::function<void(std::vector<FoundFrame>)> listener;
};

GstPadProbeReturn onBatch(GstPad*, GstPadProbeInfo* info, gpointer self) {
  const Probe& probe = *static_cast<Probe*>(self);
  std::vector<FoundFrame> frames = readBatch(GST_PAD_PROBE_INFO_BUFFER(info), probe.size);
  if (!frames.empty()) probe.listener(std::move(frames));
  return GST_PAD_PROBE_OK;
}

}  // namespace

std::vector<FoundFrame> readBatch(GstBuffer* buffer, const BatchSize& size) {
  const GetBatchMeta getBatchMeta = findGetter();
  const NvDsBatchMeta* batch = getBatchMeta ? getBatchMeta(buffer) : nullptr;
  std::vector<FoundFrame> frames;
  if (!batch || size.width <= 0 || size.height <= 0) return frames;
  for (const GList* at = batch->frame_meta_list; at; at = at->next)
    frames.push_back(toFrame(*static_cast<const NvDsFrameMeta*>(at->data), size));
  return frames;
}

void probeBatches(GstPad* pad, const BatchSize& size, std::function<void(std::vector<FoundFrame>)> listener) {
  auto probe = std::make_unique<Probe>(Probe{size, std::move(listener)});
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, onBatch, probe.release(),
                    [](gpointer self) { delete static_cast<Probe*>(self); });
}

}  // namespace sam3gst
