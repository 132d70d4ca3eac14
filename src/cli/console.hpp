#pragma once
// Prints for people: on standard output or, if that is for JSON, on standard error.

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/printable.hpp"

namespace ridgeline::cli {

class Console {
 public:
  /// `json`: standard output gets one JSON document and nothing else.
  explicit Console(bool json);

  bool json() const { return json_; }
  /// Whether a line can be redrawn: on a terminal that is not dumb.
  bool live() const { return live_; }
  /// Columns of the terminal; 80 without a terminal.
  int width() const;
  /// The page that tables and long lines must fit.
  Page page() const;

  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  void write(std::string_view text);
  /// Prints a sentence that is not part of the result, on standard error.
  void note(std::string_view sentence);
  /// Draws a line over the lines that were drawn last.
  void redraw(std::string_view line) { redraw(std::vector<std::string>{std::string(line)}); }
  /// Draws lines over the lines that were drawn last.
  void redraw(const std::vector<std::string>& lines);
  /// Clears the lines that were drawn last.
  void clear() { redraw(std::vector<std::string>{}); }

  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string dim(std::string_view text) const { return styled("2", text); }
  std::string accent(std::string_view text) const { return styled("36", text); }

  /// Prints the result itself on standard output, for other programs: nothing is wrapped.
  static void data(std::string_view text);
  /// Prints the result as one document on standard output. Bytes that are not UTF-8 become U+FFFD.
  static void result(const nlohmann::ordered_json& document);

 private:
  std::string styled(std::string_view code, std::string_view text) const;

  bool json_;
  std::FILE* out_;
  bool live_;
  bool colour_;
  std::size_t drawn_ = 0;  // lines
};

/// Prints the sentence of an error on standard error.
void print_error(std::string_view sentence);

/// Throws ResourceError if a write to standard output failed.
void require_written();

}  // namespace ridgeline::cli
