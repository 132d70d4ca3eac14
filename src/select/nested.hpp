#pragma once
// Nested cross-validation: the whole selection is repeated without the images of each outer fold,
// and its model is measured on them. So the estimate includes what choosing costs: the best score
// of a selection is too good, because it is the best of many (Cawley and Talbot, JMLR 11, 2010).

#include <functional>

#include "select/recipe.hpp"

namespace ridgeline::selection {

/// Throws UsageError if the selection cannot be repeated in each outer fold.
void check_outer_folds(const Recipe& recipe);

/// Repeats the selection of `recipe` in STUDY/outer/1, STUDY/outer/2, ..., which are studies. Calls
/// `keep` after each. If it was interrupted, the same call continues.
NestedResult run_nested(const Recipe& recipe,
                        const std::function<void(int fold, const OuterFold&)>& keep);

/// Tells of a selection as a part of a whole that begins at `before` and has the size `share`.
SelectOptions as_part(SelectOptions options, double before, double share, int outer);

}  // namespace ridgeline::selection
