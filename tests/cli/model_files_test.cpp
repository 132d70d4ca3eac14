// Damaged model files, and those of diverged trainings.
#include <gmock/gmock.h>

#include "cli/trained_model.hpp"

namespace ridgeline::cli {
namespace {

using test::Outcome;
using test::run;
using testing::HasSubstr;

class ModelFiles : public TrainedModel {
 protected:
  // A run that ends after its only step, which makes the weights infinite.
  static Outcome diverge(const std::string& where) {
    return run(*folder_,
               words({"optimizer.kind=sgd", "optimizer.learning_rate=3e38", "regularize.l2=1000",
                      "train.batch=108", "train.epochs=1", "train.run=" + where, "--json"}));
  }

  static void flip_last_bit(const std::string& file) {
    test::Bytes bytes = test::read_bytes(*folder_ / file);
    bytes.back() ^= 1;
    folder_->write(file, bytes);
  }
};

TEST_F(ModelFiles, WhatDivergedIsForDiagnosisOnly) {
  const Outcome trained = diverge("gone");
  ASSERT_EQ(trained.code, 4) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("training diverged in epoch 1"));
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "gone/model.safetensors"));
  const std::string file = "gone/diverged.safetensors";
  for (const auto& call :
       std::vector<std::vector<std::string>>{{"evaluate", file},
                                             {"predict", file, "x.png"},
                                             {"export", file, "--to", "safetensors"},
                                             words({"model.weights=" + file, "train.run=on"})}) {
    const Outcome outcome = run(*folder_, call);
    EXPECT_EQ(outcome.code, 3) << call.front() << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr("these are the weights with which a training diverged"));
  }
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "on"));
  const Outcome inspected = run(*folder_, {"inspect", file});
  EXPECT_EQ(inspected.code, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("numbers that are not finite: "));
  EXPECT_GT(run(*folder_, {"inspect", file, "--json"}).json()["parameters"][0]["not_finite"], 0);
  const Outcome diagnosed = run(*folder_, {"diagnose", "gone"});
  EXPECT_EQ(diagnosed.code, 0) << diagnosed.err;
  EXPECT_THAT(diagnosed.out, HasSubstr("training diverged in epoch 1"));
}

TEST_F(ModelFiles, AFlippedBitIsDamage) {
  std::filesystem::copy(*folder_ / "first", *folder_ / "damaged");
  flip_last_bit("damaged/model.safetensors");
  flip_last_bit("damaged/checkpoint.safetensors");
  for (const auto& call :
       std::vector<std::vector<std::string>>{{"evaluate", "damaged"},
                                             {"inspect", "damaged"},
                                             {"export", "damaged", "--to", "safetensors"},
                                             words({"model.weights=damaged", "train.run=on"}),
                                             {"train", "--resume", "damaged", "train.epochs=6"}}) {
    const Outcome outcome = run(*folder_, call);
    EXPECT_EQ(outcome.code, 3) << call.front() << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(".safetensors: damaged: its bytes give the checksum"));
  }
}

}  // namespace
}  // namespace ridgeline::cli
