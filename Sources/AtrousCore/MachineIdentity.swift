/// The part of a machine that neither sysfs's nor hwloc's topology tells: who made it and what it can run.
package struct MachineIdentity: Hashable, Sendable {
  package var architecture: String
  package var vendor: String
  package var model: String
  /// The psABI level, 1…4 on x86-64; 0 elsewhere.
  package var level: Int
  package var brand: String?
  package var hypervisor: String?
  /// The data caches of the core asked; empty where the processor itself does not tell.
  package var caches = CoreCaches()

  package init(architecture: String, vendor: String = "unknown", model: String = "unknown", level: Int = 0) {
    self.architecture = architecture
    self.vendor = vendor
    self.model = model
    self.level = level
  }

  /// This machine's, from whichever of cpuid, the ARM MIDR in sysfs and sysctl there is.
  package init(
    architecture: String, cpuid: CPUID?, files: SystemFiles, systemInteger: (UnsafePointer<CChar>) -> Int64
  ) {
    self.init(architecture: architecture)
    if let cpuid {
      (vendor, model, level) = (cpuid.vendor, cpuid.model, cpuid.level)
      (brand, hypervisor, caches) = (cpuid.brand, cpuid.hypervisor, cpuid.caches)
    } else if let arm = files.armIdentity {
      (vendor, model) = arm
    } else {
      let family = systemInteger("hw.cpufamily")
      guard family >= 0 else { return }
      (vendor, model) = ("apple", String(family))
      for (level, name) in [(1, "hw.perflevel0.l1dcachesize"), (2, "hw.perflevel0.l2cachesize")] {
        let bytes = Int(systemInteger(name))
        let sharing = level == 1 ? 1 : Int(systemInteger("hw.perflevel0.cpusperl2"))
        if bytes > 0 { caches.set(level: level, Cache(bytes: bytes, ways: 0, sharingCores: max(sharing, 1))) }
      }
    }
  }
}

extension Machine {
  package init(_ identity: MachineIdentity, kinds: [CoreKind], facts: MachineFacts) {
    self.init(
      architecture: identity.architecture, vendor: identity.vendor, model: identity.model, level: identity.level,
      kinds: kinds, facts: facts)
    self.facts.brand = identity.brand
    self.facts.hypervisor = identity.hypervisor
  }
}
