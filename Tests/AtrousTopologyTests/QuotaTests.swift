import AtrousCore
import Testing

/// Control groups of made-up systems: path → contents.
@Suite struct QuotaTests {
  static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
  static let legacy = "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"

  private func quota(_ mounts: String, _ groups: String, _ files: [String: String]) -> Double? {
    var files = files
    files["/proc/self/mountinfo"] = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + mounts
    files["/proc/self/cgroup"] = groups
    return SystemFiles { files[$0] }.quotaCPUs
  }

  @Test func noControlGroups() {
    #expect(SystemFiles { _ in nil }.quotaCPUs == nil)
    #expect(quota("", "0::/\n", [:]) == nil)
  }

  @Test func versionTwo() {
    #expect(quota(Self.unified, "0::/job\n", ["/sys/fs/cgroup/job/cpu.max": "50000 100000\n"]) == 0.5)
    #expect(quota(Self.unified, "0::/job\n", ["/sys/fs/cgroup/job/cpu.max": "max 100000\n"]) == nil)
  }

  @Test func leastOverAllAncestors() {
    let files = [
      "/sys/fs/cgroup/a/cpu.max": "150000 100000\n", "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n",
      "/sys/fs/cgroup/a/b/c/cpu.max": "max 100000\n",
    ]
    #expect(quota(Self.unified, "0::/a/b/c\n", files) == 1.5)
  }

  @Test func versionOne() {
    let folder = "/sys/fs/cgroup/cpu,cpuacct"
    var files = [
      folder + "/cpu.cfs_quota_us": "-1\n", folder + "/cpu.cfs_period_us": "100000\n",
      folder + "/job/cpu.cfs_quota_us": "200000\n", folder + "/job/cpu.cfs_period_us": "100000\n",
    ]
    let groups = "4:memory:/elsewhere\n1:cpu,cpuacct:/job/step\n0::/\n"
    #expect(quota(Self.legacy, groups, files) == 2)
    files[folder + "/job/step/cpu.cfs_quota_us"] = "25000\n"
    files[folder + "/job/step/cpu.cfs_period_us"] = "50000\n"
    #expect(quota(Self.legacy + Self.unified, groups, files) == 0.5)
  }

  @Test func aMountThatShowsPartOfTheHierarchy() {
    let mount = "33 31 0:30 /docker/x /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    let files = ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "300000\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"]
    #expect(quota(mount, "1:cpu:/docker/x\n", files) == 3)
    #expect(quota(mount, "1:cpu:/outside\n", files) == 3)
  }

  /// A group's own folder may be far below the mount point, and any ancestor may stop it.
  @Test func stopsOfAllAncestorsCount() {
    let files = [
      "/proc/self/mountinfo": Self.unified, "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/cpu.stat": "usage_usec 12\nnr_periods 9\nnr_throttled 3\nthrottled_usec 7\n",
      "/sys/fs/cgroup/a/b/cpu.stat": "nr_throttled 4\n",
    ]
    let system = SystemFiles { files[$0] }
    #expect(system.cpuControlGroups.map(\.folder) == ["/sys/fs/cgroup", "/sys/fs/cgroup/a", "/sys/fs/cgroup/a/b"])
    #expect(system.throttled(system.cpuControlGroups) == 7)
    #expect(system.throttled([]) == 0)
  }

  @Test func mountPointsWithBlanks() {
    let mount = "30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n"
    #expect(quota(mount, "0::/\n", ["/my groups/cpu.max": "100000\n"]) == 1)
  }

  @Test(arguments: ["", "x", "1", "0 100000", "-5 100000", "100000 0", "99999999999999999999 1"])
  func nonsenseIsNoLimit(text: String) {
    let quota = quota(Self.unified, "0::/\n::\n:\n", ["/sys/fs/cgroup/cpu.max": text])
    #expect(quota == nil || text == "1")
  }

  @Test func usableThreadsStayWithinTheQuota() {
    var facts = MachineFacts()
    facts.allowedCPUs = 8
    facts.quotaCPUs = 0.5
    #expect(facts.usableThreads == 1)
    facts.quotaCPUs = 3.9
    #expect(facts.usableThreads == 3)
  }
}
