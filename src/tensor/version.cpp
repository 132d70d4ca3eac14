#include "ridgeline/version.hpp"

#include "ridgeline_commit.hpp"

namespace ridgeline {

std::string_view version() {
  return RIDGELINE_VERSION;
}
std::string_view commit() {
  return RIDGELINE_COMMIT;
}

}  // namespace ridgeline
