#include "interop/safetensors_header.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace ridgeline::interop {
namespace {

// Refuses duplicate keys: nlohmann's parser would silently take the last. It reads the text before
// the parser does, since the parser's own callbacks take quadratic time for objects of many
// objects.
class KeysOnce final : public nlohmann::json::json_sax_t {
 public:
  bool start_object(std::size_t) override {
    open_.emplace_back();
    return true;
  }
  bool end_object() override {
    open_.pop_back();
    return true;
  }
  bool key(string_t& key) override {
    if (!open_.back().insert(key).second) throw DataError(fmt::format("'{}' is given twice", key));
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  // The parser reports the place.
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  std::vector<std::set<std::string>> open_;
};

}  // namespace

nlohmann::json parse_header(std::string_view text, const std::string& file) {
  nlohmann::json header;
  try {
    KeysOnce keys;
    nlohmann::json::sax_parse(text, &keys);
    header = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    refuse(file, "the header is not JSON at byte {}: not a safetensors file, or a corrupt one",
           prefix + std::max<std::size_t>(error.byte, 1) - 1);
  } catch (const DataError& error) {
    refuse(file, "{} in the header (bytes {} to {})", error.what(), prefix, prefix + text.size());
  }
  if (!header.is_object()) refuse(file, "the header at byte {} is not a JSON object", prefix);
  return header;
}

}  // namespace ridgeline::interop
