#pragma once
// A model that the program has trained on a data set that is learnt quickly.

#include <memory>
#include <string>
#include <vector>

#include "cli/program.hpp"

namespace ridgeline::cli {

class TrainedModel : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::Folder>();
    test::write_images(*folder_, "images", 120, 30);
    folder_->write("small.toml", std::string("[data]\nsource = \"idx\"\npath = \"images\"\n"
                                             "[model]\npreset = \"mlp\"\n"
                                             "[train]\nepochs = 4\nbatch = 16\nrun = \"first\"\n"));
    trained_ = test::run(*folder_, {"train", "small.toml", "regularize.l2=1e-3", "--json"});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::vector<std::string> words(std::vector<std::string> more) {
    more.insert(more.begin(), {"train", "small.toml"});
    return more;
  }

  static inline std::unique_ptr<test::Folder> folder_;
  static inline test::Outcome trained_;
};

}  // namespace ridgeline::cli
