#pragma once
// oneDNN behind one face: 2.6 and 3.x differ in how primitive descriptors are made. Everything
// that depends on the version is here.

#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/conv_algorithm.hpp"

namespace ridgeline::engine::dnn {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
using Type = dnnl::memory::data_type;
using dnnl::algorithm;
using dnnl::prop_kind;

/// What `work` gives. Throws std::bad_alloc where oneDNN says that it ran out of memory.
template <typename Work>
auto call(Work work) {
  try {
    return work();
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
    throw;
  }
}

/// The one CPU engine of the process.
const dnnl::engine& cpu();

constexpr Type fp32 = Type::f32, bf16 = Type::bf16;

/// What this CPU has for bf16: all from AVX-512 on, convolutions where it has a matrix unit (AMX).
/// Without one its products of bf16 are no faster than of fp32.
Bf16Use bf16_use();

Desc plain(const Dims& dims, Type type = fp32);  ///< row-major
Desc any(const Dims& dims, Type type = fp32);    ///< in the layout that oneDNN likes best
/// Channels last: {images, height, width, channels} in memory, for {images, channels, height,
/// width}.
Desc nhwc(const Dims& dims, Type type = fp32);

/// The logical dimensions of a layout, and what its numbers are.
Dims dims_of(const Desc& desc);
Type type_of(const Desc& desc);
std::int64_t elements(const Desc& desc);
/// The same layout of other numbers; nothing where it is neither row-major nor channels last.
std::optional<Desc> of_type(const Desc& desc, Type type);

/// Whether the way from one layout to another turns each image's matrix over: channels first to
/// channels last, or back.
struct Matrix {
  std::int64_t rows, columns;
};
std::optional<Matrix> transposition(const Desc& from, const Desc& to);

/// How windows slide: convolution and pooling.
struct Window {
  Dims kernel, stride, dilation;  ///< {height, width}; dilation 1 is none
  Dims padding_low, padding_high;
};

dnnl::convolution_forward::primitive_desc convolution(prop_kind kind, const Desc& source,
                                                      const Desc& weights, const Desc& bias,
                                                      const Desc& destination,
                                                      const Window& window);
dnnl::convolution_backward_data::primitive_desc convolution_data(
    const Desc& source, const Desc& weights, const Desc& destination, const Window& window,
    const dnnl::convolution_forward::primitive_desc& forward);
dnnl::convolution_backward_weights::primitive_desc convolution_weights(
    const Desc& source, const Desc& weights, const Desc& bias, const Desc& destination,
    const Window& window, const dnnl::convolution_forward::primitive_desc& forward);

/// Pixel centres stay where they are: what Keras does, and PyTorch without align_corners.
dnnl::resampling_forward::primitive_desc resampling(prop_kind kind, algorithm how,
                                                    const Desc& source, const Desc& destination);
dnnl::resampling_backward::primitive_desc resampling_backward(
    algorithm how, const Desc& source, const Desc& destination,
    const dnnl::resampling_forward::primitive_desc& forward);

dnnl::eltwise_forward::primitive_desc eltwise(prop_kind kind, algorithm how, const Desc& data,
                                              float alpha);
dnnl::eltwise_backward::primitive_desc eltwise_backward(
    algorithm how, const Desc& gradient, const Desc& data, float alpha,
    const dnnl::eltwise_forward::primitive_desc& forward);

/// Over axis 1: channels or units.
dnnl::softmax_forward::primitive_desc softmax(prop_kind kind, const Desc& data);
dnnl::softmax_backward::primitive_desc softmax_backward(
    const Desc& gradient, const Desc& data, const dnnl::softmax_forward::primitive_desc& forward);

dnnl::reorder::primitive_desc reorder(const Desc& from, const Desc& to);

/// Makes oneDNN run on the calling thread alone from now on, for threads of the engine's own.
/// Throws std::bad_alloc if memory for OpenMP's record of the thread is short.
void use_one_thread();

/// Makes oneDNN run on the calling thread alone while it lives, for callers: their setting of
/// OpenMP is put back.
class SingleThread {
 public:
  SingleThread();
  ~SingleThread();
  SingleThread(const SingleThread&) = delete;
  SingleThread& operator=(const SingleThread&) = delete;

 private:
  int before_;
};

}  // namespace ridgeline::engine::dnn
