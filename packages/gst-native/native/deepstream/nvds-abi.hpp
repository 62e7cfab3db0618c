// DeepStream's structures as far as they are read here, after the field tables of NVIDIA's SDK API Reference (6.4 to 8.0):
// NvDsBatchMeta, NvDsFrameMeta, NvDsObjectMeta, NvDsInferLayerInfo and what they hold. Named and laid out as there, since
// they are filled by NVIDIA's libraries; nothing here is filled by us.
#pragma once

#include <glib.h>

#include <cstdint>
#include <vector>

constexpr int NVDSINFER_MAX_DIMS = 8;
constexpr int NVDS_MAX_LABEL_SIZE = 128;
constexpr int NVDS_MAX_USER_FIELDS = 4;
constexpr std::uint64_t NVDS_UNTRACKED_OBJECT_ID = UINT64_MAX;

struct NvDsBatchMeta;

struct NvDsBaseMeta {
  NvDsBatchMeta* batch_meta;
  int meta_type;
  void* uContext;
  void* (*copy_func)(void*, void*);
  void (*release_func)(void*, void*);
};

/// Up to its list of frames; what follows is never touched.
struct NvDsBatchMeta {
  NvDsBaseMeta base_meta;
  guint max_frames_in_batch;
  guint num_frames_in_batch;
  void* frame_meta_pool;
  void* obj_meta_pool;
  void* classifier_meta_pool;
  void* display_meta_pool;
  void* user_meta_pool;
  void* label_info_meta_pool;
  GList* frame_meta_list;
};

/// Up to its list of objects.
struct NvDsFrameMeta {
  NvDsBaseMeta base_meta;
  guint pad_index;
  guint batch_id;
  gint frame_num;
  guint64 buf_pts;
  guint64 ntp_timestamp;
  guint source_id;
  gint num_surfaces_per_frame;
  guint source_frame_width;
  guint source_frame_height;
  guint surface_type;
  guint surface_index;
  guint num_obj_meta;
  gboolean bInferDone;
  GList* obj_meta_list;
};

struct NvBbox_Coords {
  float left;
  float top;
  float width;
  float height;
};

struct NvDsComp_BboxInfo {
  NvBbox_Coords org_bbox_coords;
};

/// Up to the confidences.
struct NvDsObjectMeta {
  NvDsBaseMeta base_meta;
  NvDsObjectMeta* parent;
  gint unique_component_id;
  gint class_id;
  guint64 object_id;
  NvDsComp_BboxInfo detector_bbox_info;
  NvDsComp_BboxInfo tracker_bbox_info;
  gfloat confidence;
  gfloat tracker_confidence;
};

struct NvDsInferDims {
  unsigned int numDims;
  unsigned int d[NVDSINFER_MAX_DIMS];
  unsigned int numElements;
};

enum NvDsInferDataType { FLOAT = 0, HALF = 1, INT8 = 2, INT32 = 3 };

struct NvDsInferLayerInfo {
  NvDsInferDataType dataType;
  NvDsInferDims inferDims;
  int bindingIndex;
  const char* layerName;
  void* buffer;
  int isInput;
};

struct NvDsInferNetworkInfo {
  unsigned int width;
  unsigned int height;
  unsigned int channels;
};

struct NvDsInferParseDetectionParams {
  unsigned int numClassesConfigured;
  std::vector<float> perClassPreclusterThreshold;
  std::vector<float> perClassPostclusterThreshold;
};

struct NvDsInferObjectDetectionInfo {
  unsigned int classId;
  float left;
  float top;
  float width;
  float height;
  float detectionConfidence;
};
