#pragma once
// Handles images that cannot be read: whether training continues, and who is told.

#include <memory>

#include "data/error_log.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// The error log for `samples`, by FitOptions::on_error. Each sentence is written to the run's
/// log.txt and given to Callbacks::on_note. Throws UsageError for an unknown on_error.
std::shared_ptr<data::ErrorLog> unreadable(const FitOptions& options, std::size_t samples);

}  // namespace ridgeline::train
