#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "network/table.hpp"

namespace ridgeline::cli {

std::string number(double value) {
  if (std::isnan(value)) return "-";
  const double size = std::abs(value);
  if (value == 0) return "0";
  return size >= 1e-3 && size < 1e5 ? fmt::format("{:.4f}", value) : fmt::format("{:.2e}", value);
}

std::string with_error(double mean, double error) {
  const double size = std::abs(mean);
  const bool plain = mean == 0 || (size >= 1e-3 && size < 1e5);
  return plain ? fmt::format("{} ± {:.4f}", number(mean), error)
               : fmt::format("{:.2e} ± {:.2e}", mean, error);
}

std::string duration(double seconds) {
  const auto whole = std::llround(std::max(seconds, 0.0));
  const auto hours = whole / 3600, minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string count(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string counted(std::int64_t value, std::string_view thing) {
  return fmt::format("{} {}{}", count(value), thing, value == 1 ? "" : "s");
}

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::size_t> widths_of(const Rows& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], static_cast<std::size_t>(columns(row[i])));
    }
  }
  return widths;
}

/// The cells as they can be printed. Only cells that leave no space for others are shortened.
Rows cells_for(const Rows& rows, const Page& page) {
  Rows cells = rows;
  for (auto& row : cells) {
    for (std::string& cell : row) cell = printable(cell, page.utf8);
  }
  const std::vector<std::size_t> widths = widths_of(cells);
  const auto most = static_cast<std::size_t>(page.width);
  if (widths.empty() || std::reduce(widths.begin(), widths.end(), 2 * widths.size()) <= most) {
    return cells;
  }
  const int first = widths.size() == 1 ? page.width : page.width / 2 - 1;
  for (auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const int left = page.width - 2 - std::min(first, static_cast<int>(widths[0]));
      row[i] = shortened(row[i], i == 0 ? first : std::max(left, 1));
    }
  }
  return cells;
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows, const Page& page) {
  if (rows.empty()) return {};
  const Rows cells = cells_for(rows, page);
  const std::vector<std::size_t> widths = widths_of(cells);
  const auto most = static_cast<std::size_t>(page.width);
  const std::size_t wide_gap = 3, narrow_gap = 2;
  const bool roomy =
      std::reduce(widths.begin(), widths.end(), wide_gap * (widths.size() - 1)) <= most;
  const std::size_t gap = roomy ? wide_gap : narrow_gap;
  std::string text;
  for (const auto& shown : network::blocks_of_columns(widths, gap, most)) {
    if (!text.empty()) text += "\n";
    for (const auto& row : cells) {
      std::string line;
      for (const std::size_t i : shown) {
        const std::string cell = i < row.size() ? row[i] : std::string();
        const std::string space(widths[i] - static_cast<std::size_t>(columns(cell)), ' ');
        line += i == 0 ? cell + space : std::string(gap, ' ') + space + cell;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
  }
  return text;
}

}  // namespace ridgeline::cli
