#include "data/sources/folder_index.hpp"

#include "data/sources/index_bytes.hpp"

namespace ridgeline::data {
namespace {

constexpr std::string_view magic = "ridgeline index 1\n";

}  // namespace

std::string write_index(const FolderListing& listing, std::string_view key) {
  IndexWriter writer(magic, key);
  const FileList& files = listing.files;
  writer.put(std::uint64_t{files.folders().size()});
  for (std::size_t f = 0; f < files.folders().size(); ++f) {
    const FileList::Folder& folder = files.folders()[f];
    writer.put(folder.path);
    writer.put(static_cast<std::uint64_t>(listing.times[f].modified));
    writer.put(static_cast<std::uint64_t>(listing.times[f].changed));
    writer.put_names(files, folder);
  }
  return writer.finish();
}

FolderListing read_index(std::span<const std::uint8_t> bytes, std::string_view key) {
  IndexReader reader(bytes, magic, key);
  FolderListing listing;
  for (std::uint64_t folders = reader.number(); folders > 0; --folders) {
    reader.take_folder(listing.files);
    const auto modified = static_cast<std::int64_t>(reader.number());
    const auto changed = static_cast<std::int64_t>(reader.number());
    listing.times.push_back({modified, changed});
    reader.take_names(listing.files);
  }
  if (!reader.empty()) IndexReader::broken();
  return listing;
}

}  // namespace ridgeline::data
