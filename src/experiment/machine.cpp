#include "experiment/machine.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <fstream>

namespace ridgeline::experiment {

std::string machine() {
  std::string processor = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    processor = line.substr(line.find(": ") + 2);
    break;
  }
  cpu_set_t cores;
  const int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
  return fmt::format("{}, {} cores", processor, count);
}

}  // namespace ridgeline::experiment
