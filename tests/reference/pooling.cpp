#include <cmath>

#include "reference/layers.hpp"
#include "reference/windows.hpp"

namespace ridgeline::reference {
namespace {

template <typename F>
void for_pool(const network::Window& w, const Batch& x, F visit) {
  const auto p = network::place(w, x.height, x.width);
  for (std::int64_t n = 0; n < x.images; ++n) {
    for (std::int64_t c = 0; c < x.channels; ++c) {
      for (std::int64_t oy = 0; oy < p.output_height; ++oy) {
        for (std::int64_t ox = 0; ox < p.output_width; ++ox) visit(p, n, c, oy, ox);
      }
    }
  }
}

struct Maximum {
  double value = -std::numeric_limits<double>::infinity();
  double second = value;
  std::int64_t y = 0, x = 0;
};

Maximum maximum(const network::Window& w, const network::Placement& p, const Batch& x,
                std::int64_t n, std::int64_t c, std::int64_t oy, std::int64_t ox) {
  Maximum best;
  for_window(w, p, x.height, x.width, oy, ox,
             [&](std::int64_t, std::int64_t, std::int64_t iy, std::int64_t ix) {
               const double v = x.at(n, c, iy, ix);
               if (v > best.value || std::isnan(v)) {
                 best = {v, best.value, iy, ix};
               } else if (v > best.second) {
                 best.second = v;
               }
             });
  return best;
}

Batch pooled_like(const network::Window& w, const Batch& x) {
  const auto p = network::place(w, x.height, x.width);
  return Batch(x.images, x.channels, p.output_height, p.output_width);
}

}  // namespace

Batch max_pool(const network::Window& w, const Batch& x, Margin& margin) {
  Batch y = pooled_like(w, x);
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    const Maximum m = maximum(w, p, x, n, c, oy, ox);
    // Equal numbers are a kink, except at a ReLU's zero, where no gradient flows.
    if (m.value != 0 || m.second != 0) margin.meet(m.value - m.second);
    y.at(n, c, oy, ox) = m.value;
  });
  return y;
}

Batch max_pool_backward(const network::Window& w, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    const Maximum m = maximum(w, p, x, n, c, oy, ox);
    dx.at(n, c, m.y, m.x) += dy.at(n, c, oy, ox);
  });
  return dx;
}

Batch average_pool(const network::Window& w, const Batch& x) {
  Batch y = pooled_like(w, x);
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    double sum = 0, count = 0;
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto iy, auto ix) {
      sum += x.at(n, c, iy, ix);
      ++count;
    });
    y.at(n, c, oy, ox) = sum / count;
  });
  return y;
}

Batch average_pool_backward(const network::Window& w, const Batch& x, const Batch& dy) {
  Batch dx = x.like();
  for_pool(w, x, [&](const auto& p, auto n, auto c, auto oy, auto ox) {
    double count = 0;
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto, auto) { ++count; });
    for_window(w, p, x.height, x.width, oy, ox, [&](auto, auto, auto iy, auto ix) {
      dx.at(n, c, iy, ix) += dy.at(n, c, oy, ox) / count;
    });
  });
  return dx;
}

}  // namespace ridgeline::reference
