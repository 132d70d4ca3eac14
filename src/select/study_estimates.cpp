// What a study keeps of estimates on images that did not choose: outer folds, and the test set.
#include "select/study.hpp"

namespace ridgeline::selection {

int Study::test_looks() {
  return static_cast<int>(database_->number("SELECT count(*) FROM test_look"));
}

void Study::measured(int outer_fold, const OuterFold& fold) {
  Transaction transaction(*database_);
  database_->prepare("INSERT OR REPLACE INTO outer_fold VALUES (?, ?, ?, ?)")
      .bind(outer_fold)
      .bind(fold.images)
      .bind(fold.score)
      .bind(fold.standard_error)
      .run();
  database_->prepare("DELETE FROM outer_parameter WHERE fold = ?").bind(outer_fold).run();
  for (const auto& [name, value] : fold.chosen) {
    database_->prepare("INSERT INTO outer_parameter VALUES (?, ?, ?)")
        .bind(outer_fold)
        .bind(name)
        .bind(value)
        .run();
  }
  transaction.commit();
}

int Study::outer_folds() {
  return static_cast<int>(database_->number("SELECT count(*) FROM outer_fold"));
}

}  // namespace ridgeline::selection
