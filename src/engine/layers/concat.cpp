// Joins inputs along the channels: channels last if the inputs are, otherwise in the plain layout.
// In both layouts an image consists of rows, and each input has a part of every row.

#include <algorithm>

#include "engine/layers/compilers.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {
namespace {

struct Stretches {
  std::int64_t rows = 1;              // of an image
  std::vector<std::int64_t> lengths;  // of each input in a row
  std::int64_t row = 0;               // all of them

  std::int64_t first(std::size_t input) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < input; ++i) sum += lengths[i];
    return sum;
  }
};

// Copies the parts of input `i` between the joined rows and the input's rows.
template <typename Copy>
void for_rows(const Stretches& s, std::size_t i, const ShardRun& run, Copy copy) {
  const std::int64_t length = s.lengths[i], first = s.first(i);
  for (std::int64_t r = run.begin * s.rows; r < run.end * s.rows; ++r) {
    copy(r * s.row + first, r * length, length);
  }
}

}  // namespace

Backward compile_concat(PlanBuilder& plan, const NodeContext& node) {
  const dnn::Dims whole = plan.dims(node.output);
  const bool last = whole.size() == 4 && plan.channels_last(plan.value(node.inputs[0]));
  const dnn::Type type = plan.kept();
  const auto layout = [last, type](const dnn::Dims& dims) {
    return last ? dnn::nhwc(dims, type) : dnn::plain(dims, type);
  };
  Stretches s;
  if (last) s.rows = whole[2] * whole[3];
  std::vector<Tensor> operands{plan.buffer(layout(whole))};
  std::vector<dnn::Desc> sources;
  for (const int input : node.inputs) {
    const dnn::Desc desc = layout(dnn::dims_of(plan.value(input).desc));
    operands.push_back(plan.reorder(plan.value(input), desc, node.name));
    sources.push_back(desc);
    s.lengths.push_back(dnn::elements(desc) / plan.images() / s.rows);
    s.row += s.lengths.back();
  }
  const Tensor result = operands[0];
  plan.run_by_image(node.name + " forward", "ridgeline:copy", std::move(operands),
                    [s, type](std::span<void* const> operands, const ShardRun& run) {
                      with_type(type, [&](auto number) {
                        using T = decltype(number);
                        for (std::size_t i = 0; i < s.lengths.size(); ++i) {
                          for_rows(s, i, run, [&](auto all, auto own, auto length) {
                            std::copy_n(in<T>(operands[i + 1]) + own, length,
                                        out<T>(operands[0]) + all);
                          });
                        }
                      });
                    });
  plan.set_value(node.node, result);

  return [&plan, node, sources, s, type, result](const Tensor& output_gradient) {
    const Tensor gradient = plan.reorder(output_gradient, result.desc, node.name + " gradient");
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (!plan.needs_gradient(node.inputs[i])) continue;
      const Tensor part = plan.buffer(sources[i]);
      plan.run_by_image(node.name + " backward", "ridgeline:copy", {gradient, part},
                        [s, i, type](std::span<void* const> operands, const ShardRun& run) {
                          with_type(type, [&](auto number) {
                            using T = decltype(number);
                            for_rows(s, i, run, [&](auto all, auto own, auto length) {
                              std::copy_n(in<T>(operands[0]) + all, length,
                                          out<T>(operands[1]) + own);
                            });
                          });
                        });
      plan.add_gradient(node.inputs[i], part);
    }
  };
}

}  // namespace ridgeline::engine
