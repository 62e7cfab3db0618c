// The network definition that the simulated parser fills and the simulated builder reads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "simulated-bases.hpp"
#include "simulated-graph.hpp"

namespace simulator {

class Tensor final : public ITensor, private VTensorBase {
 public:
  explicit Tensor(GraphTensor tensor) : tensor_(std::move(tensor)) { mImpl = this; }
  const char* getName() const noexcept override { return tensor_.name.c_str(); }
  Dims getDimensions() const noexcept override { return tensor_.dims; }

 private:
  GraphTensor tensor_;
};

class Network final : public INetworkDefinition, private VNetworkDefinitionBase {
 public:
  Network() { mImpl = this; }
  int32_t getNbInputs() const noexcept override { return static_cast<int32_t>(inputs_.size()); }
  ITensor* getInput(int32_t index) const noexcept override { return inputs_[static_cast<std::size_t>(index)].get(); }

  void take(Graph read, std::string itsText) {
    graph = std::move(read);
    text = std::move(itsText);
    for (const GraphTensor& tensor : graph.tensors) {
      if (tensor.isInput) inputs_.push_back(std::make_unique<Tensor>(tensor));
    }
  }

  Graph graph;
  std::string text;

 private:
  std::vector<std::unique_ptr<Tensor>> inputs_;
};

}  // namespace simulator
