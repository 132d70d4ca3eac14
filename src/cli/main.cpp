#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/memory_reserve.hpp"
#include "cli/verdicts.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

/// Opens standard streams that the caller closed, so that no other file gets their numbers. Throws
/// ResourceError if the result would be lost.
void reserve_standard_streams() {
  const bool output_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDWR);
  }
  if (output_closed) {
    throw ResourceError(
        "standard output is closed, so that the result would be lost: send it to a file, or to "
        "/dev/null");
  }
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) {
    Console console(true);
    console.write(overview(commands(), console.page()));
    return static_cast<int>(ExitCode::usage);
  }
  const Invocation invocation = parse_arguments(words, commands());
  if (!invocation.command) {
    Console console(false);
    console.write(invocation.text(console.page()));
    return static_cast<int>(ExitCode::done);
  }
  Console console(invocation.arguments.flag("--json"));
  return invocation.command->run(invocation.arguments, console);
}

/// Prints on standard error, before the sentence of the error.
void print_verdicts(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return;
  Console console(true);
  console.print("\n{}\n", verdicts_text(verdicts, console));
}

int fail(ExitCode code, const std::string& sentence) {
  print_error(sentence);
  return static_cast<int>(code);
}

// The exit code. Every error becomes a sentence.
int run_or_fail(int argc, char** argv) {
  try {
    reserve_memory();
    reserve_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);  // so that writing too large a file fails with an error
    const int code = run({argv + 1, argv + argc});
    require_written();
    return code;
  } catch (const DivergedError& error) {
    print_verdicts(error.verdicts);
    return fail(exit_code(error.kind()), error.what());
  } catch (const Error& error) {
    return fail(exit_code(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::resource,
                "there is not enough memory: a smaller train.batch or network needs less");
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(ExitCode::resource,
                fmt::format("{}: {}", error.path1().string(), error.code().message()));
  } catch (const std::exception& error) {
    return fail(ExitCode::resource,
                fmt::format("this is a defect of ridgeline, please report it: {}", error.what()));
  }
}

}  // namespace
}  // namespace ridgeline::cli

int main(int argc, char** argv) {
  return ridgeline::cli::run_or_fail(argc, argv);
}
