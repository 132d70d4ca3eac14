#include "options/check.hpp"
#include "train/fit.hpp"

namespace ridgeline::train {

void Fit::check_options() const {
  require(options_.epochs >= 1, "train.epochs must be at least 1, not {}", options_.epochs);
  require(options_.batch >= 1, "train.batch must be at least 1, not {}", options_.batch);
  require(options_.accumulate >= 1, "train.accumulate must be at least 1, not {}",
          options_.accumulate);
  require(options_.accumulate == 1 || !full_batch_,
          "train.accumulate is {}, but {} sums up the gradients of all batches already: leave it "
          "at 1",
          options_.accumulate, core_.options.optimizer.optimizer->kind());
  require(options_.sampling == "shuffle" || options_.sampling == "balanced",
          "data.sampling is shuffle or balanced, not \"{}\"", options_.sampling);
  require(options_.sampling == "shuffle" || !full_batch_,
          "data.sampling is \"balanced\", but an update of {} has every training image once: set "
          "loss.class_weights = \"balanced\" instead",
          core_.options.optimizer.optimizer->kind());
  require(options_.patience >= 0, "train.patience must not be negative, but is {}",
          options_.patience);
  require(options_.log_every >= 0, "train.log_every must not be negative, but is {}",
          options_.log_every);
  require(options_.validation >= 0 && options_.validation < 1,
          "data.validation must be a fraction of at least 0 and below 1, not {}",
          options_.validation);
  require(options_.validation == 0 || options_.validation_data.empty(),
          "there are validation images already: data.validation must then be 0, not {}",
          options_.validation);
  require(
      options_.unfreeze_at == 0 || options_.unfreeze_at >= 2,
      "train.unfreeze_at must be the number of an epoch after the first, or 0 for never, not {}",
      options_.unfreeze_at);
  require(!options_.resume || !options_.run.empty(), "to resume, name the run's folder");
}

}  // namespace ridgeline::train
