#pragma once
// diverged.safetensors: the model at the time of a divergence. Its metadata have what the diagnosis
// needs in addition to diagnosis.csv.

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
/// Throws DataError if it is one, because its weights are only for diagnosis.
void refuse_diverged(const interop::Safetensors& file);
/// Absent if there is no such file. Throws DataError if it is corrupt.
std::optional<Divergence> read_divergence(const std::filesystem::path& file);

}  // namespace ridgeline::train
