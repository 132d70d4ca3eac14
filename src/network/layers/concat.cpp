#include "network/layers/concat.hpp"

namespace ridgeline {

Shape network::ConcatSpec::output_shape(std::span<const Shape> inputs) const {
  const std::vector<std::int64_t>& first = inputs[0].dims();
  std::vector<std::int64_t> joined = first;
  for (const Shape& input : inputs.subspan(1)) {
    require(input.rank() == first.size() &&
                std::equal(first.begin() + 1, first.end(), input.begin() + 1),
            "takes inputs that differ only in their channels, not {} and {}", inputs[0].text(),
            input.text());
    joined[0] += input[0];
  }
  return Shape(std::move(joined));
}

std::vector<InputChannel> network::ConcatSpec::sources(std::span<const Shape> inputs,
                                                       std::int64_t channel) const {
  std::size_t input = 0;
  while (channel >= inputs[input][0]) channel -= inputs[input++][0];
  return {{input, channel}};
}

Layer concat() {
  return network::make<network::ConcatSpec>();
}

}  // namespace ridgeline
