#include "train/unreadable.hpp"

#include <fstream>

namespace ridgeline::train {

std::shared_ptr<data::ErrorLog> unreadable(const FitOptions& options, std::size_t samples) {
  const auto say = [run = options.run, note = options.callbacks.on_note](const std::string& line) {
    // A log that cannot be written must not end the training that it is about.
    if (!run.empty()) std::ofstream(run / "log.txt", std::ios::app) << line << '\n';
    if (note) note(line);
  };
  return std::make_shared<data::ErrorLog>(data::on_error_of(options.on_error), samples, say);
}

}  // namespace ridgeline::train
