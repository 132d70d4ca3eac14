#pragma once
// Reads the files that tools/golden writes: named arrays, in named cases.

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ridgeline::golden {

using Arrays = std::map<std::string, std::vector<double>>;

inline std::map<std::string, Arrays> read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " is missing: tools/golden writes it");
  std::map<std::string, Arrays> cases;
  std::string current, key;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    words >> key;
    if (key == "case") {
      words >> current;
      continue;
    }
    std::size_t count = 0;
    words >> count;
    auto& values = cases[current][key];
    for (std::string word; words >> word;) values.push_back(std::stod(word));  // reads NaN, too
    if (values.size() != count) throw std::runtime_error(path + ": " + key + " is cut short");
  }
  return cases;
}

inline std::map<std::string, Arrays> read(const std::string& name) {
  return read_file(std::string(RIDGELINE_TEST_DATA) + "/" + name);
}

}  // namespace ridgeline::golden
