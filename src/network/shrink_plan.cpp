#include "network/shrink_plan.hpp"

#include <algorithm>

#include "network/layers/conv2d.hpp"

namespace ridgeline::network {
namespace {

bool is_conv(const Node& node) {
  return node.layer.spec().kind() == "conv2d";
}

// Begins with every constant channel gone, and takes back what cannot go until all agree.
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
        if (reach_of(node(n)) == Reach::passes) {
          agree(n);
        } else {
          keep_inputs(n);
        }
      }
    } while (changed_);
  }

  // A channel that is passed on goes where all that it comes from goes, and the other way round.
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

  // What a layer that folds constants into its bias, or one that does not, cannot do without.
  void keep_inputs(int n) {
    const bool mixes = reach_of(node(n)) == Reach::mixes;
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

  bool pads(int n) const {
    const auto* conv = dynamic_cast<const Conv2DSpec*>(&node(n).layer.spec());
    if (conv == nullptr) return false;
    const Shape input = layout_.inputs_of(network_, n)[0];
    const Placement p = place(conv->window(), input[1], input[2]);
    return p.top > 0 || p.bottom > 0 || p.left > 0 || p.right > 0;
  }

  // Whether a layer had nothing left.
  bool leave_one() {
    changed_ = false;
    for (int n = 0; n < node_count(); ++n) {
      const auto& all = plan_.gone[static_cast<std::size_t>(n)];
      if (std::ranges::find(all, false) == all.end()) keep({n, 0}, "a layer has at least one");
    }
    return changed_;
  }

  // Of a layer whose filters are not constant though they are zero.
  std::string why_not_constant(int n) const {
    if (std::ranges::find(layout_.network_outputs, n, &OutputSpec::node) !=
        layout_.network_outputs.end()) {
      return "part of the output";
    }
    return reach_of(node(n)) == Reach::mixes ? "its softmax takes all together" : "it has groups";
  }

  void report(int n) {
    if (!is_conv(node(n)) && node(n).layer.spec().kind() != "dense") return;
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
  std::vector<std::vector<std::string>> why_;  // it stays, though it is constant
  bool changed_ = false;
};

}  // namespace

ShrinkPlan plan_shrink(const Network& network, const Layout& layout, const WeightMap& weights) {
  return Planner(network, layout, weights).plan();
}

}  // namespace ridgeline::network
