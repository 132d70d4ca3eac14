#pragma once
// What a source of images gives: samples for each use.

#include <memory>
#include <string>
#include <vector>

#include "ridgeline/sample.hpp"

namespace ridgeline::data {

struct SampleParts {
  std::shared_ptr<const SampleSource> train;
  std::shared_ptr<const SampleSource> validation;  ///< none where the source has no such part
  std::shared_ptr<const SampleSource> test;        ///< likewise; may be without targets
  /// Sentences for the user about what was left out.
  std::vector<std::string> notes;
};

}  // namespace ridgeline::data
