// The cache on disk: it is found again, made again, or not used.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "cached_photos.hpp"
#include "data/cache/cached_source.hpp"
#include "data/cache/pack_format.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using test::epoch_of;
using test::Photos;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Pack : testing::Test {
  CacheOptions options() {
    return {.kind = "disk",
            .folder = packs.path(),
            .augment = {"resized_crop"},
            .threads = 2,
            .on_note = [this](const std::string& sentence) { notes.push_back(sentence); }};
  }
  // Expects the same numbers of an epoch with and without the cache.
  void expect_same(const CacheOptions& how) {
    const Dataset plain = photos.data(), kept = plain.cache(how);
    EXPECT_EQ(epoch_of(kept, how.augment, 1), epoch_of(plain, how.augment, 1));
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(packs.path())) all.push_back(entry.path());
    return all;
  }
  Dataset made(const CacheOptions& how) {
    Dataset data = photos.data().cache(how);
    prepare_cache(data);
    return data;
  }
  // How many images were decoded to make or find a cache.
  int decodes_for(const CacheOptions& how) {
    photos.source->decodes = 0;
    made(how);
    return photos.source->decodes;
  }

  Photos photos;
  test::Folder packs;
  std::vector<std::string> notes;
};

TEST_F(Pack, IsAnnouncedMadeOnceAndFoundAgain) {
  EXPECT_GT(decodes_for(options()), 0);
  ASSERT_EQ(files().size(), 1U);
  EXPECT_THAT(notes, ElementsAre(testing::MatchesRegex("packing 9 images: about [0-9]+ kB to .*")));
  EXPECT_THAT(notes[0], HasSubstr(files()[0].string()));
  EXPECT_EQ(files()[0].extension(), ".pack");
  notes.clear();
  EXPECT_EQ(decodes_for(options()), 0);
  EXPECT_THAT(
      notes,
      ElementsAre(testing::MatchesRegex("9 images are read from the pack .*\\.pack: [0-9]+ kB")));
  EXPECT_THAT(notes[0], HasSubstr(files()[0].string()));
  expect_same(options());
}

TEST_F(Pack, IsFoundHoweverThePathIsSpelled) {
  EXPECT_GT(decodes_for(options()), 0);
  const fs::path folder = photos.folder.path();
  const test::Folder other;
  fs::create_directory_symlink(folder, other / "link");
  for (const fs::path& spelled :
       {fs::relative(folder), folder / "cats/..", folder / ".", other / "link"}) {
    SCOPED_TRACE(spelled);
    photos.source = std::make_shared<test::Counted>(class_folders(spelled).train);
    EXPECT_EQ(decodes_for(options()), 0);
  }
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Pack, WithoutCropsItHasTheSizeThatIsSaid) {
  CacheOptions how = options();
  how.augment = {"rotation:10"};
  expect_same(how);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("packing 9 images: 13 kB to ")));
  EXPECT_EQ(fs::file_size(files().at(0)),
            sizeof(PackHeader) + 9 * (sizeof(PackEntry) + 3 * 24 * 20));
}

TEST_F(Pack, HoldsThoseImagesAloneThatTheDataHas) {
  const Dataset plain = photos.data().take(3), kept = plain.cache(options());
  EXPECT_EQ(epoch_of(kept, {"resized_crop"}, 2), epoch_of(plain, {"resized_crop"}, 2));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("packing 3 images")));
}

TEST_F(Pack, OfFilesThatChangedIsMadeAnew) {
  EXPECT_GT(decodes_for(options()), 0);
  const fs::path file = photos.folder / "dogs/0420.jpg";
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
  notes.clear();
  EXPECT_GT(decodes_for(options()), 0) << "another time";
  EXPECT_THAT(notes,
              ElementsAre(HasSubstr("images that have changed since"), HasSubstr("packing")));
  photos.folder.write("dogs/0420.jpg", test::read_bytes(photos.folder / "cats/0422.jpg"));
  EXPECT_GT(decodes_for(options()), 0) << "another size";
  expect_same(options());
  EXPECT_EQ(files().size(), 1U) << "it takes the place of the old one";
  CacheOptions other = options();
  other.augment = {"resized_crop:min_scale=0.5"};
  EXPECT_GT(decodes_for(other), 0) << "another crop";
  expect_same(other);
}

TEST_F(Pack, OfAnArchiveDependsOnTheArchive) {
  test::Folder folder;
  const fs::path archive = folder / "photos.tar";
  const std::string tar =
      "tar cf " + archive.string() + " -C " + photos.folder.path().string() + " cats dogs";
  ASSERT_EQ(std::system(tar.c_str()), 0);
  const auto open = [&] {
    photos.source = std::make_shared<test::Counted>(class_folders(archive).train);
  };
  open();
  EXPECT_GT(decodes_for(options()), 0);
  EXPECT_EQ(decodes_for(options()), 0);
  fs::last_write_time(archive, fs::last_write_time(archive) + std::chrono::seconds(1));
  open();
  EXPECT_GT(decodes_for(options()), 0);
}

// Whichever byte is wrong, and wherever the file ends, the images are right and a note reports the
// damage.
TEST_F(Pack, DamagedOrCutShortIsMadeAnewAndSaid) {
  made(options());
  const fs::path file = files().at(0);
  const test::Bytes whole = test::read_bytes(file);
  const std::size_t in_key = offsetof(PackHeader, key);
  std::uint64_t index = 0;
  std::memcpy(&index, whole.data() + 88, sizeof index);
  for (const std::size_t at :
       {std::size_t{0}, in_key, std::size_t{75}, std::size_t{83}, std::size_t{88}, std::size_t{98},
        std::size_t{index}, std::size_t{index + 13}, whole.size() - 1}) {
    SCOPED_TRACE(at);
    test::Bytes bytes = whole;
    bytes[at] ^= 1;
    packs.write(file.filename(), bytes);
    notes.clear();
    expect_same(options());
    const std::string what = at == in_key ? " is of images that have changed" : " is damaged: ";
    EXPECT_THAT(
        notes, ElementsAre(testing::AllOf(HasSubstr(file.string() + what), HasSubstr("made again")),
                           HasSubstr("packing")));
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{50}, std::size_t{104}, whole.size() / 2, whole.size() - 1}) {
    SCOPED_TRACE(size);
    packs.write(file.filename(), test::Bytes(whole.begin(), whole.begin() + size));
    notes.clear();
    expect_same(options());
    EXPECT_THAT(notes, ElementsAre(HasSubstr("is damaged: it is cut short"), HasSubstr("packing")));
  }
  EXPECT_EQ(fs::file_size(file), whole.size());
}

TEST_F(Pack, DamagedPixelsAreDecodedAgainAndTheFileIsMadeAnew) {
  made(options());
  const fs::path file = files().at(0);
  test::Bytes bytes = test::read_bytes(file);
  for (std::size_t at = sizeof(PackHeader); at < bytes.size() / 2; at += 1000) bytes[at] ^= 1;
  packs.write(file.filename(), bytes);
  notes.clear();
  expect_same(options());
  EXPECT_THAT(notes, ElementsAre(HasSubstr("are read from the pack"),
                                 HasSubstr(file.string() + " was damaged")));
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_GT(decodes_for(options()), 0);
}

TEST_F(Pack, DamageRemovesNoFileThatTookThePlaceOfTheDamagedOne) {
  made(options());
  const fs::path file = files().at(0);
  const test::Bytes whole = test::read_bytes(file);
  test::Bytes bytes = whole;
  for (std::size_t at = sizeof(PackHeader); at < bytes.size() / 2; at += 1000) bytes[at] ^= 1;
  packs.write(file.filename(), bytes);
  const Dataset kept = made(options());
  packs.write("new", whole);
  fs::rename(packs / "new", file);
  EXPECT_EQ(epoch_of(kept, {"resized_crop"}, 1), epoch_of(photos.data(), {"resized_crop"}, 1));
  EXPECT_THAT(notes.back(), HasSubstr("was damaged"));
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(Pack, TooLargeIsRefusedAndImagesAreKeptInMemory) {
  CacheOptions how = options();
  how.limit = 5000;
  expect_same(how);
  EXPECT_THAT(notes, ElementsAre(testing::AllOf(HasSubstr("no cache on disk: 9 images need about"),
                                                HasSubstr("data.cache_limit allows 5.0 kB"),
                                                HasSubstr("kept in memory instead"))));
  EXPECT_THAT(files(), IsEmpty());
  const Dataset kept = made(how);
  epoch_of(kept, how.augment, 0);
  photos.source->decodes = 0;
  epoch_of(kept, how.augment, 1);
  EXPECT_EQ(photos.source->decodes, 0);
}

TEST_F(Pack, IsDoneWithoutWhereItCannotBeWritten) {
  packs.write("file", "x");
  CacheOptions how = options();
  how.folder = packs / "file";  // no folder can be made there
  expect_same(how);
  EXPECT_THAT(notes.back(),
              testing::AllOf(HasSubstr("no cache on disk: the folder"), HasSubstr("cannot be made"),
                             HasSubstr("kept in memory instead")));
}

// A limit on the size of files acts like a full disk.
TEST_F(Pack, AFullDiskLeavesNothing) {
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{20'000, 20'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    CacheOptions how = options();
    how.threads = 1;
    const Dataset kept = made(how);
    const bool said = !notes.empty() &&
                      notes.back().find("cannot be written: File too large") != std::string::npos &&
                      notes.back().find("kept in memory instead") != std::string::npos;
    _exit(said && epoch_of(kept, how.augment, 1) == epoch_of(photos.data(), how.augment, 1) ? 0
                                                                                            : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Pack, WhatAKilledProcessLeftIsTakenOver) {
  const pid_t child = fork();
  if (child == 0) {
    photos.source->on_decode = [](std::size_t image) {
      if (image == 5) kill(getpid(), SIGKILL);
    };
    CacheOptions how = options();
    how.threads = 1;
    made(how);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(files()[0].extension(), ".part");
  expect_same(options());
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(files()[0].extension(), ".pack");
}

// This process needs the pack while another one makes it.
struct TwoProcesses : Pack {
  void expect_made_once();
};

void TwoProcesses::expect_made_once() {
  std::array<int, 2> begun{}, go_on{};
  ASSERT_EQ(pipe(begun.data()), 0);
  ASSERT_EQ(pipe(go_on.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    bool waited = false;
    photos.source->on_decode = [&](std::size_t image) {
      char byte = 0;
      if (image != 5 || waited) return;
      waited = true;
      if (write(begun[1], "x", 1) != 1 || read(go_on[0], &byte, 1) != 1) _exit(2);
    };
    CacheOptions how = options();
    how.threads = 1;
    made(how);
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(read(begun[0], &byte, 1), 1);  // the packing has begun
  CacheOptions how = options();
  how.on_note = [&](const std::string& sentence) {
    notes.push_back(sentence);
    ASSERT_EQ(write(go_on[1], "x", 1), 1);  // it may continue, and this process waits for it
  };
  EXPECT_EQ(decodes_for(how), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files().size(), 1U);
  for (const int end : {begun[0], begun[1], go_on[0], go_on[1]}) close(end);
}

TEST_F(TwoProcesses, MakeAMissingPackOnce) {
  expect_made_once();
  EXPECT_THAT(notes, ElementsAre(HasSubstr("packing"), HasSubstr("are read from the pack")));
}

TEST_F(TwoProcesses, MakeADamagedPackOnce) {
  made(options());
  fs::resize_file(files().at(0), 1000);
  notes.clear();
  expect_made_once();
  EXPECT_THAT(notes, ElementsAre(HasSubstr("is damaged"), HasSubstr("packing"),
                                 HasSubstr("are read from the pack")));
}

TEST_F(Pack, EndsWhenItIsToldTo) {
  std::atomic<bool> stop = false;
  photos.source->on_decode = [&](std::size_t) { stop = true; };
  CacheOptions how = options();
  how.stop = &stop;
  const Dataset data = made(how);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_EQ(epoch_of(data, how.augment, 1), epoch_of(photos.data(), how.augment, 1));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(Pack, IsMadeWhenTheFirstImageIsAskedFor) {
  const Dataset plain = photos.data(), kept = plain.cache(options());
  EXPECT_EQ(photos.source->decodes, 0);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_EQ(epoch_of(kept, {"resized_crop"}, 1), epoch_of(plain, {"resized_crop"}, 1));
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Pack, NeedsStamps) {
  class Nameless final : public WrappedSource {
   public:
    using WrappedSource::WrappedSource;
    std::optional<std::uint64_t> stamp(std::size_t) const override { return std::nullopt; }
  };
  const Dataset data =
      Dataset(std::make_shared<Nameless>(photos.source)).fitted({.height = 24, .width = 20});
  const Dataset kept = data.cache(options());
  EXPECT_EQ(epoch_of(kept, {"resized_crop"}, 0), epoch_of(data, {"resized_crop"}, 0));
  EXPECT_THAT(notes, ElementsAre(HasSubstr("has no size and time that identify it")));
}

TEST_F(Pack, IsInTheUsersCache) {
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before == nullptr ? "" : before;
  setenv("XDG_CACHE_HOME", packs.path().c_str(), 1);
  CacheOptions how = options();
  how.folder.clear();
  made(how);
  if (before == nullptr) {
    unsetenv("XDG_CACHE_HOME");
  } else {
    setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  }
  EXPECT_TRUE(fs::is_directory(packs / "ridgeline/pack"));
}

}  // namespace
}  // namespace ridgeline::data
