#include "network/shrink_plan.hpp"

#include <algorithm>

namespace ridgeline::network {
namespace {

// Begins by removing every constant channel, and restores those that cannot be removed until all
// layers agree.
class Planner {
 public:
  Planner(const Network& network, const Layout& layout, const WeightMap& weights)
      : network_(network), layout_(layout), weights_(weights) {
    plan_.constants = constants(network, layout, weights);
    for (const auto& values : plan_.constants) {
      std::vector<bool>& gone = plan_.gone.emplace_back();
      for (const auto& value : values) gone.push_back(value.has_value());
      why_.emplace_back(values.size());
    }
  }

  ShrinkPlan plan() {
    for (const OutputSpec& output : layout_.network_outputs) {
      const int n = output.node;
      for (std::int64_t c = 0; c < channels(n); ++c) keep({n, c}, "part of the output");
    }
    do {
      settle();
    } while (leave_one());
    for (int n = 0; n < node_count(); ++n) report(n);
    for (const auto& gone : plan_.gone) {
      if (std::ranges::find(gone, true) != gone.end()) plan_.empty = false;
    }
    return std::move(plan_);
  }

 private:
  int node_count() const { return static_cast<int>(network_.nodes().size()); }
  const Node& node(int n) const { return network_.nodes()[static_cast<std::size_t>(n)]; }
  std::int64_t channels(int n) const { return layout_.outputs[static_cast<std::size_t>(n)][0]; }
  bool gone(Channel c) const {
    return c.node != Node::image &&
           plan_.gone[static_cast<std::size_t>(c.node)][static_cast<std::size_t>(c.index)];
  }
  std::string& why(Channel c) {
    return why_[static_cast<std::size_t>(c.node)][static_cast<std::size_t>(c.index)];
  }
  double constant(Channel c) const {
    return *plan_.constants[static_cast<std::size_t>(c.node)][static_cast<std::size_t>(c.index)];
  }

  void keep(Channel c, const std::string& reason) {
    if (!gone(c)) return;
    plan_.gone[static_cast<std::size_t>(c.node)][static_cast<std::size_t>(c.index)] = false;
    why(c) = reason;
    changed_ = true;
  }

  void settle() {
    do {
      changed_ = false;
      for (int n = 0; n < node_count(); ++n) {
        if (flow_of(node(n)) == ChannelFlow::passes) {
          agree(n);
        } else {
          keep_inputs(n);
        }
      }
    } while (changed_);
  }

  // A channel that is passed on is removed if all its sources are removed, and the other way round.
  void agree(int n) {
    for (std::int64_t c = 0; c < channels(n); ++c) {
      const Channel out{n, c};
      const std::vector<Channel> from = sources(network_, layout_, out);
      for (const Channel source : from) {
        if (!gone(source)) keep(out, source.node == Node::image ? "" : why(source));
      }
      if (gone(out)) continue;
      const std::string reason =
          why(out).empty() ? node(n).name + " adds a filter that is not zero" : why(out);
      for (const Channel source : from) keep(source, reason);
    }
  }

  // Channels that a layer needs, whether it folds constants into its bias or not.
  void keep_inputs(int n) {
    const bool mixes = flow_of(node(n)) == ChannelFlow::mixes;
    if (mixes && !pads(n)) return;
    for (const int input : node(n).inputs) {
      for (std::int64_t c = 0; input != Node::image && c < channels(input); ++c) {
        const Channel in{input, c};
        if (!gone(in) || (mixes && constant(in) == 0)) continue;
        keep(in, node(n).name + (mixes ? " pads what it reads, and the constant is not 0"
                                       : " needs all that it reads"));
      }
    }
  }

  bool pads(int n) const { return node(n).layer.spec().pads(layout_.inputs_of(network_, n)); }

  // Whether a layer would have no channels left.
  bool leave_one() {
    changed_ = false;
    for (int n = 0; n < node_count(); ++n) {
      const auto& all = plan_.gone[static_cast<std::size_t>(n)];
      if (std::ranges::find(all, false) == all.end()) keep({n, 0}, "a layer has at least one");
    }
    return changed_;
  }

  // Why a layer with zero filters is not constant.
  std::string why_not_constant(int n) const {
    if (std::ranges::find(layout_.network_outputs, n, &OutputSpec::node) !=
        layout_.network_outputs.end()) {
      return "part of the output";
    }
    return flow_of(node(n)) == ChannelFlow::mixes ? "its softmax takes all together"
                                                  : "it has groups";
  }

  void report(int n) {
    const ChannelFlow flow = flow_of(node(n));
    if (flow != ChannelFlow::mixes && flow != ChannelFlow::grouped) return;
    const std::size_t first = plan_.staying.size();
    for (std::int64_t c = 0; c < channels(n); ++c) {
      const Shape& output = layout_.outputs[static_cast<std::size_t>(n)];
      if (gone({n, c}) || !zero_filter(node(n), c, output, weights_)) continue;
      std::string reason = why({n, c});
      if (reason.empty()) reason = why_not_constant(n);
      const auto same = std::find_if(plan_.staying.begin() + static_cast<std::ptrdiff_t>(first),
                                     plan_.staying.end(),
                                     [&](const StayingFilters& s) { return s.why == reason; });
      if (same != plan_.staying.end()) {
        ++same->count;
      } else {
        plan_.staying.push_back({node(n).name, 1, reason});
      }
    }
  }

  const Network& network_;
  const Layout& layout_;
  const WeightMap& weights_;
  ShrinkPlan plan_;
  std::vector<std::vector<std::string>> why_;  // why a constant channel is kept
  bool changed_ = false;
};

}  // namespace

ShrinkPlan plan_shrink(const Network& network, const Layout& layout, const WeightMap& weights) {
  return Planner(network, layout, weights).plan();
}

}  // namespace ridgeline::network
