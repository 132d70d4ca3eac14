// Draws test images in the terminal, with the predictions of a saved model.
//   show_predictions MODEL.safetensors [SOURCE [COUNT]]

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <ridgeline/ridgeline.hpp>
#include <string>
#include <vector>

namespace rl = ridgeline;

namespace {

struct Colour {
  int red, green, blue;
};

// An image at half its size: characters are twice as high as wide, so each holds two pixels, one
// above the other.
struct Picture {
  int width, height;
  std::vector<Colour> pixels;
  Colour at(int x, int y) const {
    return y < height ? pixels[static_cast<std::size_t>(y * width + x)] : Colour{0, 0, 0};
  }
};

Picture picture_of(const rl::Dataset& data, std::size_t index) {
  const rl::Shape shape = data.image_shape();
  const auto channels = shape[0], height = shape[1], width = shape[2];
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  data.read(index, values);
  const auto mean = [&](std::int64_t channel, int x, int y) {
    const float* plane = values.data() + std::min(channel, channels - 1) * height * width;
    const float* corner = plane + 2 * y * width + 2 * x;
    return static_cast<int>(255 * (corner[0] + corner[1] + corner[width] + corner[width + 1]) / 4);
  };
  Picture picture{static_cast<int>(width / 2), static_cast<int>(height / 2), {}};
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      picture.pixels.push_back({mean(0, x, y), mean(1, x, y), mean(2, x, y)});
    }
  }
  return picture;
}

// A line of a picture: half blocks in 24-bit colour, or characters from dark to bright.
std::string line_of(const Picture& picture, int line, bool colour) {
  std::string text;
  for (int x = 0; x < picture.width; ++x) {
    const Colour above = picture.at(x, 2 * line), below = picture.at(x, 2 * line + 1);
    if (colour) {
      char cell[64];
      std::snprintf(cell, sizeof cell, "\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm▀", above.red,
                    above.green, above.blue, below.red, below.green, below.blue);
      text += cell;
    } else {
      const int sum = above.red + above.green + above.blue + below.red + below.green + below.blue;
      text += " .:-=+*#%@"[static_cast<std::size_t>(sum * 9 / (6 * 255))];
    }
  }
  return colour ? text + "\033[0m" : text;
}

std::string padded(std::string text, int width) {
  const auto columns =
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });  // UTF-8
  text.append(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, width - columns)), ' ');
  return text;
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "show_predictions MODEL.safetensors [SOURCE [COUNT]]\n";
    return 2;
  }
  const bool colour = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  rl::Model model = rl::Model::load(argv[1]);
  const rl::Dataset test =
      rl::load(argc > 2 ? argv[2] : "fashion-mnist").test.take(argc > 3 ? std::stoul(argv[3]) : 10);
  const auto predictions = model.top(model.predict(test), 1);

  const int gap = 2, cell = std::max<int>(14, static_cast<int>(test.image_shape()[2] / 2)) + gap;
  const auto in_a_row = static_cast<std::size_t>(std::max(1, terminal_columns() / cell));
  for (std::size_t first = 0; first < test.size(); first += in_a_row) {
    const std::size_t last = std::min(first + in_a_row, test.size());
    std::vector<Picture> pictures;
    for (std::size_t i = first; i < last; ++i) pictures.push_back(picture_of(test, i));
    for (int line = 0; line < (pictures[0].height + 1) / 2; ++line) {
      for (const Picture& picture : pictures) {
        std::cout << line_of(picture, line, colour)
                  << std::string(static_cast<std::size_t>(cell - picture.width), ' ');
      }
      std::cout << '\n';
    }
    std::string names, verdicts;
    for (std::size_t i = first; i < last; ++i) {
      const rl::Prediction& best = predictions[i].front();
      const auto label = static_cast<std::size_t>(test.label(i));
      const bool right = best.label == test.label(i);
      names += padded(best.name, cell);
      verdicts += padded((right ? "✓ " : "✗ ") +
                             std::to_string(static_cast<int>(100 * best.probability + 0.5)) + " %" +
                             (right ? "" : " " + test.names()[label].substr(0, 8)),
                         cell);
    }
    std::cout << names << '\n' << verdicts << "\n\n";
  }
  return 0;
} catch (const rl::Error& error) {
  std::cerr << "show_predictions: " << error.what() << '\n';
  return 1;
}
