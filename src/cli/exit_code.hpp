#pragma once
// The exit codes of the program. Scripts rely on these numbers.

#include "ridgeline/error.hpp"

namespace ridgeline::cli {

enum class ExitCode {
  done = 0,
  usage = 2,
  data = 3,
  diverged = 4,
  resource = 5,
  interrupted = 130,  ///< as shells report a program that was ended by SIGINT
};

/// The exit code for an error of this kind.
constexpr ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::data:
      return ExitCode::data;
    case ErrorKind::diverged:
      return ExitCode::diverged;
    case ErrorKind::resource:
      return ExitCode::resource;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
  }
  return ExitCode::resource;
}

}  // namespace ridgeline::cli
