#include "data/sources/image_files.hpp"

#include <algorithm>
#include <cctype>

namespace ridgeline::data {

bool has_extension(std::string_view name, const std::vector<std::string>& extensions) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view extension = name.substr(dot + 1);
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& known) {
    return std::equal(extension.begin(), extension.end(), known.begin(), known.end(), same);
  });
}

}  // namespace ridgeline::data
