// The seeds of the fuzzers and many damaged copies of them.
#include <gtest/gtest.h>

#include <filesystem>

#include "data/folder.hpp"
#include "fuzz/data_checks.hpp"
#include "tensor/random.hpp"

namespace ridgeline::test {
namespace {

/// The seeds of corpus/NAME, each cut at every byte, and with some bytes changed.
void check_seeds(const std::string& name, void (*check)(Input)) {
  const std::filesystem::path folder =
      std::filesystem::path(RIDGELINE_TEST_DATA) / "../fuzz/corpus" / name;
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Bytes seed = read_bytes(entry.path());
    check(seed);
    const std::size_t step = seed.size() / 500 + 1;
    for (std::size_t size = 0; size < seed.size(); size += step) check(Input(seed).first(size));
    Random random(1, Purpose::test, seed.size());
    for (int round = 0; round < 1000 && !seed.empty(); ++round) {
      Bytes damaged = seed;
      for (std::uint64_t changes = random.below(4) + 1; changes > 0; --changes) {
        damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random.bits());
      }
      check(damaged);
    }
    ++seeds;
  }
  EXPECT_GT(seeds, 0) << folder;
}

TEST(Mutations, Csv) {
  check_seeds("csv", check_csv);
}
TEST(Mutations, JsonLines) {
  check_seeds("json_lines", check_json_lines);
}
TEST(Mutations, Table) {
  check_seeds("table", check_table);
}
TEST(Mutations, Zip) {
  check_seeds("zip", check_zip);
}
TEST(Mutations, Tar) {
  check_seeds("tar", check_tar);
}
TEST(Mutations, FolderIndex) {
  check_seeds("folder_index", check_folder_index);
  check_seeds("archive_index", check_archive_index);
}

}  // namespace
}  // namespace ridgeline::test
