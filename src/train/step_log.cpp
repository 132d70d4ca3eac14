#include "train/step_log.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "interop/csv.hpp"
#include "interop/read_text.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"
#include "train/statistics.hpp"

namespace ridgeline::train {
namespace {

std::string header() {
  std::string line = "step,epoch,name";
  for (const auto& [name, field] : mean_fields) line += fmt::format(",{}", name);
  return line;
}

}  // namespace

void StepLog::begin(std::int64_t done) {
  text_ = header() + "\n";
  if (done == 0 || !std::filesystem::exists(file_)) return;
  constexpr std::uint64_t most = std::uint64_t{1} << 32;
  auto [text, problem, refused] = interop::read_text(file_, most);
  const std::string sentence = fmt::format("{} cannot be read: {}", file_.string(), problem);
  if (refused) throw ResourceError(sentence);
  if (!problem.empty()) throw DataError(sentence);
  std::istringstream file(std::move(text));
  std::string line;
  std::getline(file, line);
  if (line + "\n" != text_) {
    throw DataError(fmt::format("{}:1: its columns differ from those of this version, {}",
                                file_.string(), header()));
  }
  const std::size_t columns = interop::cells_of(line).size();
  for (int number = 2; std::getline(file, line); ++number) {
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), step);
    if (error != std::errc() || end == line.data() + line.size() || *end != ',') {
      throw DataError(fmt::format("{}:{}: does not begin with a step", file_.string(), number));
    }
    if (step > done) return;  // trained once more
    if (file.eof() || interop::cells_of(line).size() != columns) {
      throw DataError(
          fmt::format("{}:{}: is cut short: remove the file, or train without "
                      "train.log_every",
                      file_.string(), number));
    }
    text_ += line + "\n";
  }
}

void StepLog::add(const StepStatistics& step, const Layout& layout) {
  if (step.step % every_ != 0) return;
  for (std::size_t p = 0; p < step.parameters.size(); ++p) {
    const ParameterStatistics& values = step.parameters[p];
    if (values == ParameterStatistics{}) continue;  // frozen, or a running statistic
    text_ += fmt::format("{},{},{}", step.step, step.epoch, layout.parameters[p].name);
    for (const auto& [name, field] : mean_fields) text_ += fmt::format(",{}", values.*field);
    text_ += '\n';
  }
}

void StepLog::write() const {
  write_file(file_, text_);
}

}  // namespace ridgeline::train
