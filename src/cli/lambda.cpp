#include "ridgeline/lambda.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/numbers.hpp"
#include "network/table.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/optimizer.hpp"

namespace ridgeline::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "learning_rate" as "--learning-rate".
std::string option_of(std::string fact) {
  for (char& c : fact) {
    if (c == '_') c = '-';
  }
  return "--" + fact;
}

std::string text(double value) {
  return fmt::format("{:.6g}", value);
}

std::string text(const LambdaNumbers& numbers) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : numbers)
    parts.push_back(fmt::format("{} = {}", name, text(value)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string names() {
  std::vector<std::string> all;
  for (const LambdaConvention& convention : lambda_conventions()) all.push_back(convention.name);
  return fmt::format("{}", fmt::join(all, ", "));
}

/// "0.01" is the convention's first number, "l1=0.01" the number with that name.
LambdaNumbers read_numbers(const std::vector<std::string>& words,
                           const LambdaConvention& convention) {
  LambdaNumbers numbers;
  for (const std::string& word : words) {
    const auto sign = word.find('=');
    const std::string name =
        sign == std::string::npos ? convention.defaults.front().first : word.substr(0, sign);
    const std::string digits = sign == std::string::npos ? word : word.substr(sign + 1);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      std::vector<std::string> known;
      for (const auto& [number, standard] : convention.defaults) known.push_back(number);
      throw UsageError(fmt::format("'{}' is not a number: {} takes its {}, as in {}=0.01", word,
                                   convention.name, fmt::join(known, ", "), known.front()));
    }
    for (const auto& [given, before] : numbers) {
      if (given != name) continue;
      throw UsageError(fmt::format("the {} of {} is given twice", name, convention.name));
    }
    numbers.emplace_back(name, value);
  }
  return numbers;
}

LambdaFacts read_facts(const Arguments& arguments) {
  const auto number = [&](std::string_view option) -> std::optional<double> {
    const auto given = arguments.option(option);
    return given ? std::optional(parse(option, *given, 0.0)) : std::nullopt;
  };
  LambdaFacts facts{.learning_rate = number("--learning-rate"),
                    .images = number("--images"),
                    .batch = number("--batch"),
                    .epochs = number("--epochs"),
                    .steps = number("--steps"),
                    .outputs = number("--outputs"),
                    .target_sd = number("--target-sd"),
                    .optimizer = arguments.option("--optimizer").value_or(""),
                    .momentum = number("--momentum").value_or(0),
                    .loss = arguments.option("--loss").value_or("")};
  // Called only for their errors, which suggest the nearest name.
  if (!facts.optimizer.empty()) make_optimizer(facts.optimizer);
  if (!facts.loss.empty()) make_loss(facts.loss);
  return facts;
}

/// JSON has no infinity. Python's float() reads this word.
Json to_json(double value) {
  return std::isfinite(value) ? Json(value) : Json("inf");
}

Json to_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const LambdaNumbers& numbers) {
  Json object = Json::object();
  for (const auto& [name, value] : numbers) object[name] = to_json(value);
  return object;
}

Json to_json(const LambdaConvention& from, const LambdaNumbers& numbers,
             const LambdaConversion& conversion) {
  const Penalty& penalty = conversion.penalty;
  Json document{{"from", {{"convention", from.name}, {"numbers", to_json(numbers)}}},
                {"l2", penalty.l2},
                {"l1", penalty.l1},
                {"decay", penalty.decay},
                {"learning_rate", to_json(conversion.learning_rate)},
                {"conventions", Json::array()}};
  for (const LambdaAnswer& answer : conversion.answers) {
    document["conventions"].push_back(
        {{"convention", answer.convention.name},
         {"title", answer.convention.title},
         {"meaning", answer.convention.meaning},
         {"numbers", answer.numbers.empty() ? Json() : to_json(answer.numbers)},
         {"learning_rate", to_json(answer.learning_rate)},
         {"needs", answer.needs},
         {"reason", answer.reason.empty() ? Json() : Json(answer.reason)}});
  }
  return document;
}

std::string options_of(const std::vector<std::string>& facts) {
  std::string options;
  for (const std::string& fact : facts) {
    options += (options.empty() ? "" : ", ") + option_of(fact);
  }
  return options;
}

/// Groups conventions by the sentence that is true of them, in order of appearance.
class Groups {
 public:
  void add(const std::string& sentence, const std::string& name) {
    for (auto& [known, names] : groups_) {
      if (known == sentence) return names.push_back(name);
    }
    groups_.push_back({sentence, {name}});
  }
  std::string text(std::string_view title) const {
    std::string result = groups_.empty() ? "" : fmt::format("\n{}\n", title);
    for (const auto& [sentence, names] : groups_) {
      result += fmt::format("  {}\n      {}\n", fmt::join(names, ", "), sentence);
    }
    return result;
  }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> groups_;
};

void print(Console& console, const LambdaConvention& from, const LambdaNumbers& numbers,
           const LambdaConversion& conversion) {
  network::Table table({{"convention"}, {"numbers"}, {"learning rate", true}});
  Groups open, never;
  for (const LambdaAnswer& answer : conversion.answers) {
    const std::string& name = answer.convention.name;
    if (!answer.reason.empty()) {
      never.add(answer.reason, name);
    } else if (!answer.needs.empty()) {
      open.add("needs " + options_of(answer.needs), name);
    } else {
      table.add({{name},
                 {text(answer.numbers)},
                 {answer.learning_rate ? text(*answer.learning_rate) : ""}});
    }
  }
  console.print("{}: {}\n{}\n\n{}", from.title, text(numbers), from.meaning,
                table.text(static_cast<std::size_t>(console.page().width)));
  console.write(open.text("Not known yet:") + never.text("No number is equivalent:"));
}

LambdaConversion convert(const LambdaConvention& from, const LambdaNumbers& numbers,
                         const LambdaFacts& facts) try {
  return convert_lambda(from.name, numbers, facts);
} catch (const MissingFacts& missing) {
  throw UsageError(fmt::format("{} needs {}", from.name, options_of(missing.facts)));
}

/// Numbers that were not given count, too: glmnet's alpha, scikit-learn's l1_ratio.
LambdaNumbers with_defaults(LambdaNumbers numbers, const LambdaConvention& from) {
  for (const auto& [name, value] : from.defaults) {
    const auto has_name = [&, &name = name](const auto& number) { return number.first == name; };
    if (value != 0 && std::ranges::none_of(numbers, has_name)) numbers.emplace_back(name, value);
  }
  return numbers;
}

int lambda(const Arguments& arguments, Console& console) {
  const auto name = arguments.option("--from");
  if (!name) {
    throw UsageError(fmt::format("'ridgeline lambda' needs --from NAME: one of {}", names()));
  }
  const LambdaConvention from = lambda_convention(*name);
  const LambdaNumbers numbers = read_numbers(arguments.positionals(), from);
  const LambdaConversion conversion = convert(from, numbers, read_facts(arguments));
  const LambdaNumbers all = with_defaults(numbers, from);
  if (console.json()) {
    Console::result(to_json(from, all, conversion));
  } else {
    print(console, from, all, conversion);
  }
  return static_cast<int>(ExitCode::done);
}

std::string details() {
  std::string text =
      "What one λ of a library, or of a paper, is in Ridgeline and in all others. NUMBER is the\n"
      "first number that the convention takes, or NAME=NUMBER any of them. What an answer\n"
      "needs and was not given it names. docs/lambda.md derives the formulas.\n\nConventions:\n";
  for (const LambdaConvention& convention : lambda_conventions()) {
    text += fmt::format("  {:<18}  {}\n  {:<18}    {}\n", convention.name, convention.title, "",
                        convention.meaning);
  }
  return text +
         "\nExamples:\n"
         "  ridgeline lambda --from keras 0.01\n"
         "  ridgeline lambda --from sklearn-ridge 10 --images 5000 --outputs 1\n"
         "  ridgeline lambda --from glmnet 0.1 alpha=0.5 --loss mse --outputs 1 --target-sd 2.5\n"
         "  ridgeline lambda --from pytorch-adamw 0.05 --optimizer adamw --learning-rate 1e-3 \\\n"
         "      --images 50000 --batch 128 --epochs 100\n";
}

}  // namespace

Command lambda_command() {
  return {
      .name = "lambda",
      .summary = "one λ in every library's convention",
      .positionals = {{"NUMBER", "0.01, or by name: l2=0.01 l1=1e-4", true, true}},
      .options = {{"--from", "NAME", "the convention of NUMBER"},
                  {"--learning-rate", "LR", "in that convention, or Ridgeline's"},
                  {"--optimizer", "KIND", "gd, sgd, adam, adamw, ...; whether decay is an l2"},
                  {"--momentum", "M", "of gd and sgd; 0 if absent"},
                  {"--loss", "KIND", "mse, cross-entropy or binary-cross-entropy"},
                  {"--outputs", "K", "of the network for an image"},
                  {"--images", "N", "to train on"},
                  {"--batch", "B", "images in a step"},
                  {"--epochs", "E", "to compute the steps"},
                  {"--steps", "S", "updates in the whole training, in place of epochs"},
                  {"--target-sd", "SD",
                   "the deviation of the targets (by n), which glmnet divides by"}},
      .details = details(),
      .run = lambda,
  };
}

}  // namespace ridgeline::cli
