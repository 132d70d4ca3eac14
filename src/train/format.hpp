#pragma once
// What kind of file of ours a safetensors file is, and of which version.

#include <string_view>

#include "interop/safetensors.hpp"

namespace ridgeline::train {

struct FileFormat {
  std::string_view name;
  int version;

  void write(interop::Metadata& metadata) const;
  /// Throws DataError for a file of another kind, or of another version of the format: says which
  /// program wrote it.
  void check(const interop::Safetensors& file) const;
};

}  // namespace ridgeline::train
