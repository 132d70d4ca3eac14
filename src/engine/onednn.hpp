#pragma once
// One interface for oneDNN 2.6 and 3.x, which make primitive descriptors in different ways. All
// code that depends on the version is here and in onednn.cpp.

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

/// The result of `work`. Throws std::bad_alloc if oneDNN reports a lack of memory.
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

/// The use of bf16 on this CPU: steps with AVX-512, and convolutions with a matrix unit (AMX).
/// Without one, products of bf16 are not faster than products of fp32.
Bf16Use bf16_use();

Desc plain(const Dims& dims, Type type = fp32);  ///< row-major
Desc any(const Dims& dims, Type type = fp32);    ///< oneDNN chooses the layout
/// Channels last: {images, height, width, channels} in memory, for {images, channels, height,
/// width}.
Desc nhwc(const Dims& dims, Type type = fp32);

/// The logical dimensions and the type of a layout.
Dims dims_of(const Desc& desc);
Type type_of(const Desc& desc);
std::int64_t elements(const Desc& desc);
/// The same layout with another type. Absent if it is neither row-major nor channels last.
std::optional<Desc> of_type(const Desc& desc, Type type);

/// A reorder that transposes each image as a matrix: from channels first to channels last, or back.
struct Matrix {
  std::int64_t rows, columns;
};
std::optional<Matrix> transposition(const Desc& from, const Desc& to);

/// The windows of a convolution or a pool.
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

/// Keeps pixel centres, as Keras does, and PyTorch without align_corners.
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

/// Makes oneDNN use only the calling thread from now on, for the engine's own threads. Throws
/// std::bad_alloc if memory for OpenMP's record of the thread is short.
void use_one_thread();

/// Makes oneDNN use only the calling thread during its lifetime, for callers. Then it restores
/// their OpenMP setting.
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
