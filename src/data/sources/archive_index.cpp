#include "data/sources/archive_index.hpp"

#include "data/sources/index_bytes.hpp"

namespace ridgeline::data {
namespace {

constexpr std::string_view magic = "ridgeline archive 1\n";
constexpr std::size_t member_bytes = 4 * sizeof(std::uint64_t), usual_name_bytes = 24;

}  // namespace

std::string write_archive_index(const ArchiveIndex& index, std::string_view key) {
  IndexWriter writer(magic, key);
  const FileList& files = index.files;
  writer.reserve(files.size() * (member_bytes + usual_name_bytes));
  writer.put(std::uint64_t{files.folders().size()});
  for (const FileList::Folder& folder : files.folders()) {
    writer.put(folder.path);
    writer.put_names(files, folder);
  }
  for (const Member& member : index.members) {
    writer.put(member.offset);
    writer.put(member.stored);
    writer.put(member.size);
    writer.put(std::uint64_t{member.checksum} << 1 | (member.deflated ? 1 : 0));
  }
  return writer.finish();
}

ArchiveIndex read_archive_index(std::span<const std::uint8_t> bytes, std::string_view key) {
  IndexReader reader(bytes, magic, key);
  ArchiveIndex index;
  for (std::uint64_t folders = reader.number(); folders > 0; --folders) {
    reader.take_folder(index.files);
    reader.take_names(index.files);
  }
  index.members.reserve(index.files.size());
  for (std::size_t f = 0; f < index.files.size(); ++f) {
    Member member{.offset = reader.number(), .stored = reader.number(), .size = reader.number()};
    const std::uint64_t last = reader.number();
    if (last >> 33 != 0) IndexReader::broken();
    member.checksum = static_cast<std::uint32_t>(last >> 1);
    member.deflated = (last & 1) != 0;
    index.members.push_back(member);
  }
  if (!reader.empty()) IndexReader::broken();
  return index;
}

}  // namespace ridgeline::data
