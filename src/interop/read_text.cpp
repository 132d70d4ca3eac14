#include "interop/read_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ridgeline::interop {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

TextFile read_text(const std::filesystem::path& file, std::uint64_t most_bytes) {
  // Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
  const Descriptor descriptor(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (descriptor.number() < 0 || fstat(descriptor.number(), &status) != 0) {
    return {{}, reason(errno), true};
  }
  if (S_ISDIR(status.st_mode)) return {{}, "it is a folder", false};
  const bool pipe = S_ISFIFO(status.st_mode);
  if (!pipe && !S_ISREG(status.st_mode)) return {{}, "it is a device, not a file", false};
  const std::string too_large = fmt::format("it is larger than {} bytes", most_bytes);
  if (!pipe && static_cast<std::uint64_t>(status.st_size) > most_bytes)
    return {{}, too_large, false};

  TextFile result{};
  std::array<char, 1 << 16> block{};
  while (true) {
    const ssize_t got = ::read(descriptor.number(), block.data(), block.size());
    if (got < 0 && errno == EAGAIN) {
      pollfd waiting{.fd = descriptor.number(), .events = POLLIN, .revents = 0};
      poll(&waiting, 1, -1);
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {{}, reason(errno), true};
    if (got == 0) break;
    result.text.append(block.data(), static_cast<std::size_t>(got));
    if (result.text.size() > most_bytes) return {{}, too_large, false};
  }
  if (pipe && result.text.empty()) return {{}, "it is a pipe that nobody writes to", false};
  return result;
}

}  // namespace ridgeline::interop
