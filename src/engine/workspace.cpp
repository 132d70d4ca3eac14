#include "engine/workspace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>

namespace ridgeline::engine {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Workspace::Workspace(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), stream_(dnn::cpu()) {
  steps_.reserve(plan_->steps.size());
  for (const Step& step : plan_->steps) {
    BoundStep bound{&step, {}, {}, {}, {}};
    for (const auto& [argument, tensor] : step.arguments) {
      Argument bound_argument{tensor, {}, nullptr};
      if (step.kernel) {
        const bool is_moving = tensor.space == Space::arena && plan_->image_bytes[tensor.index] > 0;
        if (is_moving) {
          bound.moving.emplace_back(bound.operands.size(), plan_->image_bytes[tensor.index]);
        }
        bound.operands.push_back(nullptr);
      } else {
        bound_argument.memory = dnnl::memory(tensor.desc, dnn::cpu(), DNNL_MEMORY_NONE);
        bound.handles.push_back({argument, bound_argument.memory.get()});
      }
      bound.arguments.push_back(std::move(bound_argument));
    }
    steps_.push_back(std::move(bound));
  }
}

void* Workspace::address(const Tensor& tensor, const Bindings& b) const {
  switch (tensor.space) {
    case Space::input:
      return const_cast<float*>(b.input);  // oneDNN's handles are not const
    case Space::weights:
      return b.weights + b.layout->offsets[tensor.index];
    case Space::packed:
      return b.packed[tensor.index];
    case Space::gradient:
      return b.gradient + b.layout->offsets[tensor.index];
    case Space::arena:
      return b.arena + plan_->offsets[tensor.index];
    case Space::scratch:
      return b.scratch;
  }
  return nullptr;
}

void Workspace::bind(const Bindings& bindings) {
  bindings_ = bindings;
  for (BoundStep& step : steps_) {
    for (std::size_t i = 0; i < step.arguments.size(); ++i) {
      Argument& argument = step.arguments[i];
      void* where = address(argument.tensor, bindings);
      if (where == argument.address) continue;
      argument.address = where;
      if (step.step->kernel) {
        step.operands[i] = where;
      } else {
        argument.memory.set_data_handle(where);
      }
    }
  }
}

template <typename Use>
void Workspace::for_steps(std::size_t first, std::size_t last, const ShardRun& run, Use use) {
  ShardRun part = run;
  for (std::size_t i = first; i < last;) {
    const Step& step = *steps_[i].step;
    for (part.begin = 0; part.begin < run.images; part.begin = part.end) {
      part.end = std::min(part.begin + step.images_at_once, run.images);
      for (std::size_t s = i; s < i + step.group; ++s) use(s, part);
    }
    i += step.group;
  }
}

void Workspace::move(BoundStep& step, std::span<void*> operands, const ShardRun& run) {
  for (const auto& [operand, image_bytes] : step.moving) {
    operands[operand] = static_cast<std::byte*>(step.arguments[operand].address) -
                        static_cast<std::ptrdiff_t>(image_bytes) * run.begin;
  }
}

void Workspace::run(std::size_t first, std::size_t last, const ShardRun& run) {
  for_steps(first, last, run, [&](std::size_t s, const ShardRun& part) {
    const auto start = run.step_seconds ? Clock::now() : Clock::time_point();
    move(steps_[s], steps_[s].operands, part);
    run_step(steps_[s], steps_[s].operands, part);
    if (!run.step_seconds) return;
    run.step_seconds[s] += std::chrono::duration<double>(Clock::now() - start).count();
  });
}

void Workspace::run_shared(std::size_t first, std::size_t last, const ShardRun& run,
                           const std::function<void()>& barrier) {
  for_steps(first, last, run, [&](std::size_t s, ShardRun part) {
    barrier();
    BoundStep& bound = steps_[s];
    if (part.share.part >= part.share.parts) return;
    if (part.share.part > 0 && !bound.step->shared) return;
    if (!bound.step->shared) part.share = {};
    std::vector<void*> operands = bound.operands;
    move(bound, operands, part);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (bound.arguments[i].tensor.space != Space::scratch) continue;
      operands[i] =
          bindings_.scratch + static_cast<std::size_t>(part.share.part) * plan_->scratch_bytes;
    }
    run_step(bound, operands, part);
  });
}

void Workspace::run_step(BoundStep& bound, std::span<void* const> operands, const ShardRun& run) {
  if (bound.step->kernel) {
    bound.step->kernel(operands, run);
    return;
  }
  const auto status =
      dnnl_primitive_execute(bound.step->primitive.get(), stream_.get(),
                             static_cast<int>(bound.handles.size()), bound.handles.data());
  if (status == dnnl_out_of_memory) throw std::bad_alloc();
  if (status != dnnl_success) {
    throw std::runtime_error(fmt::format("oneDNN failed in step '{}' with status {}",
                                         bound.step->name, static_cast<int>(status)));
  }
}

}  // namespace ridgeline::engine
