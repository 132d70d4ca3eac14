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

/// Rows of cells, the first row the header: the first column is aligned to the left, all others to
/// the right. No spaces at the ends of lines. Columns that the page does not hold side by side
/// follow below, each block with the first column; a cell that is too long is shortened. Cells may
/// hold any text: see printable().
std::string table(const std::vector<std::vector<std::string>>& rows, const Page& page = {});

}  // namespace ridgeline::cli
