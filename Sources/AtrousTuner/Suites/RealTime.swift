extension Suites {
  static let realTime = [factorised, latency]

  static let factorised = Suite(
    "espnet", "factorised and pyramid real-time segmentation, 512 by 1024",
    shapes: """
      c128 h64 w128 k128 r3 s1 d2 psame nhwc
      c128 h64 w128 k128 r3 s1 d4 psame nhwc
      c128 h64 w128 k128 r3 s1 d8 psame nhwc
      c128 h64 w128 k128 r3 s1 d16 psame nhwc
      c128 h64 w128 k128 r1 s3 d2 psame nhwc
      c128 h64 w128 k128 r1 s3 d4 psame nhwc
      c128 h64 w128 k128 r1 s3 d8 psame nhwc
      c128 h64 w128 k128 r1 s3 d16 psame nhwc
      c12 h128 w256 k12 r3 s3 d1 psame nhwc
      c12 h128 w256 k12 r3 s3 d2 psame nhwc
      c12 h128 w256 k12 r3 s3 d4 psame nhwc
      c12 h128 w256 k12 r3 s3 d8 psame nhwc
      c12 h128 w256 k12 r3 s3 d16 psame nhwc
      c25 h64 w128 k28 r3 s3 d16 psame nhwc
      c32 h128 w256 k32 r3 s3 d4 psame nhwc
      """)

  static let latency = Suite(
    "latency", "small ones, where overhead decides",
    shapes: """
      c3 h128 w128 k16 r3 s3 d2 psame nhwc
      c16 h32 w32 k16 r3 s3 d2 psame nhwc
      c64 h28 w28 k64 r3 s3 d2 psame nhwc
      c8 h16 w16 k8 r3 s3 d4 psame nhwc
      c32 h24 w24 k32 r3 s3 d8 psame nhwc
      """)
}
