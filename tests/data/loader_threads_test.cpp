// The priority and the errors of the loader's own threads.
#include <gtest/gtest.h>
#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

#include <atomic>
#include <thread>

#include "data/error_log.hpp"
#include "data/loader.hpp"
#include "folder.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;

// 40 images whose number is their index. One of them may be broken.
class Broken final : public SampleSource {
 public:
  explicit Broken(std::size_t at) : at_(at) {}
  std::size_t size() const override { return 40; }
  Shape image_shape() const override { return {1, 1, 1}; }
  void read(std::size_t index, std::span<float> pixels) const override {
    if (index == at_) throw DataError("this image is broken");
    pixels[0] = static_cast<float>(index);
  }

 private:
  std::size_t at_;
};

std::int64_t images_left(Loader& loader) {
  std::int64_t images = 0;
  while (const Batch* batch = loader.next()) images += batch->images;
  return images;
}

#ifdef __linux__
// The nice value of the thread that reads, as the system knows it.
class Niceness final : public SampleSource {
 public:
  std::size_t size() const override { return 8; }
  Shape image_shape() const override { return {1, 1, 1}; }
  void read(std::size_t, std::span<float> pixels) const override {
    pixels[0] = static_cast<float>(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())));
  }
};

TEST(Loader, ReadersGiveWayAndWhoAsksDoesNot) {
  const int before = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
  if (before > 14) GTEST_SKIP() << "this process gives way as far as it can";
  Loader loader(Dataset(std::make_shared<Niceness>()), {.batch = 4, .threads = 2});
  loader.start(0);
  while (const Batch* batch = loader.next()) {
    for (const float nice : batch->inputs) EXPECT_EQ(nice, static_cast<float>(before + 5));
  }
  EXPECT_EQ(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())), before);
}
#endif

// Readers run even if other threads keep all cores busy.
TEST(Loader, IsNotStarvedByThreadsThatCompute) {
  std::atomic<bool> stop = false;
  std::vector<std::jthread> busy;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    busy.emplace_back([&] {
      while (!stop) std::atomic_signal_fence(std::memory_order_seq_cst);
    });
  }
  Loader loader(Dataset(std::make_shared<Broken>(1000)), {.batch = 8, .threads = 2});
  loader.start(0);
  EXPECT_EQ(images_left(loader), 40);
  stop = true;
}

TEST(Loader, ErrorsOfReadersComeOutOfNext) {
  Loader loader(Dataset(std::make_shared<Broken>(21), std::vector<std::int32_t>(40), {"a"}),
                {.batch = 4, .threads = 3});
  for (int again = 0; again < 2; ++again) {
    loader.start(again);
    for (int i = 0; i < 5; ++i) ASSERT_NE(loader.next(), nullptr);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(message_of<DataError>([&] { loader.next(); }), "this image is broken");
    }
  }
  loader.start(0, 6);
  EXPECT_EQ(images_left(loader), 16);
}

// The message names the image that cannot be read, not the image that it should be mixed with.
TEST(Loader, AnErrorOfTheOtherImageOfAMixtureIsItsOwn) {
  const auto log = std::make_shared<ErrorLog>(OnError::skip, 40);
  Loader loader(
      Dataset(std::make_shared<Broken>(21), std::vector<std::int32_t>(40), {"a"}),
      {.batch = 8, .augment = {{Augmentation::Kind::mixup, 1}}, .errors = log, .threads = 2});
  for (int epoch = 0; epoch < 20; ++epoch) {
    loader.start(epoch);
    EXPECT_EQ(images_left(loader), 40);
  }
  EXPECT_EQ(log->count(), 1);
  EXPECT_TRUE(log->bad(21));
}

}  // namespace
}  // namespace ridgeline::data
