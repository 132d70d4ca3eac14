#include "image/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "image/decoder.hpp"

namespace ridgeline::image {
namespace {

struct Signature {
  std::size_t at;
  std::string_view text;
  std::string_view name;
};

using namespace std::string_view_literals;
constexpr std::array<Signature, 20> signatures{{{0, "GIF8"sv, "a GIF image"},
                                                {4, "ftypavif"sv, "an AVIF image"},
                                                {4, "ftypavis"sv, "an AVIF image"},
                                                {4, "ftyphei"sv, "a HEIC image"},
                                                {4, "ftyphev"sv, "a HEIC image"},
                                                {4, "ftypmif1"sv, "a HEIF image"},
                                                {4, "ftypmsf1"sv, "a HEIF image"},
                                                {0, "\0\0\0\x0cJXL "sv, "a JPEG XL image"},
                                                {0, "\xff\x0a"sv, "a JPEG XL image"},
                                                {0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 image"},
                                                {0, "\xff\x4f\xff\x51"sv, "a JPEG 2000 image"},
                                                {0, "8BPS"sv, "a Photoshop image"},
                                                {0, "%PDF"sv, "a PDF document"},
                                                {0, "PK\x03\x04"sv, "a zip archive"},
                                                {0, "\x1f\x8b"sv, "a gzip file"},
                                                {0, "\x76\x2f\x31\x01"sv, "an OpenEXR image"},
                                                {0, "#?RADIANCE"sv, "a Radiance image"},
                                                {0, "\x93NUMPY"sv, "a NumPy array"},
                                                {0, "P7\n"sv, "a PAM image"},
                                                {0, "Pf\n"sv, "a PFM image"}}};

/// The beginning of a text in lower case, without a byte order mark and white space.
std::string first_word(Bytes file) {
  if (begins_with(file, "\xef\xbb\xbf")) file = file.subspan(3);
  const auto* begin = std::find_if(file.data(), file.data() + file.size(),
                                   [](std::uint8_t c) { return std::isspace(c) == 0; });
  std::string word(begin, std::min(begin + 16, file.data() + file.size()));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

}  // namespace

std::string not_an_image(Bytes file) {
  if (file.empty()) return "is empty: an image was expected";
  const std::string word = first_word(file);
  if (word.starts_with("<svg")) {
    return "is an SVG drawing, which has no pixels: convert it to PNG";
  }
  for (const std::string_view tag : {"<!doctype", "<html", "<head", "<body", "<?xml", "<!--"}) {
    if (word.starts_with(tag)) {
      return "begins like HTML: it is a page, an answer of a server perhaps, and no image";
    }
  }
  for (const Signature& one : signatures) {
    if (file.size() > one.at && begins_with(file.subspan(one.at), one.text)) {
      return fmt::format("is {}; the formats that can be read are {}", one.name, format_names());
    }
  }
  return fmt::format("is not an image in a format that can be read: {}", format_names());
}

}  // namespace ridgeline::image
