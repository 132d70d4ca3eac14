#include "network/strength.hpp"

#include <fmt/format.h>

namespace ridgeline::network {

std::string strength_text(std::string_view name, const Schedule& s) {
  if (s.is_constant()) return fmt::format("{} {:g}", name, s.value);
  if (s.kind == "constant") return fmt::format("{} {:g} after warm-up", name, s.value);
  if (s.kind == "step") return fmt::format("{} {:g} × {:g} step", name, s.value, s.factor);
  if (s.kind == "proportional") return fmt::format("{} {:g} × learning rate", name, s.value);
  return fmt::format("{} {:g} → {:g} {}", name, s.value, s.to, s.kind);
}

}  // namespace ridgeline::network
