// Made by `atrous export --format swift`; do not edit.
// swift-format-ignore-file

/// A dispatch table as text: read it with `Table(text:)`.
let embeddedTable = """
  atrous-table 1\tatrous 0.1.0 daddbb106994d20d
  machine\t0\tm1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16\t2
  machine\t1\tm1 x86_64 amd 26.2.1 v4 l1d:48K/12 l2:1M/16 l3:32M/16\t2
  c128 h38 w38 k128 r3 s3 d3 p3 nhwc\t0\t1\twinograd avx2 th5 tw5 tb12 mr6 nv2\t2\t1619862.5\t1573771.0\t1681402.0
  c128 h38 w38 k128 r3 s3 d3 p3 nhwc\t1\t1\twinograd avx512 th5 tw5 tb36 cb0 mr6 nv4\t4\t463856.5\t457162.0\t493186.0
  c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc\t0\t1\twinograd avx2 th4 tw1 tb42 mr6 nv2\t2\t5171357.5\t5132564.0\t5241278.0
  c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc\t1\t1\twinograd avx512 th8 tw1 tb204 cb0 mr6 nv4\t4\t1535915.5\t1504354.0\t1580658.0
  c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb0 mr4 nv3\t2\t2059286.5\t1948884.0\t2152346.0
  c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc\t1\t1\twinograd avx512 th6 tw5 tb0 cb0 mr6 nv4\t4\t638953.0\t633415.0\t646324.0
  c16 h32 w32 k16 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb0 mr6 nv2\t2\t35341.5\t35026.0\t36398.0
  c16 h32 w32 k16 r3 s3 d2 p2 nhwc\t1\t1\twinograd avx512 th6 tw6 tb0 cb0 mr12 nv1\t4\t10779.0\t10707.8\t10914.4
  c2048 h33 w33 k256 r3 s3 d18 p18 nhwc\t0\t1\tshort-phase avx2 sb48 cb1024 mr4 nv3\t1\t30534576.5\t30283666.0\t31067185.0
  c2048 h33 w33 k256 r3 s3 d18 p18 nhwc\t1\t1\tshort-phase avx512 sb0 cb128 mr6 nv4\t3\t10396250.5\t10319001.0\t10441303.0
  c21 h64 w64 k21 r3 s3 d8 p8 nhwc\t0\t1\twinograd avx2 th4 tw4 tb32 mr4 nv3\t2\t226164.0\t225243.0\t247524.0
  c21 h64 w64 k21 r3 s3 d8 p8 nhwc\t1\t1\twinograd avx512 th4 tw4 tb96 cb0 mr6 nv2\t4\t92703.5\t91816.0\t101832.0
  c512 h33 w33 k512 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th5 tw4 tb36 mr4 nv3\t2\t16624944.0\t16491052.0\t17291113.0
  c512 h33 w33 k512 r3 s3 d2 p2 nhwc\t1\t1\twinograd avx512 th4 tw5 tb0 cb0 mr6 nv4\t4\t5896194.0\t5827692.0\t6040810.0
  c64 h96 w128 k64 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb96 mr4 nv3\t2\t3029130.5\t3001248.0\t3083783.0
  c64 h96 w128 k64 r3 s3 d2 p2 nhwc\t1\t1\twinograd avx512 th6 tw6 tb60 cb0 mr6 nv4\t4\t929146.0\t925340.0\t936137.0
  c64 w16000 k128 s2 d64 pl64 nhwc\t0\t1\twinograd avx2 th1 tw7 tb42 mr6 nv2\t2\t4302633.0\t4263124.0\t4457909.0
  c64 w16000 k128 s2 d64 pl64 nhwc\t1\t1\twinograd avx512 th1 tw9 tb36 cb0 mr6 nv2\t4\t1439903.0\t1414490.0\t1763640.0
  g960 c960 h33 w33 k960 r3 s3 d2 p2 nhwc\t0\t1\tdepthwise-tile avx2 cb0 pk0\t2\t449382.5\t429325.0\t488216.0
  g960 c960 h33 w33 k960 r3 s3 d2 p2 nhwc\t1\t1\tdepthwise-tile avx512 cb192 pk0\t2\t197324.5\t192587.0\t252166.0

  """
