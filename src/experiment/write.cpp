#include <fmt/format.h>

#include "experiment/file.hpp"
#include "experiment/keys.hpp"
#include "experiment/machine.hpp"
#include "ridgeline/version.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::experiment {
namespace {

constexpr std::size_t comment_column = 32;

}  // namespace

std::string to_toml(const Experiment& experiment) {
  std::string text;
  std::string_view section;
  for (const Key& key : keys()) {
    if (key.section() != section) {
      section = key.section();
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    const std::string line = fmt::format("{} = {}", key.field(), to_toml(key.write(experiment)));
    const bool beside = line.size() <= comment_column && line.find('\n') == std::string::npos;
    text += beside ? fmt::format("{:<{}} # {}\n", line, comment_column, key.meaning)
                   : fmt::format("# {}\n{}\n", key.meaning, line);
  }
  const auto quoted = [](std::string value) { return to_toml(Value{std::move(value), {}}); };
  return text + fmt::format("\n[ridgeline]\nversion = {}\ncommit = {}\nmachine = {}\n",
                            quoted(std::string(version())), quoted(std::string(commit())),
                            quoted(machine()));
}

void save(const Experiment& experiment, const std::filesystem::path& file) {
  write_file(file, to_toml(experiment));
}

}  // namespace ridgeline::experiment
