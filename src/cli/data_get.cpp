#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "data/download.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);

std::string known_sets() {
  std::vector<std::string_view> names;
  for (const data::RemoteSet& set : data::remote_sets()) names.push_back(set.source);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string progress_line(const data::DownloadProgress& progress) {
  const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  return fmt::format("{}  {:.1f} of {:.1f} MB", progress.file, megabytes(progress.received),
                     megabytes(progress.bytes));
}

int get(const Arguments& arguments, Console& console) {
  const std::string& name = arguments.positionals().front();
  const std::atomic<bool>& stop = stop_on_interrupt();
  std::chrono::steady_clock::time_point drawn{};
  const auto done = data::download(name, [&](const data::DownloadProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn > redraw_interval) {
      console.redraw(progress_line(progress));
      drawn = now;
    }
    return !stop;
  });
  console.print("{} {} in {}\n", name, done.already_there ? "was there already," : "is ready",
                done.folder.string());
  if (console.json()) {
    Console::result(nlohmann::ordered_json{
        {"source", name}, {"path", done.folder.string()}, {"already_there", done.already_there}});
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command data_get_command() {
  return {
      .name = "data get",
      .summary = "download a data set, with its checksum, into the usual place",
      .positionals = {{"NAME", known_sets()}},
      .details =
          "An interrupted download continues where it stopped.\n\n"
          "Examples:\n"
          "  ridgeline data get cifar10\n",
      .run = get,
  };
}

}  // namespace ridgeline::cli
