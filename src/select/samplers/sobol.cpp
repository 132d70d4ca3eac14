#include "select/samplers/sobol.hpp"

#include <array>
#include <cmath>

#include "select/samplers/space.hpp"
#include "tensor/random.hpp"

namespace ridgeline::selection {
namespace {

constexpr int bits = 32;
constexpr int highest_degree = 7;

// A primitive polynomial over {0, 1} without its first and last coefficient, and the first
// direction numbers.
struct Polynomial {
  int degree;
  std::uint32_t coefficients;
  std::array<std::uint32_t, highest_degree> first;
};

// Of the second axis, the third axis, and so on.
constexpr std::array<Polynomial, sobol_dimensions - 1> polynomials{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
}};

std::array<std::uint32_t, bits> directions(int axis) {
  std::array<std::uint32_t, bits> v{};
  if (axis == 0) {
    for (int i = 0; i < bits; ++i) v[i] = 1u << (bits - 1 - i);
    return v;
  }
  const auto& [degree, coefficients, first] = polynomials.at(static_cast<std::size_t>(axis) - 1);
  for (int i = 0; i < bits; ++i) {
    if (i < degree) {
      v[i] = first[i] << (bits - 1 - i);
      continue;
    }
    v[i] = v[i - degree] ^ (v[i - degree] >> degree);
    for (int k = 1; k < degree; ++k) {
      if ((coefficients >> (degree - 1 - k)) & 1u) v[i] ^= v[i - k];
    }
  }
  return v;
}

}  // namespace

std::uint32_t sobol(std::uint32_t index, int axis) {
  const std::uint32_t gray = index ^ (index >> 1);
  std::uint32_t x = 0;
  const auto v = directions(axis);
  for (int i = 0; i < bits; ++i) {
    if ((gray >> i) & 1u) x ^= v[i];
  }
  return x;
}

// Every axis is shifted, bit by bit, by a random number. The points stay as even, and they differ
// between seeds. Axes beyond the table are random.
std::vector<Assignment> sample_sobol(const Search& search) {
  return sample(search, [&](int i) {
    UnitPoint point;
    const int axes = static_cast<int>(search.over.size());
    for (int axis = 0; axis < axes; ++axis) {
      const auto stream = static_cast<std::uint64_t>(axis);
      if (axis >= sobol_dimensions) {
        Random random(search.seed, Purpose::sample, static_cast<std::uint64_t>(i), stream);
        point.push_back(random.uniform_double());
        continue;
      }
      Random shift(search.seed, Purpose::sample, std::uint64_t{1} << 31, stream);
      point.push_back(std::ldexp(sobol(static_cast<std::uint32_t>(i), axis) ^ shift.bits(), -bits));
    }
    return point;
  });
}

}  // namespace ridgeline::selection
