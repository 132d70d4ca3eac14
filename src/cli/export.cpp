#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/results.hpp"
#include "cli/table.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::cli {
namespace {

using nlohmann::ordered_json;
using std::filesystem::path;

/// The size of a layer, or of a whole network.
struct Size {
  std::int64_t filters = 0;
  std::int64_t parameters = 0;  // without statistics
  std::int64_t flops = 0;       // of one image, forward
};
struct Row {
  std::string name;
  Size before, after;
};

/// The layers of a network that have parameters, in order.
std::vector<std::pair<std::string, Size>> sizes(const Model& model) {
  const Layout& layout = model.layout();
  std::vector<std::pair<std::string, Size>> all;
  for (std::size_t n = 0; n < model.network().nodes().size(); ++n) {
    Size size{.filters = layout.outputs[n][0], .flops = layout.flops[n]};
    for (const Parameter& parameter : layout.parameters) {
      if (parameter.node != static_cast<int>(n) || parameter.spec.role == Role::statistic) continue;
      size.parameters += parameter.spec.shape.elements();
    }
    if (size.parameters > 0) all.emplace_back(model.network().nodes()[n].name, size);
  }
  return all;
}

/// Compares layers by name. `after` may lack some. The last row is the whole network.
std::vector<Row> compare(const Model& before, const Model& after) {
  std::vector<Row> rows;
  Row whole{.name = "all", .before = {}, .after = {}};
  const auto left = sizes(after);
  const std::map<std::string, Size> small(left.begin(), left.end());
  for (const auto& [name, size] : sizes(before)) {
    const auto found = small.find(name);
    const Size reduced = found == small.end() ? Size{} : found->second;
    rows.push_back({name, size, reduced});
    whole.before.parameters += size.parameters;
    whole.before.flops += size.flops;
    whole.after.parameters += reduced.parameters;
    whole.after.flops += reduced.flops;
  }
  rows.push_back(whole);
  return rows;
}

ordered_json to_json(const Row& row) {
  const auto pair = [](std::int64_t before, std::int64_t after) {
    return ordered_json{{"before", before}, {"after", after}};
  };
  ordered_json json;
  json["name"] = row.name;
  json["filters"] = pair(row.before.filters, row.after.filters);
  json["parameters"] = pair(row.before.parameters, row.after.parameters);
  json["flops"] = pair(row.before.flops, row.after.flops);
  return json;
}

ordered_json to_json(const path& model, const path& output, const std::vector<Row>& rows,
                     const std::vector<StayingFilters>& staying) {
  auto layers = ordered_json::array(), zeros = ordered_json::array();
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) layers.push_back(to_json(rows[i]));
  for (const auto& [layer, count, why] : staying) {
    zeros.push_back({{"layer", layer}, {"filters", count}, {"why", why}});
  }
  const ordered_json whole = to_json(rows.back());
  return {
      {"model", model.string()}, {"output", output.string()}, {"parameters", whole["parameters"]},
      {"flops", whole["flops"]}, {"layers", layers},          {"staying", zeros}};
}

void print(Console& console, const path& output, const std::vector<Row>& rows,
           const std::vector<StayingFilters>& staying) {
  std::vector<std::vector<std::string>> cells{
      {"layer", "filters", "after", "parameters", "after", "FLOPs", "after"}};
  for (const auto& [name, before, after] : rows) {
    const auto filters = [](const Size& size) {
      return size.filters > 0 ? count(size.filters) : std::string();
    };
    cells.push_back({name, filters(before), filters(after), count(before.parameters),
                     count(after.parameters), count(before.flops), count(after.flops)});
  }
  console.write(table(cells, console.page()));
  for (const auto& [layer, filters, why] : staying) {
    console.print("\n{} of {} stay{}, though zero: {}", counted(filters, "filter"), layer,
                  filters == 1 ? "s" : "", why);
  }
  console.print("\n{}\n", output.string());
}

void check_form(const Arguments& arguments) {
  const std::string form = arguments.option("--to").value_or("");
  if (form == "safetensors") return;
  if (form == "onnx") throw UsageError("--to onnx is not supported yet: use --to safetensors");
  throw UsageError(form.empty() ? "export needs a form: --to safetensors"
                                : fmt::format("--to must be safetensors, not \"{}\"", form));
}

path output_file(const Arguments& arguments, const path& model) {
  path output = model.parent_path() / (model.stem().string() + "-export.safetensors");
  if (const auto given = arguments.option("--output")) output = *given;
  if (std::filesystem::is_directory(output)) {
    throw UsageError(fmt::format("--output must name a file, and {} is a folder", output.string()));
  }
  if (std::filesystem::exists(output) && std::filesystem::equivalent(output, model)) {
    throw UsageError(
        fmt::format("{} is the model itself: name another file with --output", output.string()));
  }
  return output;
}

int export_model(const Arguments& arguments, Console& console) {
  check_form(arguments);
  const path file = model_file(arguments.positionals().front());
  const path output = output_file(arguments, file);
  const Model model = Model::load(file);
  std::vector<StayingFilters> staying;
  std::optional<Model> shrunk;
  if (!arguments.flag("--keep-zeros")) shrunk.emplace(model.shrunk(&staying));
  const Model& result = shrunk ? *shrunk : model;
  result.save(output);
  const std::vector<Row> rows = compare(model, result);
  if (console.json()) {
    Console::result(to_json(file, output, rows, staying));
  } else {
    print(console, output, rows, staying);
  }
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Command export_command() {
  return {
      .name = "export",
      .summary = "a model file without the filters that are zero",
      .positionals = {{"MODEL", "a model file, or the folder of a run or study"}},
      .options = {{"--to", "FORM", "safetensors: a model file, as in a run"},
                  {"--output", "FILE",
                   "the new file; MODEL-export.safetensors in the same folder if absent"},
                  {"--keep-zeros", "", "keep the network unchanged"}},
      .details =
          "Removes filters and units whose kernels are exactly zero because of group_lasso (or "
          "l1). Their\nconstant values are added to the biases after them, so the network's "
          "outputs are the same.\nFilters that cannot be removed exactly are kept and listed.\n\n"
          "--json gives {\"model\", \"output\", \"parameters\", \"flops\", \"layers\", "
          "\"staying\"}:\n"
          "parameters (trained ones) and flops (of a prediction) are {\"before\", \"after\"}; a "
          "layer has\n"
          "\"name\", \"filters\", \"parameters\" and \"flops\", after 0 if it was removed; what "
          "stays has\n"
          "\"layer\", \"filters\" (how many) and \"why\".\n\n"
          "Examples:\n"
          "  ridgeline export runs/fashion-mnist-article-cnn-20250101-120000 --to safetensors\n"
          "  ridgeline export model.safetensors --to safetensors --output small.safetensors\n",
      .run = export_model,
  };
}

}  // namespace ridgeline::cli
