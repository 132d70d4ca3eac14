#include "ridgeline/shrink.hpp"

#include <set>
#include <tuple>
#include <utility>

#include "network/shrink_plan.hpp"
#include "network/zero_branches.hpp"
#include "options/check.hpp"

namespace ridgeline {
namespace {

using network::ShrinkPlan;

std::vector<std::size_t> kept(const std::vector<bool>& gone) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (!gone[i]) indices.push_back(i);
  }
  return indices;
}

// The blocks of `width` numbers that are kept.
std::vector<float> picked(std::span<const float> values, const std::vector<bool>& gone,
                          std::size_t width) {
  std::vector<float> all;
  for (const std::size_t i : kept(gone)) {
    const auto block = values.subspan(i * width, width);
    all.insert(all.end(), block.begin(), block.end());
  }
  return all;
}

Layer with_outputs(const Layer& layer, std::int64_t outputs, bool use_bias) {
  const auto spec = layer.spec().with_outputs(outputs, use_bias);
  require(spec != nullptr, "{} cannot be made with another number of outputs", layer.spec().kind());
  Layer other(spec);
  for (const PenaltyRule& rule : layer.rules()) other = other.regularize(rule);
  return other;
}

// A round of drop_zero_filters.
class Surgery {
 public:
  Surgery(const Network& network, const Layout& layout, const WeightMap& weights,
          const ShrinkPlan& plan)
      : network_(network), layout_(layout), weights_(weights), plan_(plan) {}

  std::pair<Network, WeightMap> run() {
    for (std::size_t n = 0; n < network_.nodes().size(); ++n) {
      Node node = network_.nodes()[n];
      if (network::flow_of(node) == ChannelFlow::mixes) {
        cut_kernel(node, n);
      } else {
        cut_parameters(n, network::flow_of(node) == ChannelFlow::passes);
      }
      nodes_.push_back(std::move(node));
    }
    Network smaller(std::move(nodes_));
    smaller.set_outputs(network_.output_names());
    return {std::move(smaller), std::move(result_)};
  }

 private:
  // The parameters of a layer that has one number for each channel or, if not `by_channel`, that
  // does not change.
  void cut_parameters(std::size_t n, bool by_channel) {
    for (const Parameter& parameter : layout_.parameters) {
      if (static_cast<std::size_t>(parameter.node) != n) continue;
      const std::vector<float>& values = weights_.find(parameter.name)->second;
      result_[parameter.name] = by_channel ? picked(values, plan_.gone[n], 1) : values;
    }
  }

  void cut_kernel(Node& node, std::size_t n) {
    const std::vector<float>& kernel = weights_.find(node.name + ".kernel")->second;
    const int source = node.inputs[0];
    const std::vector<bool>& rows = plan_.gone[n];
    const std::vector<bool> columns =
        source == Node::image ? std::vector<bool>(static_cast<std::size_t>(layout_.input[0]), false)
                              : plan_.gone[static_cast<std::size_t>(source)];
    const std::size_t row = kernel.size() / rows.size(), window = row / columns.size();
    std::vector<float>& smaller = result_[node.name + ".kernel"];
    std::vector<float> biases;
    bool folded = false;
    const auto bias = weights_.find(node.name + ".bias");
    for (const std::size_t o : kept(rows)) {
      const auto filter = std::span(kernel).subspan(o * row, row);
      const std::vector<float> rest = picked(filter, columns, window);
      smaller.insert(smaller.end(), rest.begin(), rest.end());
      double sum = 0;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!columns[c]) continue;
        const double constant = *plan_.constants[static_cast<std::size_t>(source)][c];
        for (const float w : filter.subspan(c * window, window)) {
          sum += constant * static_cast<double>(w);
        }
      }
      folded = folded || sum != 0;
      if (bias != weights_.end()) sum += static_cast<double>(bias->second[o]);
      biases.push_back(static_cast<float>(sum));
    }
    const bool use_bias = bias != weights_.end() || folded;
    if (use_bias) result_[node.name + ".bias"] = std::move(biases);
    node.layer = with_outputs(node.layer, static_cast<std::int64_t>(kept(rows).size()), use_bias);
  }

  const Network& network_;
  const Layout& layout_;
  const WeightMap& weights_;
  const ShrinkPlan& plan_;
  std::vector<Node> nodes_;
  WeightMap result_;
};

void check(const Layout& layout, const WeightMap& weights) {
  for (const auto& [name, node, spec] : layout.parameters) {
    const auto found = weights.find(name);
    const std::size_t size = found == weights.end() ? 0 : found->second.size();
    require(static_cast<std::int64_t>(size) == spec.shape.elements(), "{} has {} values, not {}",
            name, size, spec.shape.elements());
  }
}

void drop_branches(ShrunkNetwork& shrunk, const Shape& input) {
  // A branch to another output would be cut off, too.
  if (!shrunk.network.output_names().empty()) return;
  const Layout layout = infer(shrunk.network, input);
  shrunk.network = network::without_zero_branches(
      shrunk.network, network::constants(shrunk.network, layout, shrunk.weights));
  std::set<std::string_view> left;
  const Layout smaller = infer(shrunk.network, input);
  for (const Parameter& parameter : smaller.parameters) left.insert(parameter.name);
  std::erase_if(shrunk.weights, [&](const auto& named) { return !left.contains(named.first); });
}

}  // namespace

ShrunkNetwork drop_zero_filters(const Network& network, const Shape& input,
                                const WeightMap& weights) {
  ShrunkNetwork shrunk{network, weights, {}};
  check(infer(network, input), weights);
  while (true) {
    drop_branches(shrunk, input);
    const Layout layout = infer(shrunk.network, input);
    ShrinkPlan plan = network::plan_shrink(shrunk.network, layout, shrunk.weights);
    shrunk.staying = std::move(plan.staying);
    if (plan.empty) return shrunk;
    std::tie(shrunk.network, shrunk.weights) =
        Surgery(shrunk.network, layout, shrunk.weights, plan).run();
  }
}

}  // namespace ridgeline
