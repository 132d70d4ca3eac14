#include "train/format.hpp"

#include <fmt/format.h>

#include "ridgeline/error.hpp"
#include "ridgeline/version.hpp"

namespace ridgeline::train {

void FileFormat::write(interop::Metadata& metadata) const {
  metadata["format"] = name;
  metadata["format_version"] = std::to_string(version);
  metadata["ridgeline"] = ridgeline::version();
}

void FileFormat::check(const interop::Safetensors& file) const {
  const auto entry = [&](std::string_view key) -> std::string {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? "" : found->second;
  };
  if (entry("format") != name) {
    throw DataError(fmt::format("{}: not a {} file: its metadata give the format '{}'", file.name(),
                                name, entry("format")));
  }
  if (entry("format_version") != std::to_string(version)) {
    throw DataError(fmt::format(
        "{}: written by ridgeline {} in version {} of the format {}; this is ridgeline {}, which "
        "reads version {}",
        file.name(), entry("ridgeline"), entry("format_version"), name, ridgeline::version(),
        version));
  }
}

}  // namespace ridgeline::train
