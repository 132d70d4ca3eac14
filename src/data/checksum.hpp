#pragma once
// Checksums of files.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ridgeline::data {

/// The SHA-256 of the bytes that are added.
class Sha256 {
 public:
  /// Throws ResourceError if the system's libcrypto has no SHA-256.
  Sha256();
  ~Sha256();
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  /// 64 hexadecimal digits. Called once, at the end.
  std::string digits();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The SHA-256 of a file, 64 hexadecimal digits. Throws ResourceError if it cannot be read.
std::string sha256(const std::filesystem::path& path);

}  // namespace ridgeline::data
