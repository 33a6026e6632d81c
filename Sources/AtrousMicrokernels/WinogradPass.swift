// Winograd's minimal filtering, F(m,3): m outputs y of 3 taps w from a patch x of m + 2 pixels with m + 2 products,
// y = Aᵀ [ (G w) ⊙ (Bᵀ x) ]; in two dimensions y = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ x B) ] A, one pass along each axis.
// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015; by Cook and Toom's interpolation.)
//
// Points 0, ∞, 1, −1, 2, −2, ½, −½: F(m,3) takes the first m + 2. With M(x) = Π (x − a) over its finite points:
//   G   row a: g(a)·[1, a, a²];                      row ∞: [0, 0, 1]
//   Bᵀ  row a: M(x) / (x − a) / (N(a)·g(a));         row ∞: M(x), both as coefficients of x⁰, x¹, …
//   Aᵀ  column a: [1, a, a², …];                     column ∞: [0, …, 0, 1]
// where N(a) = Π (a − b) over the other finite points b, and g(a) = 1 / N(a) of F(6,3): −2/9 for ±1, 1/90 for ±2, 32/45
// for ±½, and 1 for 0 (its −1 stands in Bᵀ). So G's rows do not depend on m: one set of transformed weights serves all
// sizes, F(m,3) reading its first m + 2 rows and columns. What is left in Bᵀ is the product of (a − b) over the points b
// that F(6,3) has more: dyadic, so every coefficient of Bᵀ and Aᵀ is exact.
//
// Register budget of a pass: m + 2 values and as many results; F(6,3) holds 8 + 6 with the common halves, and its
// coefficients come from memory.

import CAtrousMicrokernel

typealias WinogradPass = atrous_winograd_pass

extension WinogradPass {
  @inline(__always) func live(_ x: Floats, _ element: Int) -> Vector {
    element >= begin && element < end ? load(x + (element &* fromElement)) : .zero
  }
}

/// a + c · x
@inline(__always) func axpy(_ a: Vector, _ c: Float, _ x: Vector) -> Vector {
  multiplyAdd(a, Vector(repeating: c), x)
}

@inline(__always) func transformInput(_ algorithm: Int32, _ pass: WinogradPass) {
  switch Int(algorithm) {
  case ATROUS_AXIS_F2: winogradInputF2(pass)
  case ATROUS_AXIS_F3: winogradInputF3(pass)
  case ATROUS_AXIS_F4: winogradInputF4(pass)
  case ATROUS_AXIS_F5: winogradInputF5(pass)
  case ATROUS_AXIS_F6: winogradInputF6(pass)
  case ATROUS_AXIS_1_OF_2: shortCopy(pass)
  case ATROUS_AXIS_2_OF_2: shortInput2of2(pass)
  case ATROUS_AXIS_2_OF_3: shortInput2of3(pass)
  default: shortInput3of3(pass)
  }
}

@inline(__always) func transformOutput(_ algorithm: Int32, _ pass: WinogradPass) {
  switch Int(algorithm) {
  case ATROUS_AXIS_F2: winogradOutputF2(pass)
  case ATROUS_AXIS_F3: winogradOutputF3(pass)
  case ATROUS_AXIS_F4: winogradOutputF4(pass)
  case ATROUS_AXIS_F5: winogradOutputF5(pass)
  case ATROUS_AXIS_F6: winogradOutputF6(pass)
  case ATROUS_AXIS_1_OF_2: shortOutput1of2(pass)
  case ATROUS_AXIS_2_OF_2: shortOutput2of2(pass)
  case ATROUS_AXIS_2_OF_3: shortOutput2of3(pass)
  default: shortOutput3of3(pass)
  }
}
