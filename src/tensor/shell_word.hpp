#pragma once
// Texts in commands that a user copies into a shell.

#include <string>
#include <string_view>

namespace ridgeline {

/// The text as one word of a shell command: runs/first, 'my run'. In single quotes if a shell
/// would change it.
std::string shell_word(std::string_view text);

}  // namespace ridgeline
