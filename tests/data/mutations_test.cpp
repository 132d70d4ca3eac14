// The seeds of the fuzzers and many damaged copies of them.
#include "fuzz/data_checks.hpp"
#include "fuzz/idx_checks.hpp"
#include "fuzz/pack_checks.hpp"
#include "support/seeds.hpp"

namespace ridgeline::test {
namespace {

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
}
TEST(Mutations, ArchiveIndex) {
  check_seeds("archive_index", check_archive_index);
}
TEST(Mutations, Pack) {
  check_seeds("pack", check_pack);
}
TEST(Mutations, Idx) {
  check_seeds("idx", check_idx);
}

}  // namespace
}  // namespace ridgeline::test
