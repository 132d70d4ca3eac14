#pragma once
// Runs the built program as a user does, and makes a small data set for it.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/folder.hpp"

namespace ridgeline::test {

struct Outcome {
  int code = -1;  ///< the exit code; 128 + the signal if one ended it
  std::string out, err;

  /// Standard output as one JSON document.
  nlohmann::json json() const {
    EXPECT_TRUE(nlohmann::json::accept(out)) << out;
    return nlohmann::json::parse(out, nullptr, false);
  }
};

/// Runs `ridgeline words...` in `folder`; `meanwhile` is called with its process id. Standard
/// output goes to the file `output` (in the folder, unless its path is absolute), or is closed if
/// `output` is empty. `before` is called in the new process.
inline Outcome run(const Folder& folder, const std::vector<std::string>& words,
                   const std::function<void(pid_t)>& meanwhile = {},
                   const std::string& output = "stdout", const std::function<void()>& before = {}) {
  std::vector<char*> argv{const_cast<char*>(RIDGELINE_PROGRAM)};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const std::string out = folder.path() / output, err = folder / "stderr";
  const pid_t child = fork();
  if (child == 0) {
    const auto to_file = [](const std::string& name, int descriptor) {
      dup2(open(name.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600), descriptor);
    };
    if (!output.empty()) to_file(out, STDOUT_FILENO);
    to_file(err, STDERR_FILENO);
    if (output.empty()) close(STDOUT_FILENO);  // last: a file opened later would take its number
    if (chdir(folder.path().c_str()) != 0) _exit(99);
    setenv("LC_ALL", "C.UTF-8", 1);
    if (before) before();
    execv(RIDGELINE_PROGRAM, argv.data());
    _exit(99);
  }
  if (meanwhile) meanwhile(child);
  int status = 0;
  waitpid(child, &status, 0);
  const auto text = [](const std::string& name) {
    if (!std::filesystem::is_regular_file(name)) return std::string();
    const Bytes bytes = read_bytes(name);
    return std::string(bytes.begin(), bytes.end());
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text(out), text(err)};
}

/// IDX files of 8x8 images in three classes that are easy to tell apart: one third is bright.
inline void write_images(const Folder& folder, const std::string& where, std::uint32_t training,
                         std::uint32_t tests) {
  const auto number = [](Bytes& bytes, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  };
  const auto set = [&](const std::string& name, std::uint32_t count) {
    Bytes images, labels;
    for (const std::uint32_t value : {0x803U, count, 8U, 8U}) number(images, value);
    for (const std::uint32_t value : {0x801U, count}) number(labels, value);
    for (std::uint32_t i = 0; i < count; ++i) {
      labels.push_back(static_cast<std::uint8_t>(i % 3));
      for (std::uint32_t pixel = 0; pixel < 64; ++pixel) {
        const bool bright = pixel % 8 / 3 == i % 3;
        images.push_back(
            static_cast<std::uint8_t>((bright ? 150 : 0) + (i * 31 + pixel * 17) % 100));
      }
    }
    folder.write(where + "/" + name + "-images-idx3-ubyte", images);
    folder.write(where + "/" + name + "-labels-idx1-ubyte", labels);
  };
  set("train", training);
  if (tests > 0) set("t10k", tests);
}

}  // namespace ridgeline::test
