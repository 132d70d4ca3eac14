#pragma once
// The one family of errors that Ridgeline throws. An error is one sentence that says what is
// wrong, where (file, line or byte, or key) and what would be right.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/diagnosis.hpp"

namespace ridgeline {

/// What the command line exits with when an error of this kind ends it.
enum class ExitCode {
  done = 0,
  usage = 2,          ///< the call or the experiment file is wrong
  data = 3,           ///< a data or model file is wrong
  diverged = 4,       ///< training diverged
  resource = 5,       ///< disk, memory, network or a peer was missing
  interrupted = 130,  ///< interrupted, after saving a checkpoint
};

/// Base of all errors; `exit_code()` says which kind it is.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode exit_code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// A wrong argument, option, key or value; also a network whose layers do not fit.
struct UsageError : Error {
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};

/// A data set or model file that is truncated, corrupt, of the wrong kind or inconsistent.
struct DataError : Error {
  explicit DataError(const std::string& message) : Error(ExitCode::data, message) {}
};

/// The loss became NaN or infinite.
struct DivergedError : Error {
  explicit DivergedError(const std::string& message, std::vector<Verdict> found = {})
      : Error(ExitCode::diverged, message), verdicts(std::move(found)) {}

  std::vector<Verdict> verdicts;  ///< what it came from; none without FitOptions::statistics
};

/// The machine could not give what was asked: disk, memory, permissions, network.
struct ResourceError : Error {
  explicit ResourceError(const std::string& message) : Error(ExitCode::resource, message) {}
};

}  // namespace ridgeline
