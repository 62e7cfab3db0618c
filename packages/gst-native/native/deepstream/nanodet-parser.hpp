// NanoDet's outputs in, boxes in pixels of the network's input out: what nvinfer calls for a detector that it does not know.
// Suppression and the way back to the picture are nvinfer's own. The twin of packages/models/src/detect/nanodet-postprocess.ts.
#pragma once

#include <vector>

#include "nvds-abi.hpp"

extern "C" __attribute__((visibility("default"))) bool NvDsInferParseSam3Nanodet(
    const std::vector<NvDsInferLayerInfo>& layers, const NvDsInferNetworkInfo& network,
    const NvDsInferParseDetectionParams& params, std::vector<NvDsInferObjectDetectionInfo>& objects);
