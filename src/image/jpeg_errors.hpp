#pragma once
// Errors of libjpeg in decoding and encoding. They end the call by a longjmp to its beginning.
// Nothing in between may have a destructor.

#include <array>
#include <csetjmp>
#include <cstdio>

// It needs <cstdio>. clang-format off
#include <jpeglib.h>
// clang-format on

namespace ridgeline::image {

struct JpegErrors {
  jpeg_error_mgr manager;  // first, so that libjpeg's pointer to it also points to this struct
  std::jmp_buf give_up;
  std::array<char, JMSG_LENGTH_MAX> message;
};

/// jpeg_error_mgr::error_exit: keeps the message and jumps.
[[noreturn]] inline void give_up(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
  jpeg->err->format_message(jpeg, errors->message.data());
  std::longjmp(errors->give_up, 1);
}

}  // namespace ridgeline::image
