#include "cli/inspect_data.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/data_scan.hpp"
#include "cli/data_words.hpp"
#include "cli/inspection_output.hpp"
#include "cli/numbers.hpp"
#include "cli/picture_file.hpp"
#include "data/inspection/sheet.hpp"
#include "engine/team.hpp"
#include "experiment/fit_images.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

/// The first word names the data, unless all are key=value.
NamedData find_data(const std::vector<std::string>& words) {
  const std::span<const std::string> all(words);
  const bool only_keys =
      words.front().find('=') != std::string::npos && !std::filesystem::exists(words.front());
  return only_keys ? named_data({}, all) : named_data(words.front(), all.subspan(1));
}

bool one_size(const NamedData& named) {
  return !named.experiment.data.size.empty() || named.images.train.image_shape().rank() > 0;
}

void write_sheet(const NamedData& named, const std::string& file, Console& console) {
  experiment::Images images = named.images;
  experiment::DataSection section = named.experiment.data;
  if (!one_size(named)) {
    constexpr std::int64_t small = 160;
    section.size = {small};
    section.resize = "letterbox";
    console.note(
        fmt::format("the sheet shows whole images in {} x {} pixels, since data.size does "
                    "not give the size that a network sees",
                    small, small));
  }
  experiment::fit_images(section, images);
  const Image sheet = data::augmented_sheet(
      images.train, {.augment = section.augment,
                     .seed = static_cast<std::uint64_t>(named.experiment.train.seed),
                     .threads = engine::available_cores()});
  write_picture(file, sheet);
}

}  // namespace

ExitCode inspect_data(const Arguments& arguments, Console& console) {
  const auto sheet = arguments.option("--show");
  if (sheet) check_picture_file("--show", *sheet);
  const auto quick = number_of<std::size_t>(arguments, "--quick", 0, 1);
  NamedData named = find_data(arguments.positionals());
  if (sheet) write_sheet(named, *sheet, console);
  // Inspect the images as a network would see them.
  if (one_size(named)) experiment::fit_images(named.experiment.data, named.images);
  const auto& section = named.experiment.data;
  const InspectedData about{section.source, section.path, named.images.notes};
  const data::Inspection found = inspect_parts(parts_of(named.images), quick, console);
  if (console.json()) {
    auto json = inspection_json(found, about);
    if (sheet) json["sheet"] = *sheet;
    Console::result(json);
  } else {
    console.write(inspection_text(found, about, console.page()));
    if (sheet) console.print("\n{} shows images as training reads them\n", *sheet);
  }
  return data::unusable(found).empty() ? ExitCode::done : ExitCode::data;
}

}  // namespace ridgeline::cli
