#pragma once
// Numbers and tables for people.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/printable.hpp"

namespace ridgeline::cli {

/// A loss or a fraction: "0.4213", "1.20e-05", "0".
std::string number(double value);
/// A mean and its standard error, both written as number() writes the mean: "0.4213 ± 0.0021".
std::string with_error(double mean, double error);
/// "1:02:05", "2:05".
std::string duration(double seconds);
/// "60,000".
std::string count(std::int64_t value);
/// "1 epoch", "1,000 epochs".
std::string counted(std::int64_t value, std::string_view thing);

/// Rows of cells; the first row is the header. The first column is aligned to the left, all others
/// to the right. Lines have no spaces at their ends. Columns that do not fit on the page follow
/// below, each block with the first column. A cell that is too long is shortened. Cells may contain
/// any text: see printable().
std::string table(const std::vector<std::vector<std::string>>& rows, const Page& page = {});

}  // namespace ridgeline::cli
