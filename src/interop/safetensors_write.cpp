#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <nlohmann/json.hpp>

#include "interop/safetensors.hpp"
#include "interop/safetensors_types.hpp"
#include "tensor/atomic_file.hpp"

namespace ridgeline::interop {

static_assert(std::endian::native == std::endian::little,
              "numbers are written in the machine's byte order");

namespace {

// Sums the bytes of a file as they are written, and writes the checksum at the end.
class SummedFile {
 public:
  explicit SummedFile(const std::filesystem::path& file) : file_(file) {}

  void write(std::span<const std::byte> bytes) {
    constexpr std::size_t at_once = 256 << 10;  // still in the cache when they are written
    while (!bytes.empty()) {
      const auto some = bytes.first(std::min(bytes.size(), at_once));
      sum_.add(some);
      file_.write(some);
      bytes = bytes.subspan(some.size());
    }
  }
  /// Writes the checksum at byte `at`.
  void commit(std::size_t at) {
    file_.rewrite(at, sum_.text());
    file_.commit();
  }

 private:
  AtomicFile file_;
  Checksum sum_;
};

// A JSON string. Text that is not UTF-8 (a class name from an old file) must not prevent saving the
// model. The header is not built as a tree of nlohmann::json, whose destructor allocates and cannot
// throw: a file is also written when memory is short.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

template <typename T>
void SafetensorsWriter::add_item(std::string name, const Shape& shape, std::span<const T> values) {
  assert(static_cast<std::size_t>(shape.elements()) == values.size());
  items_.push_back(
      {std::move(name), std::string(dtype_of<T>), sizeof(T), shape, std::as_bytes(values)});
}

void SafetensorsWriter::add(std::string name, const Shape& shape, std::span<const float> values) {
  add_item(std::move(name), shape, values);
}
void SafetensorsWriter::add(std::string name, const Shape& shape, std::span<const double> values) {
  add_item(std::move(name), shape, values);
}
void SafetensorsWriter::add(std::string name, const Shape& shape,
                            std::span<const std::int64_t> values) {
  add_item(std::move(name), shape, values);
}
void SafetensorsWriter::add(std::string name, const Shape& shape,
                            std::span<const std::uint8_t> values) {
  add_item(std::move(name), shape, values);
}

void SafetensorsWriter::write(const std::filesystem::path& file) const {
  // The format has no gaps. The widest types come first, so that all are aligned.
  std::vector<const Item*> order;
  for (const Item& item : items_) order.push_back(&item);
  std::ranges::stable_sort(order, std::greater<>(), &Item::width);

  const std::string placeholder =
      std::string(Checksum::prefix) + std::string(Checksum::digits, '0');
  Metadata texts = metadata;
  texts[std::string(checksum_key)] = placeholder;
  std::string text;
  for (const auto& [key, value] : texts) {
    text += fmt::format("{}{}:{}", text.empty() ? "{\"__metadata__\":{" : ",", quoted(key),
                        quoted(value));
  }
  text += '}';
  std::size_t end = 0;
  for (const Item* item : order) {
    const std::size_t begin = end;
    end += item->bytes.size();
    text += fmt::format(R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                        quoted(item->name), item->dtype, fmt::join(item->shape.dims(), ","), begin,
                        end);
  }
  text += '}';
  text.resize((text.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = text.size();
  SummedFile out(file);
  out.write(std::as_bytes(std::span(&length, 1)));
  out.write(std::as_bytes(std::span(text)));
  for (const Item* item : order) out.write(item->bytes);
  const std::size_t entry = text.find(checksum_entry(placeholder));
  out.commit(sizeof(length) + text.find(placeholder, entry));
}

}  // namespace ridgeline::interop
