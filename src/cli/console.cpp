#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace ridgeline::cli {
namespace {

bool is_terminal(std::FILE* file) {
  const char* term = std::getenv("TERM");
  return isatty(fileno(file)) && !(term && std::strcmp(term, "dumb") == 0);
}

// https://no-color.org: present and not empty, whatever it says.
bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return !no_color || *no_color == '\0';
}

void put(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

}  // namespace

Console::Console(bool json)
    : json_(json),
      out_(json ? stderr : stdout),
      live_(is_terminal(out_)),
      colour_(live_ && wants_colour()) {}

int Console::width() const {
  winsize size{};
  if (live_ && ioctl(fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void Console::write(std::string_view text) {
  redraw({});
  put(out_, text);
}

void Console::note(std::string_view sentence) {
  redraw({});
  put(stderr, fmt::format("{}\n", sentence));
}

void Console::redraw(std::string_view line) {
  if (!live_ || (!drawn_ && line.empty())) return;
  put(out_, fmt::format("\r\x1b[K{}", line));
  drawn_ = !line.empty();
}

std::string Console::styled(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void Console::document(std::string_view json) {
  put(stdout, fmt::format("{}\n", json));
}

void print_error(std::string_view sentence) {
  const bool colour = is_terminal(stderr) && wants_colour();
  put(stderr, fmt::format("{}{}{}\n", colour ? "\x1b[31m" : "", sentence, colour ? "\x1b[0m" : ""));
}

int columns(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace ridgeline::cli
