#pragma once
// The measurements as Markdown tables, for docs/regularisation.md.

#include <iosfwd>

#include "records.hpp"

namespace study {

void summarise(const Records& records, std::ostream& out);

}  // namespace study
