#include "cli/predictor.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <mutex>

#include "engine/team.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/task.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::cli {
namespace {

constexpr std::size_t views_at_once = 128;

/// Images that are decoded together.
struct Block {
  std::size_t first = 0;
  std::vector<float> pixels;  // of all views of the images without errors
  std::vector<ImageResult> results;
};

class Reader {
 public:
  Reader(const Views& views, std::span<const PredictInput> inputs, std::size_t keep_shown)
      : views_(views),
        inputs_(inputs),
        keep_shown_(keep_shown),
        per_block_(std::max<std::size_t>(1, views_at_once / views.count())) {}

  Block read(std::size_t first) const {
    const std::size_t count = std::min(per_block_, inputs_.size() - first);
    Block block{first, std::vector<float>(count * views_.numbers()), {}};
    block.results.resize(count);
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::exception_ptr failed;
    const auto work = [&](int) {
      try {
        for (std::size_t k = 0; (k = next++) < count;) read_one(block, k);
      } catch (...) {
        const std::lock_guard lock(mutex);
        failed = std::current_exception();
        next = count;
      }
    };
    const int threads = static_cast<int>(std::min<std::size_t>(count, engine::available_cores()));
    auto started = start_threads(threads, {.purpose = "read images",
                                           .key = "the number of threads",
                                           .work = work,
                                           .release = [&] { next = count; }});
    for (std::thread& thread : started) thread.join();
    if (failed) std::rethrow_exception(failed);
    keep_good(block);
    return block;
  }

 private:
  void read_one(Block& block, std::size_t k) const {
    const PredictInput& input = inputs_[block.first + k];
    ImageResult& result = block.results[k];
    result.image = input.name;
    result.error = input.error;
    if (!result.error.empty()) return;
    try {
      const std::size_t size = views_.numbers();
      const auto pixels = std::span(block.pixels).subspan(k * size, size);
      Image* const shown = block.first + k < keep_shown_ ? &result.shown : nullptr;
      views_.read(input.read(), input.name, pixels, shown);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::data && error.kind() != ErrorKind::resource) throw;
      result.error = error.what();
    }
  }

  // Moves the pixels of the images without errors together.
  void keep_good(Block& block) const {
    const auto size = static_cast<std::ptrdiff_t>(views_.numbers());
    auto to = block.pixels.begin();
    for (std::size_t k = 0; k < block.results.size(); ++k) {
      if (!block.results[k].error.empty()) continue;
      const auto from = block.pixels.begin() + static_cast<std::ptrdiff_t>(k) * size;
      if (from != to) std::copy_n(from, size, to);
      to += size;
    }
    block.pixels.erase(to, block.pixels.end());
  }

  const Views& views_;
  std::span<const PredictInput> inputs_;
  std::size_t keep_shown_, per_block_;
};

class Computer {
 public:
  Computer(Model& model, std::size_t views, int top)
      : model_(model),
        views_(views),
        top_(top),
        task_(task_named(model.options().task.empty() ? "classify" : model.options().task)) {}

  void compute(Block& block) {
    if (block.pixels.empty()) return;
    const std::vector<float> outputs = model_.predict(std::span<const float>(block.pixels));
    const std::size_t good = static_cast<std::size_t>(
        std::ranges::count_if(block.results, [](const auto& r) { return r.error.empty(); }));
    const std::size_t width = outputs.size() / (good * views_);
    std::span<const float> rest(outputs);
    for (ImageResult& result : block.results) {
      if (!result.error.empty()) continue;
      const std::vector<float> mean = mean_of(rest.first(width * views_), width);
      rest = rest.subspan(width * views_);
      const Tensors tensors{
          TensorView("output", std::span<const float>(mean), {static_cast<std::int64_t>(width)})};
      result.prediction = task_.predict(tensors, model_.options().class_names, top_);
    }
  }

 private:
  // The mean over the views of one image.
  std::vector<float> mean_of(std::span<const float> outputs, std::size_t width) const {
    std::vector<float> mean(width);
    for (std::size_t k = 0; k < width; ++k) {
      double sum = 0;
      for (std::size_t v = 0; v < views_; ++v) sum += outputs[v * width + k];
      mean[k] = static_cast<float>(sum / static_cast<double>(views_));
    }
    return mean;
  }

  Model& model_;
  std::size_t views_;
  int top_;
  const Task& task_;
};

}  // namespace

std::vector<ImageResult> predict_images(Model& model, const Views& views,
                                        std::vector<PredictInput> inputs,
                                        const PredictOptions& options,
                                        const std::function<bool(std::size_t done)>& done) {
  const Reader reader(views, inputs, options.keep_shown);
  Computer computer(model, views.count(), options.top);
  std::vector<ImageResult> results;
  if (inputs.empty()) return results;
  Block block = reader.read(0);
  while (true) {
    // Decodes the next images while these are predicted.
    const std::size_t next = block.first + block.results.size();
    std::future<Block> ahead;
    if (next < inputs.size()) {
      ahead = std::async(std::launch::async, [&reader, next] { return reader.read(next); });
    }
    computer.compute(block);
    std::ranges::move(block.results, std::back_inserter(results));
    if (!done(results.size())) {
      throw Error(ErrorKind::interrupted, "stopped before all images were predicted");
    }
    if (!ahead.valid()) return results;
    block = ahead.get();
  }
}

}  // namespace ridgeline::cli
