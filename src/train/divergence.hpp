#pragma once
// diverged.safetensors: a model as it was when its training diverged, with what there is to say of
// it beside diagnosis.csv in its metadata.

#include <filesystem>
#include <optional>

#include "diagnose/record.hpp"
#include "interop/safetensors.hpp"
#include "train/core.hpp"

namespace ridgeline::train {

inline constexpr const char* diverged_name = "diverged.safetensors";

struct Divergence {
  std::string sentence;  ///< DivergedError's
  double learning_rate = 0;
  std::optional<diagnose::Overshoot> overshoot;
};

/// Whole or not at all. Throws ResourceError.
void save_diverged(const ModelCore& core, const std::filesystem::path& file,
                   const Divergence& divergence);
/// Whether a file is one of these.
bool is_diverged(const interop::Safetensors& file);
/// Throws DataError where it is: the weights are of use for a diagnosis only.
void refuse_diverged(const interop::Safetensors& file);
/// Nothing where there is no such file. Throws DataError for one that is corrupt.
std::optional<Divergence> read_divergence(const std::filesystem::path& file);

}  // namespace ridgeline::train
