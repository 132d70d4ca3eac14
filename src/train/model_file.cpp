#include "train/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <stdexcept>

#include "interop/json.hpp"
#include "interop/safetensors.hpp"
#include "options/check.hpp"
#include "ridgeline/error.hpp"
#include "train/compute_fields.hpp"
#include "train/divergence.hpp"
#include "train/format.hpp"
#include "train/in_force.hpp"
#include "train/reference.hpp"

namespace ridgeline::train {
namespace {

constexpr FileFormat format{"ridgeline-model", 2};

// Images come as numbers in [0, 1]; what else is done to them (normalize) is in the network.
constexpr const char* preprocessing = R"({"range":[0,1],"layout":"NCHW"})";

// Numbers of an image: 8 GiB of floats. A file with more is wrong; the machine is not too small.
constexpr std::int64_t most_of_input = std::int64_t{1} << 31;

std::uint64_t read_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw DataError(fmt::format("seed: '{}' is not a whole number", text));
  }
  return seed;
}

std::string to_text(Precision precision) {
  return std::string(name_of(precision));
}
std::string to_text(bool value) {
  return value ? "true" : "false";
}
std::string to_text(const std::vector<std::string>& words) {
  return interop::to_json(words);
}

void from_text(const std::string& text, Precision& precision) {
  const auto named = precision_named(text);
  if (!named) throw DataError(fmt::format("precision: '{}' is neither fp32 nor bf16", text));
  precision = *named;
}
void from_text(const std::string& text, bool& value) {
  value = text == "true";
}
void from_text(const std::string& text, std::vector<std::string>& words) {
  words = interop::words_from_json(text);
}

// Values that older files do not have get their defaults.
ComputeOptions read_compute(const interop::Safetensors& file) {
  ComputeOptions compute;
  for_each_compute_field([&](const auto& field) {
    const std::string name(field.name);
    if (file.metadata().contains(name)) from_text(file.metadata(name), compute.*field.member);
  });
  return compute;
}

std::optional<Preprocessing> read_preprocessing(const interop::Safetensors& file,
                                                const Shape& input) {
  if (!file.metadata().contains("resize") || input.rank() != 3) return std::nullopt;
  const Attributes stored = interop::attributes_from_json(file.metadata("resize"));
  Preprocessing preprocessing{.height = input[1],
                              .width = input[2],
                              .channels = input[0],
                              .resize = stored.text("resize", "squash"),
                              .filter = stored.text("filter", "bilinear"),
                              .crop_share = stored.real("crop_share", 1)};
  preprocessing.check();
  return preprocessing;
}

// One text for each rule: the factor, a blank and the glob.
std::string rate_rules_text(const std::vector<RateRule>& rules) {
  std::vector<std::string> words;
  for (const auto& [match, factor] : rules) words.push_back(fmt::format("{} {}", factor, match));
  return interop::to_json(words);
}

std::vector<RateRule> read_rate_rules(const interop::Safetensors& file) {
  if (!file.metadata().contains("rate_rules")) return {};  // older files do not have them
  std::vector<RateRule> rules;
  for (const std::string& word : interop::words_from_json(file.metadata("rate_rules"))) {
    double factor = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), factor);
    const bool good = error == std::errc() && end != word.data() + word.size() && *end == ' ';
    if (!good) {
      throw DataError(
          fmt::format("{}: rate_rules must be a factor and names, not '{}'", file.name(), word));
    }
    rules.push_back({std::string(end + 1, word.data() + word.size()), factor});
  }
  return rules;
}

ModelOptions read_options(const interop::Safetensors& file, int threads) {
  using namespace interop;
  const Shape input = shape_from_json(file.metadata("input"));
  return {.input = input,
          .preprocessing = read_preprocessing(file, input),
          .loss = loss_from_json(file.metadata("loss"), make_loss),
          .optimizer = optimizer_from_json(file.metadata("optimizer"), make_optimizer),
          .regularize = regularize_from_json(file.metadata("regularize")),
          .seed = read_seed(file.metadata("seed")),
          .threads = threads,
          .compute = read_compute(file),
          .task = file.metadata().contains("task") ? std::string(file.metadata("task"))
                                                   : std::string(),  // older files do not have it
          .class_names = words_from_json(file.metadata("class_names")),
          .frozen = words_from_json(file.metadata("frozen")),
          .rate_rules = read_rate_rules(file)};
}

// Checked before the state is made, because wrong shapes could need any amount of memory.
void check_tensors(const interop::Safetensors& file, const std::vector<Parameter>& parameters,
                   bool finite) {
  for (const auto& [name, node, spec] : parameters) {
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end())
      throw DataError(fmt::format("there is no tensor '{}'", name));
    if (found->second.shape != spec.shape) {
      throw DataError(fmt::format("{} is {}, but the network needs {}", name,
                                  found->second.shape.text(), spec.shape.text()));
    }
    if (finite) file.require_finite(name);
  }
  std::size_t others = 0;
  for (const auto& [name, tensor] : file.tensors()) {
    if (!is_reference(name)) {
      ++others;
    } else if (finite) {
      file.require_finite(name);
    }
  }
  if (others > parameters.size()) {
    throw DataError(fmt::format("it has {} tensors, but the network has {} parameters", others,
                                parameters.size()));
  }
}

void read_weights(const interop::Safetensors& file, ModelCore& core) {
  const auto& parameters = core.layout().parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    file.copy(parameters[p].name, core.state.weights(p));
  }
  read_reference(file, core.state);
  core.state.touch();
}

}  // namespace

void save_model(const ModelCore& core, const std::filesystem::path& path, interop::Metadata more) {
  interop::SafetensorsWriter file;
  file.metadata = {
      {"network", interop::to_json(core.network())},
      {"input", interop::to_json(core.options.input)},
      {"class_names", interop::to_json(core.options.class_names)},
      {"task", core.options.task},
      {"preprocessing", preprocessing},
      {"loss", interop::to_json(core.loss())},
      {"optimizer", interop::to_json(core.options.optimizer)},
      {"regularize", interop::to_json(core.options.regularize)},
      {"frozen", interop::to_json(core.options.frozen)},
      {"rate_rules", rate_rules_text(core.options.rate_rules)},
      {"seed", std::to_string(core.options.seed)},
      {"in_force", interop::to_json(core.in_force)},
      {"penalties", interop::to_json(core.layout().parameters, core.penalties(core.in_force))}};
  for_each_compute_field([&](const auto& field) {
    file.metadata[std::string(field.name)] = to_text(core.options.compute.*field.member);
  });
  if (const auto& resized = core.options.preprocessing) {
    file.metadata["resize"] = interop::to_json(Attributes{{"resize", resized->resize},
                                                          {"filter", resized->filter},
                                                          {"crop_share", resized->crop_share}});
  }
  format.write(file.metadata);
  file.metadata.merge(more);
  for (std::size_t p = 0; p < core.layout().parameters.size(); ++p) {
    const Parameter& parameter = core.layout().parameters[p];
    file.add(parameter.name, parameter.spec.shape, core.state.weights(p));
  }
  add_reference(file, core.state);
  file.write(path);
}

ModelCore load_model(const std::filesystem::path& path, int threads, Diverged diverged) {
  require(threads >= 0, "train.threads must not be negative, but is {}", threads);
  const auto file = interop::Safetensors::read(path);
  format.check(file);
  if (diverged == Diverged::refused) refuse_diverged(file);
  try {
    Network network = interop::network_from_json(file.metadata("network"));
    ModelOptions options = read_options(file, threads);
    const Layout layout = infer(network, options.input);
    check_tensors(file, layout.parameters, !is_diverged(file));
    const std::int64_t pixels = layout.input.elements();
    require(pixels <= most_of_input, "an image of {} has {} numbers, and {} is the most",
            layout.input.text(), pixels, most_of_input);
    ModelCore core(std::move(network), std::move(options));
    core.in_force = read_in_force(file, core.options.regularize, core.layout().parameters);
    read_weights(file, core);
    return core;
  } catch (const ResourceError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::length_error&) {
    throw DataError(fmt::format("{}: its network is larger than any memory", file.name()));
  } catch (const Error& error) {
    const std::string_view sentence = error.what();
    throw DataError(sentence.starts_with(file.name())
                        ? std::string(sentence)
                        : fmt::format("{}: {}", file.name(), sentence));
  }
}

}  // namespace ridgeline::train
