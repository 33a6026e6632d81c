import AtrousCore
import CAtrousPlatform
import Foundation

/// What the system tells of the calling thread's time.
public struct InterferenceReading: Hashable, Sendable {
  /// Nanoseconds of wall time, and of the thread's processor time.
  public var wall: UInt64
  public var processorTime: UInt64
  /// Nanoseconds that the hypervisor gave to others, over all processors.
  public var stolen: UInt64
  /// How often the control group's quota stopped the process.
  public var throttled: UInt64
  public var processor: Int

  public init(wall: UInt64, processorTime: UInt64, stolen: UInt64 = 0, throttled: UInt64 = 0, processor: Int = 0) {
    self.wall = wall
    self.processorTime = processorTime
    self.stolen = stolen
    self.throttled = throttled
    self.processor = processor
  }
}

/// Tells whether something got in the way of a block of samples.
public protocol InterferenceWatch: Sendable {
  func reading() -> InterferenceReading
}

/// Reads the system's counters.
public struct SystemWatch: InterferenceWatch {
  private var files: SystemFiles { SystemFiles(read: atrous_read_file) }
  /// Those that a quota may stop; none where there is no quota.
  private let groups: [CPUControlGroup]

  public init(machine: Machine) {
    groups = machine.facts.quotaCPUs == nil ? [] : SystemFiles(read: atrous_read_file).cpuControlGroups
  }

  public func reading() -> InterferenceReading {
    InterferenceReading(
      wall: atrous_monotonic_ns(), processorTime: clock_gettime_nsec(CLOCK_THREAD_CPUTIME_ID), stolen: stolen,
      throttled: files.throttled(groups), processor: Int(atrous_current_processor()))
  }

  private func clock_gettime_nsec(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The eighth number of the first line, in hundredths of a second.
  private var stolen: UInt64 {
    guard let fields = files.line("/proc/stat")?.split(separator: " "), fields.count > 8 else { return 0 }
    return (UInt64(fields[8]) ?? 0) * 10_000_000
  }

}

/// What disturbed a block of samples.
enum Interference: String, CaseIterable {
  /// Others ran on the thread's processor.
  case switches
  /// The hypervisor gave time to others.
  case steal
  /// The quota was used up.
  case throttled
  /// The thread went to another processor.
  case migrations
  /// The reference loop took clearly longer than usual.
  case drift

  /// Up to this share of a block's time may be lost unnoticed.
  private static let lostShare = 0.02
  /// The reference loop may take up to so many times its median.
  static let driftFactor = 1.1

  /// What happened between two readings.
  static func between(_ first: InterferenceReading, _ last: InterferenceReading) -> Set<Interference> {
    let wall = Double(last.wall &- first.wall)
    guard wall > 0 else { return [] }
    var seen: Set<Interference> = []
    if 1 - Double(last.processorTime &- first.processorTime) / wall > lostShare { seen.insert(.switches) }
    if Double(last.stolen &- first.stolen) / wall > lostShare { seen.insert(.steal) }
    if last.throttled != first.throttled { seen.insert(.throttled) }
    if last.processor != first.processor { seen.insert(.migrations) }
    return seen
  }
}
