// libnvonnxparser.so.10 for machines without a GPU: reads the text of simulated-graph.hpp as if it were ONNX.
#include <fstream>
#include <iterator>

#include "simulated-network.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace simulator {

namespace {

class ParserError final : public simulated_parser::IParserErrorBase {
 public:
  const char* desc() const override { return "Failed to parse the graph"; }
  const char* nodeName() const override { return "MatMul_1"; }
};

class Parser final : public simulated_parser::IParserBase {
 public:
  explicit Parser(Network& network) : network_(network) {}
  bool parseFromFile(const char* path, int) noexcept override {
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    auto graph = parseGraph(text);
    failed_ = !graph;
    if (graph) network_.take(std::move(*graph), std::move(text));
    return !failed_;
  }
  int getNbErrors() const noexcept override { return failed_ ? 1 : 0; }
  const nvonnxparser::IParserError* getError(int) const noexcept override { return &error_; }

 private:
  Network& network_;
  bool failed_ = false;
  ParserError error_;
};

}  // namespace

}  // namespace simulator

EXPORT void* createNvOnnxParser_INTERNAL(void* network, void*, int) noexcept {
  auto& given = *static_cast<nvinfer1::INetworkDefinition*>(network);
  return static_cast<nvonnxparser::IParser*>(new simulator::Parser(static_cast<simulator::Network&>(given)));
}
EXPORT int getNvOnnxParserVersion() noexcept { return 1; }
