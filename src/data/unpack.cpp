#include "data/unpack.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

[[noreturn]] void throw_broken(const fs::path& path, archive* reader) {
  const char* reason = archive_error_string(reader);
  throw DataError(fmt::format("{}: is not a complete .tar.gz archive: {}", path.string(),
                              reason == nullptr ? "it ends too early" : reason));
}

void write_entry(archive* reader, const fs::path& source, const fs::path& target) {
  std::ofstream file(target, std::ios::binary | std::ios::trunc);
  std::vector<char> block(std::size_t{1} << 16);
  la_ssize_t count = 0;
  while (file && (count = archive_read_data(reader, block.data(), block.size())) > 0) {
    file.write(block.data(), count);
  }
  if (count < 0) throw_broken(source, reader);
  file.close();
  if (!file) {
    throw ResourceError(
        fmt::format("{}: cannot be written: {}", target.string(), std::strerror(errno)));
  }
}

}  // namespace

void unpack(const fs::path& path, const fs::path& folder) {
  const Reader reader(archive_read_new(), archive_read_free);
  if (!reader) throw ResourceError("not enough memory to unpack an archive");
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), std::size_t{1} << 16) != ARCHIVE_OK) {
    throw_broken(path, reader.get());
  }
  archive_entry* entry = nullptr;
  int files = 0;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    if (archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* name = archive_entry_pathname(entry);
    const fs::path base = name == nullptr ? fs::path{} : fs::path(name).filename();
    if (base.empty() || base == "." || base == "..") continue;
    write_entry(reader.get(), path, folder / base);
    ++files;
  }
  if (status != ARCHIVE_EOF) throw_broken(path, reader.get());
  if (files == 0) throw DataError(fmt::format("{}: holds no files", path.string()));
}

}  // namespace ridgeline::data
