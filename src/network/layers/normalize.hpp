#pragma once

#include "network/spec.hpp"

namespace ridgeline::network {

template <>
inline constexpr auto fields<Normalize> = std::tuple(Field{"mean", &Normalize::mean},
                                                     Field{"std", &Normalize::std});

class NormalizeSpec final : public Spec<"normalize", Normalize> {
 public:
  explicit NormalizeSpec(Normalize options);
  Shape output_shape(std::span<const Shape> inputs) const override;
};

}  // namespace ridgeline::network
