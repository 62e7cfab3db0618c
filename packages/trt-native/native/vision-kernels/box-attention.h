// What the attention of box-attention.cu is told and how it shares its work out: read by the host too.
#pragma once


namespace sam3 {

constexpr int kBoxHead = 32;
constexpr int kBoxThreads = 128;
/// Queries of a block: sixteen a warp.
constexpr int kBoxQueries = 64;
/// Keys of a step, which are whole rows of the grid.
constexpr int kBoxKeys = 144;
constexpr int kBoxRowsMax = 2;

struct BoxPlan {
  int prompts;
  int queries;
  int heads;
  int grid;
  /// Of the picture's tokens: one for all prompts, or one for each.
  int pictures;
  /// Of boxes, likewise: the first layer's are the same for all.
  int boxes;
  /// Shares of the keys.
  int parts;
  const unsigned short* query;
  const unsigned short* key;
  const unsigned short* value;
  /// [boxes, queries - 1, grid, heads]
  const unsigned short* across;
  const unsigned short* down;
  float* sums;
  float* scales;
  unsigned short* out;
};

}  // namespace sam3
