#include "data/cache/pack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "data/cache/amount.hpp"
#include "data/cache/pack_file.hpp"
#include "data/cache/pack_writer.hpp"
#include "data/checksum.hpp"
#include "data/fitted.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/version.hpp"
#include "tensor/threads.hpp"

namespace ridgeline::data {
namespace {

void note(const PackOptions& options, const std::string& sentence) {
  if (options.on_note) options.on_note(sentence);
}

/// The names of files, each below the folder's canonical path.
class CanonicalNames {
 public:
  std::string of(const std::string& name) {
    const std::filesystem::path path(name);
    const std::filesystem::path folder = path.parent_path();
    if (folder != folder_ || canonical_.empty()) {  // neighbours share one
      std::error_code error;
      folder_ = folder;
      canonical_ = std::filesystem::weakly_canonical(folder.empty() ? "." : folder, error);
    }
    return (canonical_ / path.filename()).string();
  }

 private:
  std::filesystem::path folder_, canonical_;
};

/// What a pack is known by.
struct Identity {
  std::string name;  ///< of the images and of what is made of them: the name of the file
  std::string key;   ///< of their contents too
};

Identity identity_of(const Dataset& data, const PackOptions& options) {
  Sha256 name, stamps;
  const Preprocessing& fit = *data.preprocessing();
  stamps.add(fmt::format("{}\n", version()));
  name.add(fmt::format("{} {} {} {} {} {}\n", fit.height, fit.width, fit.channels, fit.resize,
                       fit.filter, fit.crop_share));
  if (options.crop) {
    const ResizedCropOptions& crop = options.crop->crop;
    name.add(fmt::format("{} {} {} {}\n", crop.min_scale, crop.max_scale, crop.min_ratio,
                         crop.max_ratio));
  }
  CanonicalNames names;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto stamp = data.source()->stamp(data.id(i));
    if (!stamp) {
      throw ResourceError(fmt::format("{} has no size and time that identify it", data.name(i)));
    }
    name.add(names.of(data.name(i)) + '\n');
    stamps.add(fmt::format("{}\n", *stamp));
  }
  constexpr std::size_t name_digits = 32;
  Identity identity{.name = name.digits(), .key = {}};
  stamps.add(identity.name);
  identity.key = stamps.digits();
  identity.name.resize(name_digits);
  return identity;
}

// The size of the file. It is exact for images at the network's size; for others it is estimated
// from the headers of some.
std::uint64_t expected_bytes(const Dataset& data, const PackOptions& options) {
  constexpr std::size_t looked_at = 100;
  const auto images = static_cast<double>(data.size());
  double bytes = static_cast<double>(data.preprocessing()->shape().elements()), entries = 1;
  if (options.crop) {
    std::size_t known = 0, count = std::min(looked_at, data.size());
    bytes = 0;
    entries = 4;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = k * data.size() / count;
      try {
        const Shape original = data.source()->shape_of(data.id(i));
        bytes += static_cast<double>(bytes_at(original, needed_scales(original, options.crop)));
        ++known;
      } catch (const Error&) {  // the error is given when the image is read
      }
    }
    bytes /= static_cast<double>(std::max<std::size_t>(1, known));
  }
  return static_cast<std::uint64_t>((bytes + entries * sizeof(PackEntry)) * images) +
         sizeof(PackHeader);
}

// Throws ResourceError if the file will be too large.
void announce(const Dataset& data, const PackOptions& options, const std::filesystem::path& path) {
  const std::uint64_t bytes = expected_bytes(data, options);
  const std::uint64_t free = free_on_disk(options.folder);
  const std::string size = fmt::format("{}{}", options.crop ? "about " : "", amount(bytes));
  if (bytes > options.most_bytes) {
    throw ResourceError(fmt::format(
        "{} images need {} in {}, and {} {}: {}", data.size(), size, options.folder.string(),
        options.limited ? "data.cache_limit allows" : "their share of half of the free space is",
        amount(options.most_bytes),
        options.limited ? "raise it" : "set data.cache_path to a folder on another disk"));
  }
  if (bytes > free) {
    throw ResourceError(fmt::format(
        "{} images need {}, and the disk of {} has {}: set data.cache_path to a folder on another",
        data.size(), size, options.folder.string(), amount(free)));
  }
  note(options, fmt::format("packing {} images: {} to {}", data.size(), size, path.string()));
}

/// What a pack keeps of one image.
struct Made {
  Shape original;
  ScaledImages images;
};

// Holds no images if the source gives none that can be kept. Throws DataError, ResourceError.
Made make(const Dataset& data, std::size_t i, const std::optional<CropNeed>& crop) {
  const SampleSource& source = *data.source();
  const std::size_t id = data.id(i);
  if (crop) {
    const Shape original = source.shape_of(id);
    return {original, decode_scales(source, id, original, needed_scales(original, crop))};
  }
  FitScratch scratch;
  read_fitted(source, id, *data.preprocessing(), scratch);
  Made made{scratch.original, {}};
  made.images.images.push_back({0, 0, 0, std::move(scratch.fitted)});
  return made;
}

// Adds image i of the data to the pack. An image that cannot be read is left out.
void add_image(const Dataset& data, std::size_t i, const PackOptions& options, PackWriter& writer) {
  Made made;
  try {
    made = make(data, i, options.crop);
  } catch (const DataError&) {
    return;
  } catch (const ResourceError&) {
    return;
  }
  for (const ScaledImage& one : made.images.images) {
    writer.add(i, {one.scale, one.shift_x, one.shift_y, made.original, one.image},
               made.images.most);
  }
}

/// Says every 30 seconds how far the packing is.
class PackingNotes {
 public:
  PackingNotes(const PackOptions& options, std::size_t all) : options_(options), all_(all) {}
  void one_more() {
    const std::scoped_lock lock(mutex_);
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < std::chrono::seconds(30)) return;
    last_ = now;
    note(options_, fmt::format("packed {} of {} images", done_, all_));
  }

 private:
  const PackOptions& options_;
  std::size_t all_, done_ = 0;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
};

// False if it was stopped.
bool add_all(const Dataset& data, const PackOptions& options, PackWriter& writer) {
  std::atomic<std::size_t> next = 0;
  PackingNotes notes(options, data.size());
  std::mutex mutex;
  std::exception_ptr failed;
  const auto stopped = [&] { return options.stop != nullptr && options.stop->load(); };
  const auto work = [&](int) {
    for (std::size_t i = next++; i < data.size() && !stopped(); i = next++) {
      try {
        add_image(data, i, options, writer);
        notes.one_more();
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failed) failed = std::current_exception();
        next = data.size();
      }
    }
  };
  const ThreadWork readers{
      .purpose = "decode images", .key = "train.threads", .work = work, .release = [&] {
        next = data.size();
      }};
  for (std::thread& thread : start_threads(std::max(1, options.threads), readers)) thread.join();
  if (failed) std::rethrow_exception(failed);
  return !stopped();
}

}  // namespace

std::shared_ptr<const ImageStore> pack(const Dataset& data, const PackOptions& options) {
  const Identity identity = identity_of(data, options);
  PackFile::Wanted wanted{
      .key = identity.key,
      .images = data.size(),
      .places = std::vector(data.source()->size(), static_cast<std::uint32_t>(data.size())),
      .on_note = options.on_note};
  for (std::size_t i = 0; i < data.size(); ++i) {
    wanted.places[data.id(i)] = static_cast<std::uint32_t>(i);
  }
  const auto path = options.folder / fmt::format("{}.pack", identity.name);
  std::string wrong;  // why an existing file cannot be used
  const auto open = [&]() -> std::shared_ptr<const PackFile> {
    try {
      return PackFile::open(path, wanted);
    } catch (const DataError& error) {
      wrong = error.what();
      return nullptr;
    }
  };
  const auto found = [&](const std::shared_ptr<const PackFile>& file) {
    note(options, fmt::format("{} images are read from the pack {}: {}", data.size(), path.string(),
                              amount(file->bytes())));
    return file;
  };
  if (const auto file = open()) return found(file);
  if (!wrong.empty()) note(options, wrong + ": it is made again");
  announce(data, options, path);
  {
    PackWriter writer(path, options.most_bytes);
    // Another process may have made it while this one waited.
    if (const auto file = open()) return found(file);
    if (!add_all(data, options, writer)) return nullptr;
    writer.finish(identity.key, data.size());
  }
  if (auto made = open()) return made;
  throw ResourceError(fmt::format("{} cannot be read again after it was written", path.string()));
}

}  // namespace ridgeline::data
