// The seeds of the fuzzers and many damaged copies of them.
#include "fuzz/safetensors_checks.hpp"
#include "support/seeds.hpp"

namespace ridgeline::test {
namespace {

TEST(Mutations, Safetensors) {
  check_seeds("safetensors", check_safetensors);
}

}  // namespace
}  // namespace ridgeline::test
