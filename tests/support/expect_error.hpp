#pragma once

#include <gmock/gmock.h>

#include "ridgeline/error.hpp"

/// Expects a UsageError with exactly this sentence.
#define EXPECT_USAGE_ERROR(statement, sentence)      \
  EXPECT_THAT([&] { static_cast<void>(statement); }, \
              ::testing::ThrowsMessage<::ridgeline::UsageError>(::testing::StrEq(sentence)))
