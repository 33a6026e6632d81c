extension Suites {
  static let controls = [strided, dense, batch]

  static let strided = Suite(
    "strided", "stride and dilation together",
    shapes: """
      c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc
      c64 h129 w129 k128 r3 s3 st2 d4 p4 nhwc
      c256 h57 w57 k256 r3 s3 st2 d3 p3 nhwc
      """)

  static let dense = Suite(
    "dense", "controls without dilation",
    shapes: """
      c64 h56 w56 k64 r3 s3 d1 psame nhwc
      c128 h28 w28 k128 r3 s3 d1 psame nhwc
      c256 h14 w14 k256 r3 s3 d1 psame nhwc
      c512 h7 w7 k512 r3 s3 d1 psame nhwc
      c3 h224 w224 k64 r7 s7 st2 p3 nhwc
      """)

  static let batch = Suite(
    "batch", "throughput, eight images",
    shapes: """
      n8 c64 h28 w28 k64 r3 s3 d2 psame nhwc
      n8 c256 h33 w33 k256 r3 s3 d2 psame nhwc
      n8 c21 h64 w64 k21 r3 s3 d8 psame nhwc
      """)
}
