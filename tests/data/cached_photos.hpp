#pragma once
// Photographs of every kind in class folders. Counts how often they are decoded.

#include <atomic>
#include <functional>

#include "data/augment.hpp"
#include "data/loader.hpp"
#include "data/wrapper.hpp"
#include "folder.hpp"
#include "ridgeline/sources.hpp"
#include "support/files.hpp"

namespace ridgeline::test {

/// Counts the decodes of a source.
class Counted final : public data::WrappedSource {
 public:
  using WrappedSource::WrappedSource;
  void decode(std::size_t i, const Choose& choose, DecodedImage& to) const override {
    ++decodes;
    if (on_decode) on_decode(i);
    source().decode(i, choose, to);
  }
  mutable std::atomic<int> decodes = 0;
  std::function<void(std::size_t image)> on_decode;
};

/// Two classes of the golden images: JPEG files of every kind, one of them turned, and WebP files.
struct Photos {
  explicit Photos(int copies = 1) {
    for (int copy = 0; copy < copies; ++copy) {
      int number = 0;
      for (const auto& file : files_of("golden/images")) {
        const std::string name = std::to_string(copy) + file.filename().string();
        folder.write((number++ % 2 ? "cats/" : "dogs/") + name, read_bytes(file));
      }
    }
    open();
  }
  void open() { source = std::make_shared<Counted>(class_folders(folder.path()).train); }
  Dataset data(const Preprocessing& fit = {.height = 24, .width = 20}) const {
    return Dataset(source).fitted(fit);
  }

  Folder folder;
  std::shared_ptr<Counted> source;
};

inline data::LoaderOptions options_of(const std::vector<std::string>& augment) {
  return {.batch = 4, .shuffle = true, .augment = data::parse_augmentations(augment), .threads = 2};
}

/// The numbers of all images of an epoch.
inline std::vector<float> epoch_of(const Dataset& data, const std::vector<std::string>& augment,
                                   std::int64_t epoch) {
  std::vector<float> all;
  data::Loader loader(data, options_of(augment));
  loader.start(epoch);
  while (const data::Batch* batch = loader.next()) {
    all.insert(all.end(), batch->inputs.begin(), batch->inputs.end());
  }
  return all;
}

}  // namespace ridgeline::test
