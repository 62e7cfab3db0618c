// Builds a pipeline out of a description: only elements that are named in it, nothing is found by itself. What a pad of a
// demuxer carries decides which row of elements follows it; a pad that no row is for leads nowhere.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "capture-spec.hpp"
#include "gst-owned.hpp"

namespace sam3gst {

/// A pad that appeared and was given a row of elements.
struct LinkedBranch {
  std::string codec;
  std::string decoder;
};

class Graph {
 public:
  struct Listeners {
    /// One pad more, whatever it carries; a message when that is too much.
    std::function<std::optional<std::string>(GstCaps*)> onPad;
    std::function<void(const LinkedBranch&)> onLinked;
    std::function<void(const std::string&)> onFailed;
  };

  /// The message says which part is missing or refuses its settings.
  std::optional<std::string> build(const GraphSpec& spec, Listeners listeners);

  GstElement* pipeline() const { return pipeline_.get(); }
  GstElement* sink() const { return sink_; }
  /// Where decoded frames come out of the decoder.
  GstPad* gate() const { return gate_.get(); }

 private:
  using Row = std::vector<GstElement*>;

  static void onPadAdded(GstElement*, GstPad* pad, gpointer self);
  static void onNoMorePads(GstElement*, gpointer self);
  std::optional<std::string> addRow(const std::vector<ElementSpec>& specs, Row& row);
  std::optional<std::string> linkPad(GstPad* pad);
  std::optional<std::string> follow(GstPad* pad, const BranchSpec& branch);

  GraphSpec spec_;
  Listeners listeners_;
  OwnedElement pipeline_;
  GstElement* tailFirst_ = nullptr;
  GstElement* sink_ = nullptr;
  OwnedPad gate_;
  bool isLinked_ = false;
};

/// Those of `factories` that are installed.
std::vector<std::string> installed(const std::vector<std::string>& factories);

}  // namespace sam3gst
