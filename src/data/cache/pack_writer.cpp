#include "data/cache/pack_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/cache/amount.hpp"
#include "data/crc32.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

std::filesystem::path in_a_folder(const std::filesystem::path& path) {
  make_folder(path.parent_path());
  return path;
}

std::span<const std::byte> bytes_of(const PackHeader& header) {
  return std::as_bytes(std::span(&header, 1));
}

}  // namespace

PackWriter::PackWriter(const std::filesystem::path& path, std::uint64_t most_bytes)
    : file_(in_a_folder(path)), path_(path), most_bytes_(most_bytes), end_(sizeof(PackHeader)) {
  file_.write(bytes_of(PackHeader()));  // `finish` writes the real one
}

void PackWriter::add(std::size_t image, const ImageRecord& record, int most) {
  const image::ImageView& pixels = record.pixels;
  PackEntry entry{.image = static_cast<std::uint32_t>(image),
                  .height = static_cast<std::uint32_t>(pixels.height),
                  .width = static_cast<std::uint32_t>(pixels.width),
                  .original_height = static_cast<std::uint32_t>(record.original[1]),
                  .original_width = static_cast<std::uint32_t>(record.original[2]),
                  .crc = crc32_of(pixels.pixels),
                  .channels = static_cast<std::uint8_t>(pixels.channels),
                  .original_channels = static_cast<std::uint8_t>(record.original[0]),
                  .scale = static_cast<std::uint8_t>(record.scale),
                  .most = static_cast<std::uint8_t>(most),
                  .shift_x = static_cast<std::uint8_t>(record.shift_x),
                  .shift_y = static_cast<std::uint8_t>(record.shift_y)};
  const std::scoped_lock lock(mutex_);
  entry.begin = end_;
  const std::uint64_t index = (entries_.size() + 1) * sizeof(PackEntry);
  if (end_ + pixels.pixels.size() + index > most_bytes_) {
    throw ResourceError(fmt::format("{} would be larger than {}: raise data.cache_limit",
                                    path_.string(), amount(most_bytes_)));
  }
  file_.write(std::as_bytes(pixels.pixels));
  end_ += pixels.pixels.size();
  entries_.push_back(entry);
}

void PackWriter::finish(const std::string& key, std::size_t images) {
  std::ranges::sort(entries_, [](const PackEntry& a, const PackEntry& b) {
    return std::pair(a.image, a.scale) < std::pair(b.image, b.scale);
  });
  const auto index = std::as_bytes(std::span(entries_));
  PackHeader header{.magic = pack_magic,
                    .images = images,
                    .entries = entries_.size(),
                    .index = end_,
                    .index_crc = crc32_of(std::string_view(
                        reinterpret_cast<const char*>(index.data()), index.size()))};
  std::copy_n(key.begin(), std::min(key.size(), header.key.size()), header.key.begin());
  file_.write(index);
  const auto bytes = bytes_of(header);
  file_.rewrite(0, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file_.commit();
}

}  // namespace ridgeline::data
