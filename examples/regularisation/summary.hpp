#pragma once
// What was measured as Markdown tables, for docs/regularisation.md.

#include <iosfwd>

#include "records.hpp"

namespace study {

void summarise(const Records& records, std::ostream& out);

}  // namespace study
