#include "train/disk.hpp"

#include <system_error>

#include "train/checkpoint.hpp"

namespace ridgeline::train {
namespace {

constexpr std::uintmax_t description = 8192;  // a header and the metadata of a small network

}  // namespace

RunSize run_size(const Layout& layout, const ModelOptions& options, const FitOptions& fit) {
  std::uintmax_t all = 0, trained = 0;  // bytes
  for (const Parameter& parameter : layout.parameters) {
    const auto bytes = sizeof(float) * static_cast<std::uintmax_t>(parameter.spec.shape.elements());
    all += bytes;
    if (parameter.spec.role != Role::statistic) trained += bytes;
  }
  const OptimizerSetting& optimizer = options.optimizer;
  const auto slots = static_cast<std::uintmax_t>(optimizer.optimizer->slots()) +
                     (optimizer.lookahead.interval > 0 ? 1 : 0);
  // In addition to the weights: those of the best epoch, and their average.
  const std::uintmax_t copies = 2 + (fit.average == "none" ? 0 : 1);
  return {.model = all + description, .checkpoint = copies * all + slots * trained + description};
}

void remove_checkpoint(const std::filesystem::path& run) {
  std::error_code ignored;  // it takes space and does no other harm
  std::filesystem::remove(run / checkpoint_name, ignored);
}

}  // namespace ridgeline::train
