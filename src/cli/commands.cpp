#include "cli/commands.hpp"

#include <vector>

namespace ridgeline::cli {

std::span<const Command> commands() {
  static const std::vector<Command> table = {
      train_command(),        select_command(),       study_show_command(), study_list_command(),
      study_export_command(), study_delete_command(), evaluate_command(),   predict_command(),
      inspect_command(),      diagnose_command(),     lambda_command(),     export_command(),
      bench_command(),        data_get_command(),     data_check_command(),
  };
  return table;
}

}  // namespace ridgeline::cli
