#pragma once
// Images that cannot be read: whether a training goes on, and who is told.

#include <memory>

#include "data/error_log.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::train {

/// The log of the images of `samples`, as FitOptions::on_error says. Each sentence goes into the
/// run's log.txt and to Callbacks::on_note. Throws UsageError for another word.
std::shared_ptr<data::ErrorLog> unreadable(const FitOptions& options, std::size_t samples);

}  // namespace ridgeline::train
