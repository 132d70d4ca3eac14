#pragma once
// The names that rooms above use for files that appear whole or not at all.

#include "tensor/atomic_file.hpp"

namespace ridgeline::interop {

using ridgeline::AtomicFile;
using ridgeline::make_folder;
using ridgeline::write_file;

}  // namespace ridgeline::interop
