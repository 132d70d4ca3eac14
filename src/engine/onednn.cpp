#include "engine/onednn.hpp"

#include "tensor/memory.hpp"

#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

namespace ridgeline::engine::dnn {
namespace {

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attr;
}

// oneDNN counts the gaps between a dilated kernel's elements.
Dims gaps(const Dims& dilation) {
  Dims result = dilation;
  for (auto& d : result) --d;
  return result;
}

Tag row_major(std::size_t rank) {
  static constexpr Tag tags[] = {Tag::undef, Tag::a, Tag::ab, Tag::abc, Tag::abcd, Tag::abcde};
  return tags[rank];
}

constexpr auto direct = algorithm::convolution_direct;

// Memory for the descriptor and the primitive after it. oneDNN writes generated code to memory
// without checking that it was allocated. A primitive needs less than 1 MiB; the rest is for other
// threads, which may make primitives at the same time.
void require_primitive_memory() {
  require_memory(std::size_t{16} << 20, "compile the network");
}

// Both versions take the same descriptors in the same order. Version 2 wants them in an operation
// descriptor first; version 3 takes the engine as the first argument.
#if DNNL_VERSION_MAJOR >= 3
template <typename Primitive, typename... Args>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attr, const Args&... args) {
  require_primitive_memory();
  return typename Primitive::primitive_desc(cpu(), args..., attr);
}
template <typename Primitive, typename Forward, typename... Args>
typename Primitive::primitive_desc describe_backward(const Forward& forward, const Args&... args) {
  require_primitive_memory();
  return typename Primitive::primitive_desc(cpu(), args..., forward, attributes());
}
#else
template <typename Primitive, typename... Args>
typename Primitive::primitive_desc describe(const dnnl::primitive_attr& attr, const Args&... args) {
  require_primitive_memory();
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attr, cpu());
}
template <typename Primitive, typename Forward, typename... Args>
typename Primitive::primitive_desc describe_backward(const Forward& forward, const Args&... args) {
  require_primitive_memory();
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attributes(), cpu(),
                                            forward);
}
#endif

bool present(const Desc& desc) {
  return desc.get_size() != 0;
}

}  // namespace

const dnnl::engine& cpu() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

namespace {

bool has(dnnl::cpu_isa wanted) {
  static const auto isa = static_cast<int>(dnnl::get_effective_cpu_isa());
  return (isa & static_cast<int>(wanted)) == static_cast<int>(wanted);
}

}  // namespace

Bf16Use bf16_use() {
  if (has(dnnl::cpu_isa::avx512_core_amx)) return Bf16Use::convolutions;
  return has(dnnl::cpu_isa::avx512_core) ? Bf16Use::steps : Bf16Use::none;
}

Desc plain(const Dims& dims, Type type) {
  return Desc(dims, type, row_major(dims.size()));
}
Desc any(const Dims& dims, Type type) {
  return Desc(dims, type, Tag::any);
}
Desc nhwc(const Dims& dims, Type type) {
  return Desc(dims, type, Tag::nhwc);
}

Dims dims_of(const Desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_dims();
#else
  return desc.dims();
#endif
}

Type type_of(const Desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_data_type();
#else
  return desc.data_type();
#endif
}

std::int64_t elements(const Desc& desc) {
  return static_cast<std::int64_t>(desc.get_size() / dnnl::memory::data_type_size(type_of(desc)));
}

std::optional<Desc> of_type(const Desc& desc, Type type) {
  const Dims dims = dims_of(desc);
  if (desc == plain(dims, type_of(desc))) return plain(dims, type);
  if (dims.size() == 4 && desc == nhwc(dims, type_of(desc))) return nhwc(dims, type);
  return std::nullopt;
}

std::optional<Matrix> transposition(const Desc& from, const Desc& to) {
  const Dims dims = dims_of(to);
  if (dims.size() != 4) return std::nullopt;
  const std::int64_t channels = dims[1], pixels = dims[2] * dims[3];
  if (from == plain(dims) && to == nhwc(dims)) return Matrix{channels, pixels};
  if (from == nhwc(dims) && to == plain(dims)) return Matrix{pixels, channels};
  return std::nullopt;
}

dnnl::convolution_forward::primitive_desc convolution(prop_kind kind, const Desc& source,
                                                      const Desc& weights, const Desc& bias,
                                                      const Desc& destination, const Window& w) {
  using Forward = dnnl::convolution_forward;
  const auto attr = attributes();
  if (present(bias)) {
    return describe<Forward>(attr, kind, direct, source, weights, bias, destination, w.stride,
                             gaps(w.dilation), w.padding_low, w.padding_high);
  }
  return describe<Forward>(attr, kind, direct, source, weights, destination, w.stride,
                           gaps(w.dilation), w.padding_low, w.padding_high);
}

dnnl::convolution_backward_data::primitive_desc convolution_data(
    const Desc& source, const Desc& weights, const Desc& destination, const Window& w,
    const dnnl::convolution_forward::primitive_desc& forward) {
  return describe_backward<dnnl::convolution_backward_data>(forward, direct, source, weights,
                                                            destination, w.stride, gaps(w.dilation),
                                                            w.padding_low, w.padding_high);
}

dnnl::convolution_backward_weights::primitive_desc convolution_weights(
    const Desc& source, const Desc& weights, const Desc& bias, const Desc& destination,
    const Window& w, const dnnl::convolution_forward::primitive_desc& forward) {
  using Weights = dnnl::convolution_backward_weights;
  if (present(bias)) {
    return describe_backward<Weights>(forward, direct, source, weights, bias, destination, w.stride,
                                      gaps(w.dilation), w.padding_low, w.padding_high);
  }
  return describe_backward<Weights>(forward, direct, source, weights, destination, w.stride,
                                    gaps(w.dilation), w.padding_low, w.padding_high);
}

dnnl::resampling_forward::primitive_desc resampling(prop_kind kind, algorithm how,
                                                    const Desc& source, const Desc& destination) {
  return describe<dnnl::resampling_forward>(attributes(), kind, how, source, destination);
}

dnnl::resampling_backward::primitive_desc resampling_backward(
    algorithm how, const Desc& source, const Desc& destination,
    const dnnl::resampling_forward::primitive_desc& forward) {
  return describe_backward<dnnl::resampling_backward>(forward, how, source, destination);
}

dnnl::eltwise_forward::primitive_desc eltwise(prop_kind kind, algorithm how, const Desc& data,
                                              float alpha) {
#if DNNL_VERSION_MAJOR >= 3
  return describe<dnnl::eltwise_forward>(attributes(), kind, how, data, data, alpha, 0.0f);
#else
  return describe<dnnl::eltwise_forward>(attributes(), kind, how, data, alpha, 0.0f);
#endif
}

dnnl::eltwise_backward::primitive_desc eltwise_backward(
    algorithm how, const Desc& gradient, const Desc& data, float alpha,
    const dnnl::eltwise_forward::primitive_desc& forward) {
#if DNNL_VERSION_MAJOR >= 3
  return describe_backward<dnnl::eltwise_backward>(forward, how, gradient, gradient, data, alpha,
                                                   0.0f);
#else
  return describe_backward<dnnl::eltwise_backward>(forward, how, gradient, data, alpha, 0.0f);
#endif
}

dnnl::softmax_forward::primitive_desc softmax(prop_kind kind, const Desc& data) {
#if DNNL_VERSION_MAJOR >= 3
  return describe<dnnl::softmax_forward>(attributes(), kind, algorithm::softmax_accurate, data,
                                         data, 1);
#else
  return describe<dnnl::softmax_forward>(attributes(), kind, data, 1);
#endif
}

dnnl::softmax_backward::primitive_desc softmax_backward(
    const Desc& gradient, const Desc& data, const dnnl::softmax_forward::primitive_desc& forward) {
#if DNNL_VERSION_MAJOR >= 3
  return describe_backward<dnnl::softmax_backward>(forward, algorithm::softmax_accurate, gradient,
                                                   gradient, data, 1);
#else
  return describe_backward<dnnl::softmax_backward>(forward, gradient, data, 1);
#endif
}

dnnl::reorder::primitive_desc reorder(const Desc& from, const Desc& to) {
  require_primitive_memory();
  return dnnl::reorder::primitive_desc(cpu(), from, cpu(), to, attributes());
}

#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
namespace {

int openmp_threads() {
  return omp_get_max_threads();
}
// The first setting of a thread allocates libgomp's record of it, and libgomp ends the process if
// there is no memory for that.
void set_openmp_threads(int threads) {
  thread_local bool known = false;
  if (!known) reserve_small_blocks();
  known = true;
  omp_set_num_threads(threads);
}

}  // namespace
#else
namespace {

int openmp_threads() {
  return 0;
}
void set_openmp_threads(int) {}

}  // namespace
#endif

void use_one_thread() {
  set_openmp_threads(1);
}

SingleThread::SingleThread() : before_(openmp_threads()) {
  use_one_thread();
}
SingleThread::~SingleThread() {
  set_openmp_threads(before_);
}

}  // namespace ridgeline::engine::dnn
