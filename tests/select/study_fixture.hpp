#pragma once
// A study in a folder of its own, for tests.

#include "select/database.hpp"
#include "select/support.hpp"

namespace ridgeline::selection {

namespace fs = std::filesystem;

class StudyTest : public test::InFolder {
 protected:
  SelectOptions options_{.over = log_range(test::key, 1e-2, 10),
                         .method = "grid",
                         .trials = 7,
                         .folds = 3,
                         .rule = "best",
                         .study = folder_};
  const fs::path file_ = folder_ / "study.sqlite";

  std::string query(const std::string& sql) {
    Database database(file_);
    Statement row = database.prepare(sql);
    std::string text;
    while (row.next()) text += row.text(0) + "\n";
    return text;
  }
};

}  // namespace ridgeline::selection
