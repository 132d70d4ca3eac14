#pragma once
// Sources that read all of their images when they are opened, so that none can fail later.

#include <string_view>

namespace ridgeline::data {

/// Whether `source` is such a source of the library; false for one of an application's own.
bool reads_all_at_once(std::string_view source);

}  // namespace ridgeline::data
