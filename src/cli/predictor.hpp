#pragma once
// A model's predictions of image files: decoded on threads, computed in batches.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/predict_inputs.hpp"
#include "cli/views.hpp"
#include "ridgeline/model.hpp"

namespace ridgeline::cli {

struct ImageResult {
  std::string image;           ///< its name
  ImagePrediction prediction;  ///< empty if the image could not be read
  std::string error;           ///< why the image could not be read; else empty
  Image shown;                 ///< if asked for: the image as the network sees it
};

struct PredictOptions {
  int top = 5;
  std::size_t keep_shown = 0;  ///< keep that many images for a drawing
};

/// The results are in the order of the inputs. `done` is called after each batch with the number of
/// images. If it returns false, an Error of the kind `interrupted` is thrown.
std::vector<ImageResult> predict_images(Model& model, const Views& views,
                                        std::vector<PredictInput> inputs,
                                        const PredictOptions& options,
                                        const std::function<bool(std::size_t done)>& done);

}  // namespace ridgeline::cli
