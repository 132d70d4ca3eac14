#pragma once
// The random changes of pictures by name, with their options. An option is declared once, in
// table.cpp; its default is that of the struct in pictures.hpp.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/pictures/pictures.hpp"
#include "ridgeline/option.hpp"

namespace ridgeline::data {

/// Where a change of one image gets its random numbers.
struct PictureDraw {
  std::uint64_t seed = 0, epoch = 0;
  std::uint64_t id = 0;  ///< draw_id
  Random& random;        ///< the stream of these three, shared by all changes of the image
};

/// Changes an image. May be called from several threads at once, each with a scratch of its own.
using ChangePicture =
    std::function<std::optional<Transform>(Image&, const PictureDraw&, PictureScratch&)>;

struct PictureKind : Kind {
  bool geometric = false;  ///< whether it may return a transform
  /// Takes the given options, and the defaults of the others. Throws UsageError.
  std::function<ChangePicture(const Attributes& given)> make;
};

const std::vector<PictureKind>& picture_kinds();

/// Throws UsageError for a name that is not in the table, and for wrong options.
ChangePicture make_picture_change(std::string_view name, const Attributes& given = {});

}  // namespace ridgeline::data
