#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "interop/safetensors.hpp"
#include "interop/safetensors_header.hpp"
#include "interop/safetensors_types.hpp"

namespace ridgeline::interop {
namespace {

constexpr std::uint64_t longest_header = 100'000'000;  // the format's own limit
constexpr char no_safetensors[] = "not a safetensors file, such as a run's model.safetensors";

struct Extent {
  std::uint64_t begin, end;
  std::string_view tensor;
};

// What the header says about one tensor, checked on its own.
StoredTensor read_entry(const std::string& file, const std::string& name,
                        const nlohmann::json& entry, Extent& extent) {
  const auto is_count = [](const nlohmann::json& n) { return n.is_number_unsigned(); };
  const auto whole = [&](const char* key, const char* type, bool good) {
    if (!good) refuse(file, "tensor '{}' has no {} that is {}", name, key, type);
  };
  whole("entry", "a JSON object", entry.is_object());
  whole("dtype", "a text", entry.contains("dtype") && entry["dtype"].is_string());
  whole("shape", "a list of whole numbers",
        entry.contains("shape") && entry["shape"].is_array() &&
            std::ranges::all_of(entry["shape"], is_count));
  whole("data_offsets", "a pair of whole numbers",
        entry.contains("data_offsets") && entry["data_offsets"].is_array() &&
            entry["data_offsets"].size() == 2 &&
            std::ranges::all_of(entry["data_offsets"], is_count));

  StoredTensor tensor;
  tensor.dtype = entry["dtype"].get<std::string>();
  const std::uint64_t width = dtype_width(tensor.dtype);
  if (width == 0) refuse(file, "tensor '{}' has the unknown type '{}'", name, tensor.dtype);
  std::uint64_t size = width;
  std::vector<std::int64_t> dims;
  for (const auto& dim : entry["shape"]) {
    const auto d = dim.get<std::uint64_t>();
    if (d > (std::uint64_t{1} << 62) || __builtin_mul_overflow(size, d, &size)) {
      refuse(file, "the shape of tensor '{}' is too large", name);
    }
    dims.push_back(static_cast<std::int64_t>(d));
  }
  tensor.shape = Shape(std::move(dims));
  extent = {entry["data_offsets"][0].get<std::uint64_t>(),
            entry["data_offsets"][1].get<std::uint64_t>(), name};
  if (extent.begin > extent.end || extent.end - extent.begin != size) {
    refuse(file, "tensor '{}' of {} {} needs {} bytes, but its data_offsets are {} and {}", name,
           tensor.shape.text(), tensor.dtype, size, extent.begin, extent.end);
  }
  return tensor;
}

// The tensors must tile the data exactly. `start` is the file's byte at which the data begin.
void check_tiling(const std::string& file, std::vector<Extent>& extents, std::size_t start,
                  std::uint64_t size) {
  std::ranges::sort(extents, {}, [](const Extent& e) { return std::pair(e.begin, e.end); });
  std::uint64_t end = 0;
  std::string_view before;
  for (const Extent& e : extents) {
    if (e.begin < end) {
      refuse(file, "tensors '{}' and '{}' overlap at byte {}", before, e.tensor, start + e.begin);
    }
    if (e.begin > end) {
      refuse(file, "bytes {} to {} belong to no tensor", start + end, start + e.begin);
    }
    end = e.end;
    before = e.tensor;
  }
  if (end > size) {
    refuse(file, "truncated: it ends at byte {}, and tensor '{}' at byte {}", start + size, before,
           start + end);
  }
  if (end < size) {
    refuse(file, "bytes {} to {} belong to no tensor", start + end, start + size);
  }
}

}  // namespace

namespace {

// Files of other programs have no checksum of ours. If another program has rewritten the header,
// the entry looks different.
void check_damage(const std::string& name, const Metadata& metadata,
                  std::span<const std::byte> bytes, std::size_t start) {
  const auto found = metadata.find(checksum_key);
  if (found == metadata.end() || !found->second.starts_with(Checksum::prefix)) return;
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()), start);
  const std::size_t entry = header.find(checksum_entry(found->second));
  if (entry == std::string_view::npos) return;
  const std::size_t digits = header.find(found->second, entry) + Checksum::prefix.size();
  Checksum sum;
  sum.add(bytes.first(digits));
  sum.add(std::string(found->second.size() - Checksum::prefix.size(), '0'));
  sum.add(bytes.subspan(digits + found->second.size() - Checksum::prefix.size()));
  if (sum.text() == found->second) return;
  refuse(name,
         "damaged: its bytes give the checksum {}, and it was written with {}: take another copy "
         "of it, or, if another program changed it on purpose, remove '{}' from its metadata",
         sum.text(), found->second, checksum_key);
}

}  // namespace

Safetensors Safetensors::read(const std::filesystem::path& file) {
  const auto fail = [&](const std::string& why) -> void {
    throw ResourceError(fmt::format("{} cannot be read: {}", file.string(), why));
  };
  struct Descriptor {
    int number;
    ~Descriptor() {
      if (number >= 0) close(number);
    }
    // Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
  } const descriptor{open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (descriptor.number < 0 && errno == ENOENT) refuse(file.string(), "there is no such file");
  if (descriptor.number < 0) fail(std::generic_category().message(errno));
  struct stat status {};
  if (fstat(descriptor.number, &status) != 0) fail(std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) fail("it is not a regular file");
  // A file that is not a model must not use much memory.
  std::uint64_t header = 0;
  if (pread(descriptor.number, &header, prefix, 0) == static_cast<ssize_t>(prefix)) {
    if (header == 0 || header > longest_header) refuse(file.string(), no_safetensors);
  }

  Buffer<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::read(descriptor.number, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(std::generic_category().message(errno));
    if (got == 0) fail("it became shorter meanwhile");
    done += static_cast<std::size_t>(got);
  }
  return Safetensors(std::move(bytes), file.string());
}

Safetensors::Safetensors(Buffer<std::byte> bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)) {
  parse();
}

void Safetensors::parse() {
  if (bytes_.size() < prefix) {
    refuse(name_, "truncated: a safetensors file has at least 8 bytes, not {}", bytes_.size());
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes_.data(), prefix);
  if (length > longest_header) {
    refuse(name_, no_safetensors);
  }
  if (length > bytes_.size() - prefix) {
    refuse(name_, "truncated: the header of {} bytes should end at byte {}, the file ends at {}",
           length, prefix + length, bytes_.size());
  }
  const auto header = parse_header(
      {reinterpret_cast<const char*>(bytes_.data()) + prefix, static_cast<std::size_t>(length)},
      name_);

  const std::size_t start = prefix + static_cast<std::size_t>(length);
  std::vector<Extent> extents;
  for (const auto& [key, entry] : header.items()) {
    if (key == "__metadata__") {
      if (!entry.is_object()) refuse(name_, "__metadata__ is not a JSON object");
      for (const auto& [word, text] : entry.items()) {
        if (!text.is_string()) refuse(name_, "'{}' in __metadata__ is not a text", word);
        metadata_.emplace(word, text.get<std::string>());
      }
      continue;
    }
    StoredTensor tensor = read_entry(name_, key, entry, extents.emplace_back());
    extents.back().tensor = tensors_.emplace(key, std::move(tensor)).first->first;
  }
  std::vector<Extent> sorted = extents;
  check_tiling(name_, sorted, start, bytes_.size() - start);
  check_damage(name_, metadata_, bytes_.span(), start);
  for (const Extent& e : extents) {
    tensors_.find(e.tensor)->second.bytes =
        bytes_.span().subspan(start + e.begin, static_cast<std::size_t>(e.end - e.begin));
  }
}

const std::string& Safetensors::metadata(std::string_view key) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end()) refuse(name_, "there is no '{}' in its metadata", key);
  return found->second;
}

}  // namespace ridgeline::interop
