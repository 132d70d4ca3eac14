#pragma once
// The commands: each has a file of its own and a line in the table.

#include <span>

#include "cli/command.hpp"

namespace ridgeline::cli {

Command train_command();
Command select_command();
Command study_show_command();
Command study_list_command();
Command study_export_command();
Command study_delete_command();
Command evaluate_command();
Command predict_command();
Command inspect_command();
Command lambda_command();
Command export_command();
Command diagnose_command();
Command bench_command();
Command data_get_command();
Command data_check_command();

/// In the order of the help.
std::span<const Command> commands();

}  // namespace ridgeline::cli
