#pragma once
// Aligned, zeroed memory of a fixed size: the arenas of the engine.

#include <cstddef>
#include <memory>
#include <span>

namespace ridgeline {

/// `bytes` of zeroed memory aligned to 64 bytes, on huge pages if it is large. Throws ResourceError
/// if there is not enough.
void* allocate_aligned(std::size_t bytes);
void free_aligned(void* memory) noexcept;

/// A fixed number of elements of a trivial type. Movable; copied only by `copy()`.
template <typename T>
class Buffer {
 public:
  static constexpr std::size_t alignment = 64;

  Buffer() = default;
  explicit Buffer(std::size_t size)
      : data_(static_cast<T*>(size ? allocate_aligned(size * sizeof(T)) : nullptr)), size_(size) {}

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }

  Buffer copy() const {
    Buffer other(size_);
    for (std::size_t i = 0; i < size_; ++i) other[i] = (*this)[i];
    return other;
  }

 private:
  struct Free {
    void operator()(T* memory) const noexcept { free_aligned(memory); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t size_ = 0;
};

}  // namespace ridgeline
