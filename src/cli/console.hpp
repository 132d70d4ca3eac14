#pragma once
// Where people read: standard output, or standard error where standard output is for JSON.

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "cli/printable.hpp"

namespace ridgeline::cli {

class Console {
 public:
  /// `json`: standard output holds one JSON document and nothing else.
  explicit Console(bool json);

  bool json() const { return json_; }
  /// Whether a line can be drawn again and again: a terminal, and not a dumb one.
  bool live() const { return live_; }
  /// Columns of the terminal; 80 without a terminal.
  int width() const;
  /// What tables and long lines must fit.
  Page page() const;

  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  void write(std::string_view text);
  /// A sentence beside the result: on standard error.
  void note(std::string_view sentence);
  /// Draws `line` in place of the last one that was drawn; an empty one clears it.
  void redraw(std::string_view line);

  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string accent(std::string_view text) const { return styled("36", text); }

  /// The result, as one document on standard output; bytes that are not UTF-8 become U+FFFD.
  static void result(const nlohmann::ordered_json& document);

 private:
  std::string styled(std::string_view code, std::string_view text) const;

  bool json_;
  std::FILE* out_;
  bool live_;
  bool colour_;
  bool drawn_ = false;
};

/// An error's sentence, on standard error.
void print_error(std::string_view sentence);

/// Throws ResourceError where something that went to standard output did not arrive there.
void require_written();

}  // namespace ridgeline::cli
