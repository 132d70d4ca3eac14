#include "select/jobs.hpp"

#include <gtest/gtest.h>

#include "train/support.hpp"

namespace ridgeline::selection {
namespace {

SelectOptions wish(int trials, int folds, int jobs) {
  SelectOptions options;
  options.trials = trials;
  options.folds = folds;
  options.jobs = jobs;
  return options;
}

TEST(Jobs, EachThreadHasSeveralTrainings) {
  EXPECT_EQ(jobs_of(wish(10, 4, 0), {.threads = 1}), 1);
  EXPECT_EQ(jobs_of(wish(10, 4, 0), {.threads = 2}), 2);
  EXPECT_EQ(jobs_of(wish(10, 4, 0), {.threads = 64}), 10);
  EXPECT_EQ(jobs_of(wish(2, 1, 0), {.threads = 64}), 1);
}

TEST(Jobs, AWishIsKeptAsFarAsTrainingsAndThreadsGo) {
  EXPECT_EQ(jobs_of(wish(10, 4, 3), {.threads = 8}), 3);
  EXPECT_EQ(jobs_of(wish(10, 4, 1000), {.threads = 8}), 8);
  EXPECT_EQ(jobs_of(wish(2, 2, 1000), {.threads = 8}), 4);
}

TEST(Jobs, WhatDoesNotFitIntoMemoryIsNotStarted) {
  const auto jobs = [](std::size_t available) {
    return jobs_of(wish(10, 4, 6),
                   {.threads = 8, .training_bytes = 100, .available_bytes = available});
  };
  EXPECT_EQ(jobs(10000), 6);
  EXPECT_EQ(jobs(400), 3);
  EXPECT_EQ(jobs(10), 1);
}

TEST(Jobs, TrainingsOfARungEndTogether) {
  EXPECT_EQ(jobs_at_once(4, 2, 2), 2);
  EXPECT_EQ(jobs_at_once(3, 2, 2), 1) << "the third alone would leave a thread idle";
  EXPECT_EQ(jobs_at_once(1, 2, 2), 1);
  EXPECT_EQ(jobs_at_once(7, 16, 64), 7) << "each has nine threads";
  EXPECT_EQ(jobs_at_once(3, 16, 64), 3);
  EXPECT_EQ(jobs_at_once(10, 4, 64), 4);
  EXPECT_EQ(jobs_at_once(0, 4, 8), 1);
}

TEST(Jobs, ALargerBatchAndAnOptimizerThatKeepsMoreTakeMoreMemory) {
  Model model = test::small_model();
  const JobLimits small = job_limits(model, 4);
  EXPECT_EQ(small.threads, model.options().threads);
  EXPECT_GT(small.training_bytes, 0U);
  EXPECT_GT(job_limits(model, 64).training_bytes, small.training_bytes);
  ModelOptions options = test::small_options();
  options.optimizer = lookahead(options.optimizer, {.interval = 5});
  Model slow(test::small_network(), options);
  EXPECT_GT(job_limits(slow, 4).training_bytes, small.training_bytes);
}

}  // namespace
}  // namespace ridgeline::selection
