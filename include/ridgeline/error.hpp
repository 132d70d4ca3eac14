#pragma once
// All errors that Ridgeline throws. The message is one sentence: what is wrong, where (file, line,
// byte or key), and what would be right.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/diagnosis.hpp"

namespace ridgeline {

/// The kinds of errors. The command line has an exit code for each.
enum class ErrorKind {
  usage,        ///< the call or the experiment file is wrong
  data,         ///< a data or model file is wrong
  diverged,     ///< training diverged
  resource,     ///< disk, memory, network or another process is missing
  interrupted,  ///< stopped from outside before the work was done
};

/// Base of all errors.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

/// A wrong argument, option, key or value, or a network whose layers do not fit together.
struct UsageError : Error {
  explicit UsageError(const std::string& message) : Error(ErrorKind::usage, message) {}
};

/// A data set or model file that is truncated, corrupt, of the wrong kind or inconsistent.
struct DataError : Error {
  explicit DataError(const std::string& message) : Error(ErrorKind::data, message) {}
};

/// The loss became NaN or infinite.
struct DivergedError : Error {
  explicit DivergedError(const std::string& message, std::vector<Verdict> found = {})
      : Error(ErrorKind::diverged, message), verdicts(std::move(found)) {}

  std::vector<Verdict> verdicts;  ///< the likely causes; empty without FitOptions::statistics
};

/// The machine cannot give what is needed: disk space, memory, permissions, network.
struct ResourceError : Error {
  explicit ResourceError(const std::string& message) : Error(ErrorKind::resource, message) {}
};

}  // namespace ridgeline
