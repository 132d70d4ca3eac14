#include "interop/safetensors.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#include "data/folder.hpp"
#include "ridgeline/error.hpp"
#include "tensor/atomic_file.hpp"
#include "tensor/random.hpp"

namespace ridgeline::interop {
namespace {

using test::Folder;
using test::message_of;

Buffer<std::byte> buffer_of(std::string_view bytes) {
  Buffer<std::byte> buffer(bytes.size());
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return buffer;
}

// A file with this header and so many bytes of data.
std::string file_of(std::string_view header, std::size_t data) {
  const std::uint64_t length = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + std::string(header) + std::string(data, '\1');
}

// CRC-32 bit by bit, as RFC 1952 defines it.
std::string plain_checksum(std::string_view bytes) {
  std::uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return fmt::format("crc32:{:08x}", ~sum);
}

std::string text_of(const std::filesystem::path& file) {
  const auto raw = test::read_bytes(file);
  return {raw.begin(), raw.end()};
}

// Empty if it can be read.
std::string refusal_of(std::string_view file) {
  try {
    Safetensors(buffer_of(file), "x");
  } catch (const DataError& error) {
    return error.what();
  }
  return {};
}

std::string error_of(std::string_view file) {
  return message_of<DataError>([&] { Safetensors(buffer_of(file), "x"); });
}
std::string error_of(std::string_view header, std::size_t data) {
  return error_of(file_of(header, data));
}

const std::vector<float> floats = {1.5f,
                                   -0.0f,
                                   std::numeric_limits<float>::denorm_min(),
                                   3e38f,
                                   std::numeric_limits<float>::infinity(),
                                   0.1f};
const std::vector<double> reals = {0.1, -1e300};
const std::vector<std::int64_t> integers = {-1, std::numeric_limits<std::int64_t>::max(), 0};
const std::vector<std::uint8_t> bytes = {1, 2, 255};

SafetensorsWriter sample() {
  SafetensorsWriter writer;
  writer.metadata = {{"a key", "a \"text\"\nof λ"}, {"empty", ""}};
  writer.add("bytes", {3}, bytes);
  writer.add("conv2d_1.kernel", {2, 3}, floats);
  writer.add("reals", {2, 1}, reals);
  writer.add("integers", {3}, integers);
  writer.add("scalar", {}, std::span(floats).first(1));
  writer.add("nothing", {0, 4}, std::span<const float>());
  return writer;
}

void expect_sample(const Safetensors& file) {
  std::vector<float> values(6);
  file.copy("conv2d_1.kernel", values);
  EXPECT_EQ(std::memcmp(values.data(), floats.data(), sizeof(float) * 6), 0);
  EXPECT_EQ(file.doubles("reals"), reals);
  EXPECT_EQ(file.integers("integers"), integers);
  EXPECT_EQ(file.tensors().find("bytes")->second.bytes[2], std::byte{255});
  EXPECT_EQ(file.tensors().find("conv2d_1.kernel")->second.shape, Shape({2, 3}));
  EXPECT_EQ(file.tensors().find("scalar")->second.shape, Shape());
  EXPECT_EQ(file.tensors().size(), 6u);
  EXPECT_EQ(file.metadata("a key"), "a \"text\"\nof λ");
}

TEST(Safetensors, RoundTrip) {
  const Folder folder;
  sample().write(folder / "x");
  expect_sample(Safetensors::read(folder / "x"));
}

TEST(Safetensors, EveryTensorIsAlignedInTheFile) {
  const Folder folder;
  sample().write(folder / "x");
  const auto raw = test::read_bytes(folder / "x");
  std::uint64_t header = 0;
  std::memcpy(&header, raw.data(), 8);
  EXPECT_EQ(header % 8, 0u);
  const Safetensors file = Safetensors::read(folder / "x");
  const std::byte* start = file.tensors().find("reals")->second.bytes.data();
  for (const auto& [name, tensor] : file.tensors()) {
    const std::ptrdiff_t width = tensor.dtype == "U8" ? 1 : tensor.dtype == "F32" ? 4 : 8;
    EXPECT_EQ((tensor.bytes.data() - start) % width, 0) << name;
  }
}

TEST(Safetensors, AFileByHandIsReadAndWrittenInTheSameForm) {
  const std::string none = "crc32:00000000";
  std::string by_hand = file_of(R"({"__metadata__":{"checksum":"crc32:00000000","k":"v"},)"
                                R"("w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}     )",
                                4);
  ASSERT_EQ(by_hand.size() % 8, 4u) << "give its header another blank";
  by_hand.replace(by_hand.find(none), none.size(), plain_checksum(by_hand));
  const Safetensors file(buffer_of(by_hand), "x");
  std::vector<float> values(1);
  file.copy("w", values);
  SafetensorsWriter writer;
  writer.metadata = file.metadata();
  writer.add("w", {1}, values);
  const Folder folder;
  writer.write(folder / "x");
  EXPECT_EQ(text_of(folder / "x"), by_hand);
}

TEST(Safetensors, AFlippedBitIsNoticed) {
  const Folder folder;
  sample().write(folder / "x");
  const std::string good = text_of(folder / "x");
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] ^= static_cast<char>(1 << bit % 8);
    if (!refusal_of(bad).empty()) continue;
    // Only the name of the checksum may change: the file then has no checksum.
    EXPECT_EQ(bad.find("\"checksum\":\"crc32:"), std::string::npos) << "bit " << bit;
    expect_sample(Safetensors(buffer_of(bad), "x"));
  }
  std::string bad = good;
  bad.back() ^= 1;
  const std::string kept(Safetensors(buffer_of(good), "x").metadata("checksum"));
  EXPECT_THAT(
      error_of(bad),
      testing::MatchesRegex(
          "x: damaged: its bytes give the checksum crc32:........, and it was written with " +
          kept +
          ": take another copy of it, or, if another program changed it on purpose, remove "
          "'checksum' from its metadata"));
}

TEST(Safetensors, AFileThatAnotherProgramWroteNeedsNoChecksum) {
  const std::string tensor = R"("w": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}})";
  for (const char* metadata :
       {"", R"("__metadata__": {"k": "v"}, )", R"("__metadata__": {"checksum": "sha1:12"}, )",
        R"("__metadata__": {"checksum": "crc32:12345678"}, )"}) {
    EXPECT_EQ(refusal_of(file_of(std::string("{") + metadata + tensor, 4)), "") << metadata;
  }
  EXPECT_NE(error_of(R"({"__metadata__":{"checksum":"crc32:12345678"}, )" + tensor, 4), "");
}

TEST(Safetensors, NumbersThatAreNotFiniteAreFound) {
  const Folder folder;
  sample().write(folder / "x");
  const Safetensors file = Safetensors::read(folder / "x");
  file.require_finite("scalar");
  EXPECT_EQ(message_of<DataError>([&] { file.require_finite("conv2d_1.kernel"); }),
            (folder / "x").string() +
                ": conv2d_1.kernel has 1 of 6 numbers that are not finite, the first inf at place "
                "4: these are no weights to continue with");
}

// An independent reader: the format's own package, if a Python has it ($RIDGELINE_PYTHON).
TEST(Safetensors, ThePythonPackageReadsIt) {
  const char* chosen = std::getenv("RIDGELINE_PYTHON");
  const std::string python = chosen != nullptr ? chosen : "python3";
  if (std::system((python + " -c 'import numpy, safetensors' 2>/dev/null").c_str()) != 0) {
    GTEST_SKIP() << python << " has no safetensors package";
  }
  const Folder folder;
  sample().write(folder / "x");
  const std::string script =
      "import sys, numpy\n"
      "from safetensors import safe_open\n"
      "with safe_open(sys.argv[1], framework='numpy') as file:\n"
      "    assert file.metadata()['a key'] == 'a \"text\"\\nof λ'\n"
      "    kernel = file.get_tensor('conv2d_1.kernel')\n"
      "    assert kernel.shape == (2, 3) and kernel.dtype == numpy.float32\n"
      "    assert kernel[0, 0] == 1.5 and kernel[1, 2] == numpy.float32(0.1)\n"
      "    assert file.get_tensor('reals').tolist() == [[0.1], [-1e300]]\n"
      "    assert file.get_tensor('integers').tolist() == [-1, 2**63 - 1, 0]\n"
      "    assert file.get_tensor('bytes').tolist() == [1, 2, 255]\n"
      "    assert file.get_tensor('nothing').shape == (0, 4)\n"
      "    kept = file.metadata()['checksum']\n"
      "import zlib\n"
      "data = open(sys.argv[1], 'rb').read()\n"
      "zeros = data.replace(kept.encode(), b'crc32:00000000')\n"
      "assert kept == 'crc32:%08x' % zlib.crc32(zeros)\n";
  folder.write("check.py", script);
  const std::string command =
      python + " " + (folder / "check.py").string() + " " + (folder / "x").string();
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST(Safetensors, TextThatIsNotUtf8IsReplacedNotRefused) {
  SafetensorsWriter writer;
  writer.metadata["names"] = "caf\xe9";
  const Folder folder;
  writer.write(folder / "x");
  EXPECT_EQ(Safetensors::read(folder / "x").metadata("names"), "caf\xef\xbf\xbd");
}

// So many that comparing each with all others would take many minutes.
TEST(Safetensors, ManyTensorsAndTexts) {
  constexpr int count = 100'000;
  SafetensorsWriter writer;
  for (int i = 0; i < count; ++i) {
    writer.metadata.emplace(fmt::format("text {}", i), "x");
    writer.add(fmt::format("tensor {}", i), {0}, std::span<const float>());
  }
  const Folder folder;
  writer.write(folder / "x");
  const Safetensors file = Safetensors::read(folder / "x");
  EXPECT_EQ(file.tensors().size(), std::size_t{count});
  EXPECT_EQ(file.metadata("text 99999"), "x");
}

TEST(Safetensors, WrongRequests) {
  const Folder folder;
  sample().write(folder / "x");
  const Safetensors file = Safetensors::read(folder / "x");
  const std::string name = (folder / "x").string();
  std::vector<float> values(5);
  EXPECT_EQ(message_of<DataError>([&] { file.copy("conv2d_1.kernel", values); }),
            name + ": tensor 'conv2d_1.kernel' has 6 numbers, not 5");
  EXPECT_EQ(message_of<DataError>([&] { file.copy("reals", values); }),
            name + ": tensor 'reals' is F64, not F32, F16 or BF16");
  EXPECT_EQ(message_of<DataError>([&] { file.copy("gone", values); }),
            name + ": there is no tensor 'gone'");
  EXPECT_EQ(message_of<DataError>([&] { file.metadata("gone"); }),
            name + ": there is no 'gone' in its metadata");
}

TEST(Safetensors, FilesThatAreNotThere) {
  const Folder folder;
  EXPECT_EQ(message_of<DataError>([&] { Safetensors::read(folder / "no"); }),
            (folder / "no").string() + ": there is no such file");
  EXPECT_EQ(message_of<ResourceError>([&] { Safetensors::read(folder.path()); }),
            folder.path().string() + " cannot be read: it is not a regular file");
}

TEST(Safetensors, MalformedPrefixes) {
  EXPECT_EQ(error_of(""), "x: truncated: a safetensors file has at least 8 bytes, not 0");
  EXPECT_EQ(error_of("1234567"), "x: truncated: a safetensors file has at least 8 bytes, not 7");
  EXPECT_EQ(error_of("PK\3\4 a zip file"),
            "x: not a safetensors file, such as a run's model.safetensors");
  EXPECT_EQ(error_of(file_of("{}", 0).substr(0, 9)),
            "x: truncated: the header of 2 bytes should end at byte 10, the file ends at 9");
}

TEST(Safetensors, MalformedHeaders) {
  EXPECT_EQ(error_of("{\"a\": !}", 0),
            "x: the header is not JSON at byte 14: not a safetensors file, or a corrupt one");
  EXPECT_EQ(error_of("[]", 0), "x: the header at byte 8 is not a JSON object");
  EXPECT_EQ(error_of("", 0),
            "x: the header is not JSON at byte 8: not a safetensors file, or a corrupt one");
  EXPECT_EQ(error_of(R"({"__metadata__": []})", 0), "x: __metadata__ is not a JSON object");
  EXPECT_EQ(error_of(R"({"__metadata__": {"a": 1}})", 0), "x: 'a' in __metadata__ is not a text");
  EXPECT_EQ(error_of(R"({"__metadata__": {"a": "", "a": ""}})", 0),
            "x: 'a' is given twice in the header (bytes 8 to 44)");
  EXPECT_EQ(error_of(R"({"w": 3})", 0), "x: tensor 'w' has no entry that is a JSON object");
  EXPECT_EQ(error_of(R"({"w": {"shape": [1], "data_offsets": [0, 4]}})", 4),
            "x: tensor 'w' has no dtype that is a text");
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F31", "shape": [1], "data_offsets": [0, 4]}})", 4),
            "x: tensor 'w' has the unknown type 'F31'");
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}})", 4),
            "x: tensor 'w' has no shape that is a list of whole numbers");
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0]}})", 4),
            "x: tensor 'w' has no data_offsets that is a pair of whole numbers");
}

TEST(Safetensors, MalformedOffsets) {
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}})", 4),
            "x: tensor 'w' of 2 F32 needs 8 bytes, but its data_offsets are 0 and 4");
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}})", 4),
            "x: tensor 'w' of 1 F32 needs 4 bytes, but its data_offsets are 4 and 0");
  EXPECT_EQ(error_of(R"({"w": {"dtype": "F32", "shape": [4611686018427387904, 2],)"
                     R"( "data_offsets": [0, 4]}})",
                     4),
            "x: the shape of tensor 'w' is too large");
  const std::string two = R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},)"
                          R"( "b": {"dtype": "U8", "shape": [4], "data_offsets": )";
  const std::size_t start = 8 + two.size() + 8;
  EXPECT_EQ(error_of(two + "[3, 7]}}", 7),
            "x: tensors 'a' and 'b' overlap at byte " + std::to_string(start + 3));
  EXPECT_EQ(error_of(two + "[5, 9]}}", 9), "x: bytes " + std::to_string(start + 4) + " to " +
                                               std::to_string(start + 5) + " belong to no tensor");
  EXPECT_EQ(error_of(two + "[4, 8]}}", 9), "x: bytes " + std::to_string(start + 8) + " to " +
                                               std::to_string(start + 9) + " belong to no tensor");
  EXPECT_EQ(error_of(two + "[4, 8]}}", 6),
            "x: truncated: it ends at byte " + std::to_string(start + 6) +
                ", and tensor 'b' at byte " + std::to_string(start + 8));
}

// Fixed random corruptions of a good file: each is refused, or does not matter.
TEST(Safetensors, CorruptFilesAreRefusedNeverRead) {
  const Folder folder;
  sample().write(folder / "x");
  const auto raw = test::read_bytes(folder / "x");
  const std::string good(raw.begin(), raw.end());
  Random random(1, Purpose::test);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    const std::size_t where = random.below(bad.size());
    const auto byte = static_cast<char>(random.bits());
    switch (random.below(4)) {
      case 0:
        bad[where] = byte;
        break;
      case 1:
        bad[random.below(300)] = byte;  // in the header
        break;
      case 2:
        bad.resize(where);
        break;
      default:
        bad.insert(where, 1, byte);
    }
    try {
      const Safetensors file(buffer_of(bad), "x");
      std::size_t bytes = 0;
      for (const auto& [name, tensor] : file.tensors()) {
        for (const std::byte b : tensor.bytes) bytes += std::to_integer<std::size_t>(b) & 1;
      }
      EXPECT_LE(bytes, bad.size());
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 2000);
  expect_sample(Safetensors(buffer_of(good), "x"));
}

}  // namespace
}  // namespace ridgeline::interop
