#pragma once
// The safetensors format (github.com/huggingface/safetensors): the length of a header as eight
// little-endian bytes, the header in JSON ({"name": {"dtype", "shape", "data_offsets"}, ...,
// "__metadata__": {text: text}}), and the tensors one after the other. It contains no code. A
// file that we write has a checksum in its metadata, "crc32:" and eight hexadecimal digits: the
// CRC-32 of all its bytes, with zeros in place of these digits.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/shape.hpp"
#include "tensor/buffer.hpp"

namespace ridgeline::interop {

using Metadata = std::map<std::string, std::string, std::less<>>;

/// A tensor of a file. Its numbers are in row-major order.
struct StoredTensor {
  std::string dtype;  ///< "F32", "F64", "I64", "U8", ...
  Shape shape;
  std::span<const std::byte> bytes;  ///< not aligned
};

/// A file in memory, checked from end to end: every tensor is inside it and has the size of its
/// shape and type, every byte belongs to exactly one tensor, and the bytes match the checksum, if
/// there is one.
class Safetensors {
 public:
  /// Throws DataError for a file that does not exist or is not a safetensors file (with the byte of
  /// the fault); ResourceError for one that cannot be read.
  static Safetensors read(const std::filesystem::path& file);
  /// The same from memory; `name` is its name in errors.
  Safetensors(Buffer<std::byte> bytes, std::string name);

  const std::string& name() const { return name_; }
  const Metadata& metadata() const { return metadata_; }
  /// Throws DataError if the key is missing.
  const std::string& metadata(std::string_view key) const;
  const std::map<std::string, StoredTensor, std::less<>>& tensors() const { return tensors_; }
  bool contains(std::string_view tensor) const { return tensors_.contains(tensor); }

  // The tensor's numbers. They throw DataError if it is missing, or has another type or number of
  // elements.
  /// For F32, F16 and BF16 tensors. Single precision can hold all their numbers.
  void copy(std::string_view tensor, std::span<float> to) const;
  std::vector<double> doubles(std::string_view tensor) const;
  std::vector<std::int64_t> integers(std::string_view tensor) const;
  /// Throws DataError, with the position, if a number of a float tensor is not finite.
  void require_finite(std::string_view tensor) const;

 private:
  void parse();
  const StoredTensor& find(std::string_view tensor) const;
  template <typename T>
  std::span<const std::byte> require(std::string_view tensor) const;
  const StoredTensor& require_floats(std::string_view tensor) const;

  Buffer<std::byte> bytes_;
  std::string name_;
  Metadata metadata_;
  std::map<std::string, StoredTensor, std::less<>> tensors_;
};

/// Collects tensors, without copying them, and writes them as one file.
class SafetensorsWriter {
 public:
  Metadata metadata;

  // `values` must stay until write() and have as many numbers as the shape.
  void add(std::string name, const Shape& shape, std::span<const float> values);
  void add(std::string name, const Shape& shape, std::span<const double> values);
  void add(std::string name, const Shape& shape, std::span<const std::int64_t> values);
  void add(std::string name, const Shape& shape, std::span<const std::uint8_t> values);

  /// Whole or not at all (atomic_file.hpp), with its checksum. Each tensor is aligned for its type.
  /// Throws ResourceError.
  void write(const std::filesystem::path& file) const;

 private:
  struct Item {
    std::string name, dtype;
    std::size_t width;
    Shape shape;
    std::span<const std::byte> bytes;
  };
  template <typename T>
  void add_item(std::string name, const Shape& shape, std::span<const T> values);

  std::vector<Item> items_;
};

}  // namespace ridgeline::interop
