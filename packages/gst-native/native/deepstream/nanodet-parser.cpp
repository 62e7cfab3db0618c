#include "nanodet-parser.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

namespace {

/// Outputs are named by what they hold and their stride: scores_8, distances_8.
constexpr const char* SCORES = "scores_";
constexpr const char* DISTANCES = "distances_";
constexpr unsigned SIDES = 4;

struct Head {
  const NvDsInferLayerInfo* scores = nullptr;
  const NvDsInferLayerInfo* distances = nullptr;
};

std::optional<unsigned> strideOf(const std::string& name, const std::string& prefix) {
  if (name.rfind(prefix, 0) != 0) return std::nullopt;
  const long stride = std::strtol(name.c_str() + prefix.size(), nullptr, 10);
  if (stride <= 0) return std::nullopt;
  return static_cast<unsigned>(stride);
}

/// Mean of the softmax distribution over `bins` logits.
double expectation(const float* logits, unsigned bins) {
  const double highest = *std::max_element(logits, logits + bins);
  double weights = 0;
  double sum = 0;
  for (unsigned bin = 0; bin < bins; bin++) {
    const double weight = std::exp(logits[bin] - highest);
    weights += weight;
    sum += weight * bin;
  }
  return sum / weights;
}

unsigned cells(unsigned size, unsigned stride) { return (size + stride - 1) / stride; }

class HeadReader {
 public:
  HeadReader(const Head& head, unsigned stride, const NvDsInferNetworkInfo& network, unsigned classes)
      : stride_(stride), classes_(classes), columns_(cells(network.width, stride)), cells_(columns_ * cells(network.height, stride)),
        scores_(static_cast<const float*>(head.scores->buffer)), distances_(static_cast<const float*>(head.distances->buffer)),
        bins_(cells_ > 0 ? head.distances->inferDims.numElements / (cells_ * SIDES) : 0), network_(network) {}

  /// Whether the outputs are as large as the input and the classes ask for.
  bool fits(const Head& head) const {
    return bins_ > 1 && head.scores->inferDims.numElements == cells_ * classes_ &&
           head.distances->inferDims.numElements == cells_ * SIDES * bins_;
  }

  void read(const std::vector<float>& thresholds, std::vector<NvDsInferObjectDetectionInfo>& objects) const {
    for (unsigned cell = 0; cell < cells_; cell++) {
      for (unsigned label = 0; label < classes_; label++) {
        const float confidence = scores_[cell * classes_ + label];
        if (confidence >= thresholds[label]) add(cell, label, confidence, objects);
      }
    }
  }

 private:
  void add(unsigned cell, unsigned label, float confidence, std::vector<NvDsInferObjectDetectionInfo>& objects) const {
    const double centreX = (cell % columns_ + 0.5) * stride_;
    const double centreY = (cell / columns_ + 0.5) * stride_;
    const auto side = [&](unsigned n) { return expectation(distances_ + (cell * SIDES + n) * bins_, bins_) * stride_; };
    const double left = std::clamp(centreX - side(0), 0.0, static_cast<double>(network_.width));
    const double top = std::clamp(centreY - side(1), 0.0, static_cast<double>(network_.height));
    const double right = std::clamp(centreX + side(2), 0.0, static_cast<double>(network_.width));
    const double bottom = std::clamp(centreY + side(3), 0.0, static_cast<double>(network_.height));
    // What is no number is no box.
    if (!(right > left && bottom > top)) return;
    objects.push_back({label, static_cast<float>(left), static_cast<float>(top), static_cast<float>(right - left),
                       static_cast<float>(bottom - top), confidence});
  }

  unsigned stride_;
  unsigned classes_;
  unsigned columns_;
  unsigned cells_;
  const float* scores_;
  const float* distances_;
  unsigned bins_;
  NvDsInferNetworkInfo network_;
};

}  // namespace

extern "C" bool NvDsInferParseSam3Nanodet(const std::vector<NvDsInferLayerInfo>& layers,
                                          const NvDsInferNetworkInfo& network,
                                          const NvDsInferParseDetectionParams& params,
                                          std::vector<NvDsInferObjectDetectionInfo>& objects) {
  std::map<unsigned, Head> heads;
  for (const NvDsInferLayerInfo& layer : layers) {
    if (layer.dataType != FLOAT || !layer.buffer || !layer.layerName) return false;
    if (const auto stride = strideOf(layer.layerName, SCORES)) heads[*stride].scores = &layer;
    if (const auto stride = strideOf(layer.layerName, DISTANCES)) heads[*stride].distances = &layer;
  }
  const unsigned classes = params.numClassesConfigured;
  if (heads.empty() || classes == 0 || params.perClassPreclusterThreshold.size() < classes) return false;
  std::vector<HeadReader> readers;
  for (const auto& [stride, head] : heads) {
    if (!head.scores || !head.distances) return false;
    readers.emplace_back(head, stride, network, classes);
    if (!readers.back().fits(head)) return false;
  }
  // Only now: what is refused adds nothing.
  for (const HeadReader& reader : readers) reader.read(params.perClassPreclusterThreshold, objects);
  return true;
}
