#pragma once
// steps.csv: a line for each trained parameter at every so many updates.

#include <filesystem>
#include <string>

#include "ridgeline/model.hpp"

namespace ridgeline::train {

class StepLog {
 public:
  /// Logs the updates whose number is a multiple of `every`.
  StepLog(std::filesystem::path file, std::int64_t every) : file_(std::move(file)), every_(every) {}

  /// After `done` updates: continues with the file's lines for these. Throws DataError if the file
  /// has other columns or a line has no step.
  void begin(std::int64_t done);
  /// step, epoch, name, then the numbers of the parameter; they read back as the same bits.
  void add(const StepStatistics& step, const Layout& layout);
  /// Whole or not at all. Throws ResourceError.
  void write() const;

 private:
  std::filesystem::path file_;
  std::int64_t every_;
  std::string text_;  // of the file
};

}  // namespace ridgeline::train
