// Measures the effect of regularisers on 10,000 images of Fashion-MNIST and CIFAR-10, and draws the
// figures of docs/regularisation.md.
//   regularisation measure FOLDER [fashion-mnist|cifar10] [--images N] [--epochs N] [--seeds N]
//   regularisation draw FOLDER FIGURES
//   regularisation summary FOLDER
// If `measure` is stopped, it continues with the next training.

#include <algorithm>
#include <iostream>

#include "experiments.hpp"
#include "figures.hpp"
#include "measure.hpp"
#include "records.hpp"
#include "summary.hpp"

namespace {

using Arguments = std::vector<std::string>;

int whole_number(const std::string& option, const std::string& text) {
  const bool digits = !text.empty() && text.size() < 9 &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const int number = digits ? std::stoi(text) : 0;
  if (number < 1) {
    throw ridgeline::UsageError(option + " takes a whole number above 0, not \"" + text + "\"");
  }
  return number;
}

study::Measuring measuring_of(const Arguments& arguments) {
  study::Measuring measuring;
  for (std::size_t a = 2; a < arguments.size(); ++a) {
    const std::string& argument = arguments[a];
    const auto number = [&] {
      return whole_number(argument, a + 1 < arguments.size() ? arguments[++a] : "");
    };
    if (argument == "--images") {
      measuring.images = static_cast<std::size_t>(number());
    } else if (argument == "--epochs") {
      measuring.epochs = number();
    } else if (argument == "--seeds") {
      measuring.seeds = number();
    } else if (std::ranges::find(study::data_sets, argument) != study::data_sets.end()) {
      measuring.data.push_back(argument);
    } else {
      throw ridgeline::UsageError("measure takes fashion-mnist, cifar10, --images, --epochs and " +
                                  ("--seeds, not \"" + argument + "\""));
    }
  }
  if (measuring.data.empty()) measuring.data = {study::data_sets.begin(), study::data_sets.end()};
  return measuring;
}

study::Records measured(const std::string& folder) {
  study::Records records = study::read(folder);
  if (records.results.empty()) {
    throw ridgeline::UsageError(folder + " holds no measurements: `regularisation measure " +
                                folder + "` makes them");
  }
  return records;
}

}  // namespace

int main(int argc, char** argv) try {
  const Arguments arguments(argv + 1, argv + argc);
  const std::string verb = arguments.empty() ? "" : arguments[0];
  if (verb == "measure" && arguments.size() >= 2) {
    study::measure(arguments[1], measuring_of(arguments));
  } else if (verb == "draw" && arguments.size() == 3) {
    study::draw(measured(arguments[1]), arguments[2]);
  } else if (verb == "summary" && arguments.size() == 2) {
    study::summarise(measured(arguments[1]), std::cout);
  } else {
    throw ridgeline::UsageError(
        "call it as `measure FOLDER [fashion-mnist|cifar10] [--images N] [--epochs N] "
        "[--seeds N]`, `draw FOLDER FIGURES` or `summary FOLDER`");
  }
  return 0;
} catch (const ridgeline::Error& error) {
  std::cerr << "regularisation: " << error.what() << '\n';
  return error.kind() == ridgeline::ErrorKind::usage ? 2 : 1;
}
