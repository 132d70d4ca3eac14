#include "data/cache/late_store.hpp"

#include <mutex>
#include <utility>

namespace ridgeline::data {
namespace {

class LateStore final : public ImageStore {
 public:
  explicit LateStore(std::function<std::shared_ptr<const ImageStore>()> make)
      : make_(std::move(make)) {}

  void prepare() const override { store(); }
  std::optional<Decoded> decoded(std::size_t image) const override {
    return store() != nullptr ? store()->decoded(image) : std::nullopt;
  }
  std::optional<ImageRecord> at_scale(std::size_t image, int scale) const override {
    return store() != nullptr ? store()->at_scale(image, scale) : std::nullopt;
  }
  std::optional<ImageRecord> fitted(std::size_t image) const override {
    return store() != nullptr ? store()->fitted(image) : std::nullopt;
  }
  bool read(std::size_t image, std::span<float> numbers) const override {
    return store() != nullptr && store()->read(image, numbers);
  }

 private:
  const ImageStore* store() const {
    std::call_once(made_, [this] { store_ = make_(); });
    return store_.get();
  }

  std::function<std::shared_ptr<const ImageStore>()> make_;
  mutable std::once_flag made_;
  mutable std::shared_ptr<const ImageStore> store_;
};

}  // namespace

std::shared_ptr<const ImageStore> late_store(
    std::function<std::shared_ptr<const ImageStore>()> make) {
  return std::make_shared<const LateStore>(std::move(make));
}

}  // namespace ridgeline::data
