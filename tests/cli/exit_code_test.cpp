// Scripts rely on the numbers.
#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace ridgeline::cli {
namespace {

TEST(ExitCodes, OfEachKindOfError) {
  const auto code = [](ErrorKind kind) { return static_cast<int>(exit_code(kind)); };
  EXPECT_EQ(code(ErrorKind::usage), 2);
  EXPECT_EQ(code(ErrorKind::data), 3);
  EXPECT_EQ(code(ErrorKind::diverged), 4);
  EXPECT_EQ(code(ErrorKind::resource), 5);
  EXPECT_EQ(code(ErrorKind::interrupted), 130);
  EXPECT_EQ(static_cast<int>(ExitCode::done), 0);
  EXPECT_EQ(UsageError("").kind(), ErrorKind::usage);
  EXPECT_EQ(DataError("").kind(), ErrorKind::data);
  EXPECT_EQ(DivergedError("").kind(), ErrorKind::diverged);
  EXPECT_EQ(ResourceError("").kind(), ErrorKind::resource);
}

}  // namespace
}  // namespace ridgeline::cli
