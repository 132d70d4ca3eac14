#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "data/error_log.hpp"
#include "data/sources/subset.hpp"
#include "folder.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Exclude : testing::Test {
  Exclude() {
    for (const char* file : {"cat/1.jpg", "cat/2.jpg", "dog/1.jpg", "dog/3.jpg"}) {
      folder.write(file, "x");
    }
    source = class_folders(folder.path()).train;
  }
  std::vector<std::string> left(const std::string& list) {
    lists.write("list", list);
    ExcludeList exclude(lists / "list");
    const auto some = exclude.apply(source);
    unknown = exclude.unknown();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < some->size(); ++i) {
      names.push_back(some->name(i).substr(folder.path().string().size() + 1));
      EXPECT_EQ(some->target(i), Target(names.back()[0] == 'c' ? 0 : 1));
    }
    return names;
  }
  std::string error(const std::string& list) {
    return message_of<DataError>([&] { left(list); });
  }
  test::Folder folder, lists;
  std::shared_ptr<const SampleSource> source;
  std::vector<std::string> unknown;
};

TEST_F(Exclude, LeavesOutWhatIsListed) {
  EXPECT_THAT(left("cat/1.jpg\r\n\n" + (folder / "dog/3.jpg").string() + "\tunreadable\n"),
              ElementsAre("cat/2.jpg", "dog/1.jpg"));
  EXPECT_THAT(unknown, IsEmpty());
  EXPECT_THAT(left("./dog/1.jpg\n3.jpg\n"), ElementsAre("cat/1.jpg", "cat/2.jpg"));
}

TEST_F(Exclude, NamesThatMeanNothingAreKnown) {
  EXPECT_THAT(left("zebra/1.jpg\ncat/1.jpg\nat/2.jpg\n"),
              ElementsAre("cat/2.jpg", "dog/1.jpg", "dog/3.jpg"));
  EXPECT_THAT(unknown, ElementsAre("zebra/1.jpg", "at/2.jpg"));
  EXPECT_EQ(left("").size(), 4U);
}

TEST_F(Exclude, SaysWhatIsWrong) {
  EXPECT_THAT(error("x\n1.jpg\n"), HasSubstr("list:2: \"1.jpg\" means both "));
  EXPECT_THAT(error("cat/1.jpg\ncat/2.jpg\ndog/1.jpg\ndog/3.jpg\n"),
              HasSubstr("leaves out all 4 images"));
  EXPECT_THAT(error(std::string("a\0b", 3)), HasSubstr("zero byte"));
  EXPECT_THAT(message_of<DataError>([&] { ExcludeList(lists / "none"); }),
              HasSubstr("there is no such file"));
}

TEST(ErrorLog, NamesEachImageOnceAndStopsAfterOnePercent) {
  std::vector<std::string> said;
  ErrorLog log(OnError::skip, 201, [&](const std::string& text) { said.push_back(text); });
  for (int pass = 0; pass < 2; ++pass) {
    log.note(7, DataError("a.jpg: is HTML"));
    log.note(9, DataError("b.jpg: is cut short"));
    log.note(11, ResourceError("c.jpg: cannot be read"));
  }
  EXPECT_THAT(said, ElementsAre("a.jpg: is HTML", "b.jpg: is cut short", "c.jpg: cannot be read"));
  EXPECT_TRUE(log.bad(9));
  EXPECT_FALSE(log.bad(8));
  EXPECT_EQ(message_of<DataError>([&] { log.note(1, DataError("d.jpg: is HTML")); }),
            "4 of 201 images cannot be read, and 1 % may be left out (data.on_error = \"skip\"): "
            "a.jpg: is HTML; b.jpg: is cut short; c.jpg: cannot be read; ...");
  EXPECT_EQ(log.count(), 4U);
}

TEST(ErrorLog, FailsAtOnceWhereAsked) {
  ErrorLog log(OnError::fail, 1000);
  EXPECT_EQ(message_of<DataError>([&] { log.note(1, DataError("a.jpg: x")); }), "a.jpg: x");
  EXPECT_EQ(message_of<ResourceError>([&] { log.note(2, ResourceError("b.jpg: x")); }), "b.jpg: x");
}

TEST(ErrorLog, OneOfAFewMayBeBad) {
  ErrorLog log(OnError::skip, 10);
  log.note(3, DataError("a.jpg: x"));
  EXPECT_THROW(log.note(4, DataError("b.jpg: x")), DataError);
}

TEST(ErrorLog, IsForManyThreads) {
  std::vector<std::string> said;
  ErrorLog log(OnError::skip, 100'000, [&](const std::string& text) { said.push_back(text); });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = 0; i < 500; ++i) log.note(i, DataError(std::to_string(i)));
      });
    }
  }
  EXPECT_EQ(said.size(), 500U);
}

TEST(ErrorLog, KnowsItsWords) {
  EXPECT_EQ(on_error_of("skip"), OnError::skip);
  EXPECT_EQ(on_error_of("fail"), OnError::fail);
  EXPECT_THAT(message_of<UsageError>([] { on_error_of("ignore"); }), HasSubstr("skip or fail"));
}

}  // namespace
}  // namespace ridgeline::data
