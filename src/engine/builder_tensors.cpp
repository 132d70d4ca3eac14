// The builder's steps that convert tensors to another layout or type, and add them.

#include "engine/builder.hpp"
#include "engine/kernels/bfloat16.hpp"
#include "engine/kernels/elementwise.hpp"
#include "engine/kernels/transpose.hpp"
#include "engine/layers/operands.hpp"

namespace ridgeline::engine {

Tensor PlanBuilder::reorder(const Tensor& from, const dnn::Desc& to, const std::string& name) {
  if (from.desc == to) return from;
  for (const auto& done : reordered_) {
    if (done.from.space == from.space && done.from.index == from.index &&
        done.from.desc == from.desc && done.to.desc == to) {
      return done.to;
    }
  }
  const Tensor result = add_reorder(from, to, name);
  // A bf16 tensor is widened for each reader, because an fp32 copy would live until the last one.
  const bool widens = dnn::type_of(from.desc) == dnn::bf16 && dnn::type_of(to) == dnn::fp32;
  if (!widens) reordered_.push_back({from, result});
  return result;
}

Tensor PlanBuilder::add_reorder(const Tensor& from, const dnn::Desc& to, const std::string& name) {
  const dnn::Type type = dnn::type_of(to);
  if (dnn::type_of(from.desc) != type) {
    // Layouts change in fp32, which oneDNN reorders on every CPU.
    const auto narrow_last = dnn::of_type(to, dnn::fp32), widened = dnn::of_type(from.desc, type);
    if (widened && *widened == to) return add_conversion(from, to, name);
    if (type == dnn::bf16 && narrow_last)
      return reorder(reorder(from, *narrow_last, name), to, name);
    if (type == dnn::fp32 && widened) return reorder(reorder(from, *widened, name), to, name);
  }
  const Tensor result = buffer(to);
  if (const auto matrix = dnn::transposition(from.desc, to)) {
    run_by_image(name + " transpose", "ridgeline:copy", {from, result},
                 [m = *matrix](std::span<void* const> operands, const ShardRun& run) {
                   for (std::int64_t n = run.begin; n < run.end; ++n) {
                     const std::int64_t at = n * m.rows * m.columns;
                     kernels::transpose(static_cast<const float*>(operands[0]) + at, m.rows,
                                        m.columns, static_cast<float*>(operands[1]) + at);
                   }
                 });
  } else {
    const auto desc = dnn::reorder(from.desc, to);
    run(name + " reorder", desc, dnnl::reorder(desc),
        {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, result}});
  }
  return result;
}

Tensor PlanBuilder::add_conversion(const Tensor& from, const dnn::Desc& to,
                                   const std::string& name) {
  const Tensor result = buffer(to);
  const std::int64_t size = dnn::elements(to) / images();
  const bool narrows = dnn::type_of(to) == dnn::bf16;
  run_by_image(name + (narrows ? " to bf16" : " to fp32"), "ridgeline:copy", {from, result},
               [size, narrows](std::span<void* const> operands, const ShardRun& run) {
                 const std::int64_t at = run.begin * size, count = (run.end - run.begin) * size;
                 if (narrows) {
                   kernels::narrow(in(operands[0]) + at, count, out<Bf16>(operands[1]) + at);
                 } else {
                   kernels::widen(in<Bf16>(operands[0]) + at, count, out(operands[1]) + at);
                 }
               });
  return result;
}

Tensor PlanBuilder::sum(const Tensor& a, const Tensor& b, const std::string& name) {
  const Tensor result = buffer(a.desc);
  const std::int64_t size = dnn::elements(a.desc) / images();
  run_by_image(
      name + " sum", "ridgeline", {a, b, result},
      [size, type = dnn::type_of(a.desc)](std::span<void* const> operands, const ShardRun& run) {
        const std::int64_t at = run.begin * size, count = (run.end - run.begin) * size;
        with_type(type, [&](auto number) {
          using T = decltype(number);
          kernels::sum(in<T>(operands[0]) + at, in<T>(operands[1]) + at, count,
                       out<T>(operands[2]) + at);
        });
      });
  return result;
}

Tensor PlanBuilder::keep(const Tensor& result, const std::string& name) {
  const auto desc = dnn::of_type(result.desc, kept());
  return desc ? reorder(result, *desc, name) : result;
}

Tensor PlanBuilder::for_onednn(const Tensor& value, const std::string& name) {
  if (dnn::type_of(value.desc) == dnn::fp32 || options_.bf16_use != Bf16Use::none) return value;
  return reorder(value, *dnn::of_type(value.desc, dnn::fp32), name);
}

Tensor PlanBuilder::plain(const Tensor& from, const std::string& name) {
  return reorder(from, dnn::plain(dnn::dims_of(from.desc)), name);
}

}  // namespace ridgeline::engine
