#include <cmath>

#include "options/check.hpp"
#include "ridgeline/lambda.hpp"

namespace ridgeline {

Regularize elastic_net(const ElasticNet& options) {
  const auto& [alpha, l1_ratio, loss, outputs] = options;
  require(alpha >= 0 && std::isfinite(alpha),
          "elastic_net: alpha must be a number that is not negative, not {}", alpha);
  require(l1_ratio >= 0 && l1_ratio <= 1, "elastic_net: l1_ratio must be in [0, 1], not {}",
          l1_ratio);
  const LambdaFacts facts{.outputs = static_cast<double>(outputs), .loss = loss};
  const Penalty penalty =
      loss == "mse"
          ? convert_lambda("sklearn-elasticnet", {{"alpha", alpha}, {"l1_ratio", l1_ratio}}, facts)
                .penalty
          : convert_lambda("glmnet", {{"lambda", alpha}, {"alpha", l1_ratio}}, facts).penalty;
  return {.l2 = penalty.l2, .l1 = penalty.l1};
}

}  // namespace ridgeline
