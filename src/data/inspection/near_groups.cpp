#include "data/inspection/near_groups.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

namespace ridgeline::data {
namespace {

// Disjoint sets of indices (union-find).
class Sets {
 public:
  explicit Sets(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
  }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  // The smallest index names the set.
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

class Search {
 public:
  explicit Search(std::span<const PerceptualHash> hashes) : hashes_(hashes), sets_(hashes.size()) {}

  // `free` are the bits in which the hashes of `which` may differ.
  void join_near(std::vector<std::uint32_t> which, std::uint64_t free, int depth = 0) {
    // If many hashes are much alike, bands do not separate them, and comparing all takes less time.
    constexpr int most_depth = 2;
    constexpr std::size_t few = 2048;
    constexpr int bands = near_bits + 1;
    const int bits = std::popcount(free);
    if (which.size() <= (depth == 0 ? 48 : few) || depth == most_depth) return compare_all(which);
    for (int band = 0, first = 0; band < bands; ++band) {
      const int width = (bits - first) / (bands - band);
      const std::uint64_t mask = bits_of(free, first, width);
      first += width;
      const auto value = [&](std::uint32_t i) { return hashes_[i].coarse & mask; };
      std::ranges::stable_sort(which, {}, value);
      for (auto run = which.begin(); run != which.end();) {
        const auto end = std::find_if(
            run, which.end(), [&, of = value(*run)](std::uint32_t i) { return value(i) != of; });
        if (end - run > 1) join_near({run, end}, free & ~mask, depth + 1);
        run = end;
      }
    }
  }

  std::uint32_t set_of(std::uint32_t i) { return sets_.find(i); }

 private:
  // Bits first .. first + width - 1 of those that are set in `of`.
  static std::uint64_t bits_of(std::uint64_t of, int first, int width) {
    std::uint64_t mask = 0;
    for (int k = 0; k < first + width; ++k, of &= of - 1) {
      if (k >= first) mask |= of & (~of + 1);
    }
    return mask;
  }

  void compare_all(std::span<const std::uint32_t> which) {
    // A copy that is contiguous in memory: for nearly all pairs, only these hashes are read.
    std::vector<std::uint64_t> coarse;
    coarse.reserve(which.size());
    for (const std::uint32_t i : which) coarse.push_back(hashes_[i].coarse);
    for (std::size_t a = 0; a < which.size(); ++a) {
      for (std::size_t b = a + 1; b < which.size(); ++b) {
        if (std::popcount(coarse[a] ^ coarse[b]) > near_bits) continue;
        if (looks_alike(hashes_[which[a]], hashes_[which[b]])) sets_.join(which[a], which[b]);
      }
    }
  }

  std::span<const PerceptualHash> hashes_;
  Sets sets_;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> near_groups(std::span<const PerceptualHash> hashes) {
  std::vector<std::uint32_t> which;
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    if (tells_apart(hashes[i])) which.push_back(i);
  }
  Search search(hashes);
  search.join_near(which, ~std::uint64_t{0});
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets;
  for (const std::uint32_t i : which) sets[search.set_of(i)].push_back(i);
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [first, members] : sets) {
    if (members.size() > 1) groups.push_back(std::move(members));
  }
  return groups;
}

}  // namespace ridgeline::data
