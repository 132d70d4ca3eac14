#pragma once
// The vector loops of the update pass.

#include <cstddef>

namespace ridgeline::engine::kernels {

// Of runs of any length and alignment:

/// The sum of squares, in double.
double square_sum(const float* values, std::size_t count);
/// The sum of absolute values, in double.
double absolute_sum(const float* values, std::size_t count);
/// The sum of a * b, in double.
double dot(const float* a, const float* b, std::size_t count);
double dot(const double* a, const float* b, std::size_t count);
/// The sum of (a - b)^2, in double.
double distance_square(const float* a, const float* b, std::size_t count);
/// values *= factor
void scale(float* values, std::size_t count, float factor);
/// a += factor * b
void add_scaled(float* a, float factor, const float* b, std::size_t count);
void add_scaled(double* a, double factor, const float* b, std::size_t count);

// Of runs of arenas, aligned to 64 bytes and a multiple of 16 floats long: arenas are padded with
// zeros, which stay zero.

/// a += b
void add(float* a, const float* b, std::size_t count);
/// gradient = clamp(scale * gradient, -limit, limit) + l2 * weights; limit 0: no clamp.
void penalise(float* gradient, const float* weights, std::size_t count, float scale, float limit,
              float l2);
/// weights = keep * weights - step
void descend(float* weights, const float* step, std::size_t count, float keep);
/// The same, and the sum of (weights - weights before)^2, in double.
double descend_measured(float* weights, const float* step, std::size_t count, float keep);
/// The proximal map of l1 |w|: weights move towards zero by metric * l1 and stop there.
void shrink(float* weights, const float* metric, std::size_t count, float l1);

}  // namespace ridgeline::engine::kernels
