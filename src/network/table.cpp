#include "network/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>

namespace ridgeline::network {
namespace {

constexpr std::string_view gap = "  ";

/// Counts characters, not bytes: UTF-8's continuation bytes do not count.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// `number` in the largest unit in which it is at least 1, to three digits.
std::string scaled(double number, double step, std::span<const std::string_view> units) {
  std::size_t unit = 0;
  for (; number >= step && unit + 1 < units.size(); ++unit) number /= step;
  if (unit == 0) return fmt::format("{:.0f} {}", number, units[0]);
  return fmt::format("{:.{}f} {}", number, number < 10 ? 2 : number < 100 ? 1 : 0, units[unit]);
}

}  // namespace

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(characters(columns_[i].title));
    for (const auto& row : rows_) {
      for (const std::string& line : row[i]) widths[i] = std::max(widths[i], characters(line));
    }
  }
  return widths;
}

std::size_t Table::width() const {
  const std::vector<std::size_t> all = widths();
  return std::reduce(all.begin(), all.end(), gap.size() * (all.size() - 1));
}

std::string Table::block(std::span<const std::size_t> shown, std::size_t rule) const {
  const std::vector<std::size_t> widths = this->widths();
  std::string text;
  const auto add_line = [&](auto&& cell) {
    std::string line;
    for (const std::size_t i : shown) {
      const std::string& content = cell(i);
      const std::string space(widths[i] - characters(content), ' ');
      if (i != shown.front()) line += gap;
      line += columns_[i].right ? space + content : content + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  const auto add_rule = [&] {
    for (std::size_t i = rule; i > 0; --i) text += "─";
    text += '\n';
  };

  add_line([&](std::size_t i) { return columns_[i].title; });
  add_rule();
  for (const auto& row : rows_) {
    std::size_t lines = 0;
    for (const std::size_t i : shown) lines = std::max(lines, row[i].size());
    for (std::size_t n = 0; n < lines; ++n) {
      add_line([&](std::size_t i) { return n < row[i].size() ? row[i][n] : std::string(); });
    }
  }
  add_rule();
  return text;
}

std::string Table::text(std::size_t width) const {
  const std::size_t rule = std::min({this->width(), terminal, width});
  std::string text;
  for (const auto& shown : blocks_of_columns(widths(), gap.size(), width)) {
    text += block(shown, rule);
  }
  return text;
}

std::vector<std::vector<std::size_t>> blocks_of_columns(std::span<const std::size_t> widths,
                                                        std::size_t gap, std::size_t width) {
  std::vector<std::vector<std::size_t>> blocks{{0}};
  std::size_t taken = widths[0];
  for (std::size_t i = 1; i < widths.size(); ++i) {
    if (taken + gap + widths[i] > width && blocks.back().size() > 1) {
      blocks.push_back({0});
      taken = widths[0];
    }
    blocks.back().push_back(i);
    taken += gap + widths[i];
  }
  return blocks;
}

std::string with_thousands(std::int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-') text += ',';
    text += digits[i];
  }
  return text;
}

std::string memory_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  return scaled(static_cast<double>(bytes), 1024, units);
}

std::string flops_text(std::int64_t flops) {
  constexpr std::array<std::string_view, 5> units = {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP"};
  return scaled(static_cast<double>(flops), 1000, units);
}

}  // namespace ridgeline::network
