// byte / 255 for one instruction set, in loops that Highway compiles once for each. Included inside
// of no namespace, after <hwy/highway.h>; so without the usual guard.

#if defined(RIDGELINE_IMAGE_QUOTIENT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef RIDGELINE_IMAGE_QUOTIENT_INL
#undef RIDGELINE_IMAGE_QUOTIENT_INL
#else
#define RIDGELINE_IMAGE_QUOTIENT_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace ridgeline::image::HWY_NAMESPACE {

/// x / 255 for whole numbers from 0 to 255, with the bits of the division.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V Quotient(D d, V x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const auto most = hn::Set(d, 255.0F);
#if HWY_NATIVE_FMA
  // The product, corrected by what is left of x, is the quotient for each of the 256 bytes.
  const auto inverse = hn::Set(d, 1 / 255.0F);
  const auto product = hn::Mul(x, inverse);
  return hn::MulAdd(hn::NegMulAdd(product, most, x), inverse, product);
#else
  return hn::Div(x, most);
#endif
}

}  // namespace ridgeline::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
