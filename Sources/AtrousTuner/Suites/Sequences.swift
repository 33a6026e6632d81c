extension Suites {
  static let sequences = [wavenet, temporal, separation]

  static let wavenet = Suite(
    "wavenet", "gated stack, one second at 16 kHz, causal",
    shapes: """
      c64 w16000 k128 s2 d1 pcausal nhwc
      c64 w16000 k128 s2 d2 pcausal nhwc
      c64 w16000 k128 s2 d4 pcausal nhwc
      c64 w16000 k128 s2 d8 pcausal nhwc
      c64 w16000 k128 s2 d16 pcausal nhwc
      c64 w16000 k128 s2 d32 pcausal nhwc
      c64 w16000 k128 s2 d64 pcausal nhwc
      c64 w16000 k128 s2 d128 pcausal nhwc
      c64 w16000 k128 s2 d256 pcausal nhwc
      c64 w16000 k128 s2 d512 pcausal nhwc
      c64 w16000 k64 s1 nhwc
      c64 w16000 k256 s1 nhwc
      """)

  static let temporal = Suite(
    "tcn", "temporal networks, causal",
    shapes: """
      c128 w4096 k128 s3 d1 pcausal nhwc
      c128 w4096 k128 s3 d2 pcausal nhwc
      c128 w4096 k128 s3 d4 pcausal nhwc
      c128 w4096 k128 s3 d8 pcausal nhwc
      c128 w4096 k128 s3 d16 pcausal nhwc
      c128 w4096 k128 s3 d32 pcausal nhwc
      c128 w4096 k128 s3 d64 pcausal nhwc
      c128 w4096 k128 s3 d128 pcausal nhwc
      c32 w8192 k32 s3 d32 pcausal nhwc
      c25 w1024 k25 s7 d1 pcausal nhwc
      c25 w1024 k25 s7 d2 pcausal nhwc
      c25 w1024 k25 s7 d4 pcausal nhwc
      c25 w1024 k25 s7 d8 pcausal nhwc
      """)

  static let separation = Suite(
    "separation", "speech separation blocks, depthwise",
    shapes: """
      g512 c512 w3200 k512 s3 d1 psame nhwc
      g512 c512 w3200 k512 s3 d2 psame nhwc
      g512 c512 w3200 k512 s3 d4 psame nhwc
      g512 c512 w3200 k512 s3 d8 psame nhwc
      g512 c512 w3200 k512 s3 d16 psame nhwc
      g512 c512 w3200 k512 s3 d32 psame nhwc
      g512 c512 w3200 k512 s3 d64 psame nhwc
      g512 c512 w3200 k512 s3 d128 psame nhwc
      """)
}
