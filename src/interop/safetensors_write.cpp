#include <algorithm>
#include <bit>
#include <cassert>
#include <nlohmann/json.hpp>

#include "interop/atomic_file.hpp"
#include "interop/safetensors.hpp"
#include "interop/safetensors_types.hpp"

namespace ridgeline::interop {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they lie");

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
  // The format has no gaps: the widest types first, so that the others are aligned too.
  std::vector<const Item*> order;
  for (const Item& item : items_) order.push_back(&item);
  std::ranges::stable_sort(order, std::greater<>(), &Item::width);

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t end = 0;
  for (const Item* item : order) {
    const std::size_t begin = end;
    end += item->bytes.size();
    header[item->name] = {
        {"dtype", item->dtype}, {"shape", item->shape.dims()}, {"data_offsets", {begin, end}}};
  }
  // Text that is not UTF-8 (a class name from an old file) must not cost the model.
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');

  const std::uint64_t length = text.size();
  AtomicFile out(file);
  out.write(std::as_bytes(std::span(&length, 1)));
  out.write(text);
  for (const Item* item : order) out.write(item->bytes);
  out.commit();
}

}  // namespace ridgeline::interop
