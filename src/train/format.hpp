#pragma once
// The kind and version of Ridgeline's safetensors files.

#include <string_view>

#include "interop/safetensors.hpp"

namespace ridgeline::train {

struct FileFormat {
  std::string_view name;
  int version;

  void write(interop::Metadata& metadata) const;
  /// Throws DataError for a file of another kind or another version of the format. The message
  /// names the program that wrote it.
  void check(const interop::Safetensors& file) const;
};

}  // namespace ridgeline::train
