// Made by `atrous export --format swift`; do not edit.
// swift-format-ignore-file

/// A dispatch table as text: read it with `Table(text:)`.
let embeddedTable = """
  atrous-table 1\tatrous 0.1.0 91f6861c570715b7
  machine\t0\tm1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16\t2
  c128 h38 w38 k128 r3 s3 d3 p3 nhwc\t0\t1\twinograd avx2 th5 tw5 tb12 mr6 nv2\t2\t1619862.5\t1573771.0\t1681402.0
  c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc\t0\t1\twinograd avx2 th4 tw1 tb36 mr6 nv2\t2\t5230017.5\t5142322.0\t5302623.0
  c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb12 mr6 nv2\t2\t2080752.0\t2026831.0\t2250299.0
  c16 h32 w32 k16 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb0 mr6 nv2\t2\t35341.5\t35026.0\t36398.0
  c2048 h33 w33 k256 r3 s3 d18 p18 nhwc\t0\t1\tshort-phase avx2 sb48 cb256 mr4 nv3\t1\t30706599.5\t30325444.0\t30913958.0
  c21 h64 w64 k21 r3 s3 d8 p8 nhwc\t0\t1\twinograd avx2 th4 tw4 tb32 mr4 nv3\t2\t226164.0\t225243.0\t247524.0
  c512 h33 w33 k512 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th5 tw4 tb36 mr6 nv2\t2\t16899869.5\t16495220.0\t17630098.0
  c64 h96 w128 k64 r3 s3 d2 p2 nhwc\t0\t1\twinograd avx2 th6 tw6 tb36 mr6 nv2\t2\t3026039.5\t2947547.0\t3246208.0
  c64 w16000 k128 s2 d64 pl64 nhwc\t0\t1\twinograd avx2 th1 tw6 tb36 mr6 nv2\t2\t4356218.5\t4303330.0\t4466887.0
  g960 c960 h33 w33 k960 r3 s3 d2 p2 nhwc\t0\t1\tdepthwise-tile avx2 cb0 pk0\t2\t449382.5\t429325.0\t488216.0

  """
