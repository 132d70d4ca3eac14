#include "image/resize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <vector>

#include "image/kernels.hpp"
#include "image/taps.hpp"
#include "ridgeline/error.hpp"
#include "tensor/memory.hpp"

namespace ridgeline::image {
namespace {

void check(const ImageView& image, Size size, const RealBox& box) {
  assert(image.channels == 1 || image.channels == 3);
  if (size.height < 1 || size.width < 1 || size.height > most_pixels / size.width) {
    throw UsageError(
        fmt::format("an image cannot be resized to {} x {} pixels", size.width, size.height));
  }
  // Written so that NaN fails.
  const bool inside = box.left >= 0 && box.top >= 0 && box.width > 0 && box.height > 0 &&
                      box.left + box.width <= static_cast<double>(image.width) &&
                      box.top + box.height <= static_cast<double>(image.height);
  if (!inside) {
    throw UsageError(fmt::format(
        "the box of {} x {} pixels at ({}, {}) must be inside of the image of {} x {} pixels",
        box.width, box.height, box.left, box.top, image.width, image.height));
  }
}

template <std::size_t Channels>
void gather(const ImageView& from, const std::vector<std::int64_t>& rows,
            const std::vector<std::int64_t>& columns, std::uint8_t* to) {
  for (const std::int64_t y : rows) {
    const std::uint8_t* row =
        from.pixels.data() + static_cast<std::size_t>(y * from.width) * Channels;
    for (const std::int64_t x : columns) {
      to = std::copy_n(row + static_cast<std::size_t>(x) * Channels, Channels, to);
    }
  }
}

void nearest(const ImageView& image, const Axis& rows, const Axis& columns, Image& to) {
  const auto gather_pixels = image.channels == 1 ? gather<1> : gather<3>;
  gather_pixels(image, nearest_inputs(rows), nearest_inputs(columns), to.pixels.data());
}

/// Rows `first` to `end` of the image, with as many columns as the taps have outputs.
void resize_rows(const ImageView& image, const Taps& taps, std::int64_t first, std::int64_t end,
                 std::uint8_t* to, std::vector<std::uint8_t>& padded) {
  constexpr std::size_t read_beyond = 32;  // that resize_row reads
  const auto bytes = static_cast<std::size_t>(image.width * image.channels);
  for (std::int64_t y = first; y < end; ++y, to += taps.outputs() * image.channels) {
    const std::size_t start = static_cast<std::size_t>(y) * bytes;
    const std::uint8_t* row = image.pixels.data() + start;
    if (image.pixels.size() - start < bytes + read_beyond) {
      padded.resize(bytes + read_beyond);
      std::copy_n(row, bytes, padded.data());
      row = padded.data();
    }
    resize_row(row, image.channels, taps, to);
  }
}

bool changes(const Axis& axis) {
  return axis.start != 0 || axis.length != static_cast<double>(axis.size) ||
         axis.outputs != axis.size;
}

}  // namespace

Filter filter_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Filter>, 4> filters{
      {{"nearest", Filter::nearest},
       {"bilinear", Filter::bilinear},
       {"bicubic", Filter::bicubic},
       {"lanczos", Filter::lanczos}}};
  for (const auto& [known, filter] : filters) {
    if (known == name) return filter;
  }
  throw UsageError(fmt::format(
      R"(a filter must be "nearest", "bilinear", "bicubic" or "lanczos", not "{}")", name));
}

Image resize(const ImageView& image, Size size, Filter filter, const std::optional<RealBox>& box) {
  Image to;
  ResizeScratch scratch;
  resize(image, size, filter, box, to, scratch);
  return to;
}

void resize(const ImageView& image, Size size, Filter filter, const std::optional<RealBox>& box,
            Image& to, ResizeScratch& scratch) {
  const RealBox part = box.value_or(
      RealBox{0, 0, static_cast<double>(image.width), static_cast<double>(image.height)});
  check(image, size, part);
  const Axis columns{image.width, part.left, part.width, size.width};
  const Axis rows{image.height, part.top, part.height, size.height};
  const std::int64_t row_bytes = size.width * image.channels;
  require_memory(static_cast<std::size_t>((size.height + image.height) * row_bytes),
                 "resize an image");
  to.channels = image.channels;
  to.height = size.height;
  to.width = size.width;
  to.pixels.resize(static_cast<std::size_t>(size.height * row_bytes));
  if (filter == Filter::nearest) return nearest(image, rows, columns, to);

  const bool across = changes(columns), down = changes(rows);
  if (!across && !down) {
    std::copy(image.pixels.begin(), image.pixels.end(), to.pixels.begin());
    return;
  }
  Taps row_taps = down ? taps(rows, filter, 2) : Taps{};
  const std::uint8_t* source = image.pixels.data();
  if (across) {
    const Taps column_taps = taps(columns, filter, taps_multiple);
    if (!down) {
      resize_rows(image, column_taps, 0, image.height, to.pixels.data(), scratch.row);
      return;
    }
    // Resizes only the rows that the second pass reads.
    const std::int64_t first = row_taps.first.front();
    const std::int64_t end = row_taps.first.back() + row_taps.count.back();
    scratch.columns.resize(static_cast<std::size_t>((end - first) * row_bytes));
    resize_rows(image, column_taps, first, end, scratch.columns.data(), scratch.row);
    for (std::int64_t& row : row_taps.first) row -= first;
    source = scratch.columns.data();
  }
  for (std::int64_t y = 0; y < size.height; ++y) {
    resize_column(source, row_bytes, row_taps, y, to.pixels.data() + y * row_bytes);
  }
}

}  // namespace ridgeline::image
