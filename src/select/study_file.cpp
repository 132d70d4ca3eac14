#include "select/study_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "ridgeline/error.hpp"
#include "select/schema.hpp"

namespace ridgeline::selection {
namespace {

using std::filesystem::path;

// https://sqlite.org/fileformat.html: the header is 100 bytes; numbers have four, the high one
// first.
constexpr std::size_t header_size = 100;
constexpr std::size_t version_at = 60, application_at = 68;
constexpr std::string_view magic{"SQLite format 3\0", 16};
using Header = std::array<unsigned char, header_size>;

// The header; zeros if the file is shorter.
Header header_of(const path& file) {
  Header header{};
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const ssize_t got = descriptor < 0 ? -1 : read(descriptor, header.data(), header.size());
  const int error = errno;
  if (descriptor >= 0) close(descriptor);
  if (got < 0) {
    throw ResourceError(fmt::format("{}: cannot be read: {}", file.string(),
                                    std::generic_category().message(error)));
  }
  return static_cast<std::size_t>(got) == header.size() ? header : Header{};
}

bool is_database(const Header& header) {
  return std::memcmp(header.data(), magic.data(), magic.size()) == 0;
}

std::uint32_t number_at(const Header& header, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | header.at(at + i);
  return number;
}

bool is_ours(const Header& header) {
  return is_database(header) && number_at(header, application_at) == application_id;
}

}  // namespace

bool is_there(const path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::is_regular_file(status)) return std::filesystem::exists(status);
  return std::filesystem::file_size(file, error) > 0;
}

bool is_study(const path& file) {
  return std::filesystem::is_regular_file(file) && is_ours(header_of(file));
}

void check_study(const path& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw DataError(
        fmt::format("{}: is not a regular file, where a study is expected", file.string()));
  }
  const Header header = header_of(file);
  if (is_ours(header)) {
    const auto version = number_at(header, version_at);
    if (version == schema_version) return;
    throw DataError(
        fmt::format("{}: a study of version {}, but this program reads version {}: begin another "
                    "study, or use the program that made this one",
                    file.string(), version, schema_version));
  }
  throw DataError(
      is_database(header)
          ? fmt::format("{}: a database of another program", file.string())
          : fmt::format("{}: is broken, or not a study of this program", file.string()));
}

void remove_database(const std::filesystem::path& file) {
  std::error_code ignored;
  for (const char* part : {"", "-journal", "-wal", "-shm"}) {
    std::filesystem::remove(file.string() + part, ignored);
  }
}

void check_sound(Database& database, const path& file) {
  Statement sound = database.prepare("PRAGMA quick_check(1)");
  if (sound.next() && sound.text(0) == "ok") return;
  throw DataError(fmt::format("{}: the file is damaged: begin the study again in another folder",
                              file.string()));
}

}  // namespace ridgeline::selection
