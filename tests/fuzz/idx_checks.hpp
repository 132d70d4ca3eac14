#pragma once
// What must hold for any bytes that the reader of IDX files gets.

#include <algorithm>
#include <filesystem>

#include "data/formats/idx.hpp"
#include "fuzz/input.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::test {

/// A folder with a link to each of two files in memory.
class IdxFolder {
 public:
  IdxFolder(const MemoryFile& images, const MemoryFile& labels) {
    std::string name = std::filesystem::temp_directory_path() / "ridgeline-idx-XXXXXX";
    must(mkdtemp(name.data()) != nullptr);
    path_ = name;
    std::filesystem::create_symlink(images.path(), path_ / "train-images-idx3-ubyte");
    std::filesystem::create_symlink(labels.path(), path_ / "train-labels-idx1-ubyte");
  }
  ~IdxFolder() { std::filesystem::remove_all(path_); }
  IdxFolder(const IdxFolder&) = delete;
  IdxFolder& operator=(const IdxFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The first byte says how many 256ths of the other bytes are the file of images. The rest is the
/// file of labels. The two are refused, or each image has a label.
inline void check_idx(Input input) {
  if (input.empty()) return;
  const Input bytes = input.subspan(1);
  const std::size_t size = bytes.size() * input[0] / 256;
  const MemoryFile images(bytes.first(size)), labels(bytes.subspan(size));
  const IdxFolder folder(images, labels);
  try {
    const TrainTest read = data::read_idx(folder.path(), {.names = {}, .test_required = false});
    const Dataset& train = read.train;
    must(train.size() > 0);
    for (std::size_t i = 0; i < std::min<std::size_t>(train.size(), 20); ++i) {
      const std::int32_t label = train.label(i);
      must(label >= 0 && static_cast<std::size_t>(label) < train.names().size());
    }
  } catch (const DataError&) {
    return;
  }
}

}  // namespace ridgeline::test
