#pragma once
// The one family of errors that Ridgeline throws. An error is one sentence that says what is
// wrong, where (file, line or byte, or key) and what would be right.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ridgeline/diagnosis.hpp"

namespace ridgeline {

/// What kind of thing went wrong.
enum class ErrorKind {
  usage,        ///< the call or the experiment file is wrong
  data,         ///< a data or model file is wrong
  diverged,     ///< training diverged
  resource,     ///< disk, memory, network or a peer was missing
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

/// A wrong argument, option, key or value; also a network whose layers do not fit.
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

  std::vector<Verdict> verdicts;  ///< what it came from; none without FitOptions::statistics
};

/// The machine could not give what was asked: disk, memory, permissions, network.
struct ResourceError : Error {
  explicit ResourceError(const std::string& message) : Error(ErrorKind::resource, message) {}
};

}  // namespace ridgeline
