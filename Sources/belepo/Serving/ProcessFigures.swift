internal import Foundation
internal import Glibc
internal import Prometheus

/// How much of the machine this process uses, under the names that Prometheus' own client libraries
/// give it.
enum ProcessFigures {
  static func samples() -> [PrometheusSample] {
    var samples: [PrometheusSample] = []
    func add(
      _ name: String, _ help: String, _ value: Double?, type: PrometheusSample.Kind = .gauge
    ) {
      guard let value else { return }
      samples.append(PrometheusSample(name, help, type: type, value: value))
    }
    let fields = statFields()
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    // proc(5): fields 14 and 15, 20, 22, 23 and 24; the first two are not in the list.
    func field(_ number: Int) -> Double? {
      fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
    }
    if let user = field(14), let system = field(15) {
      add(
        "process_cpu_seconds_total", "Time that the processors spent on this process.",
        (user + system) / ticks, type: .counter)
    }
    add("process_threads", "Threads of this process.", field(20))
    add(
      "process_start_time_seconds", "When this process was started, since 1970.",
      field(22).map { bootTime + $0 / ticks })
    add("process_virtual_memory_bytes", "Address space of this process.", field(23))
    add(
      "process_resident_memory_bytes", "Memory that this process occupies.",
      field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) })
    add("process_open_fds", "Files that this process has open.", openFiles())
    add("process_max_fds", "Files that this process may have open.", mostFiles())
    return samples
  }

  /// Of `/proc/self/stat`, from the third on: the second one, the name, may contain anything.
  private static func statFields() -> [Substring] {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return [] }
    return text[text.index(after: end)...].split(separator: " ")
  }

  /// When this machine was started, since 1970: of its clocks, so that a unit that sees only its
  /// own processes (`ProcSubset=pid`) can tell it too.
  private static var bootTime: Double {
    Date().timeIntervalSince1970 - ProcessInfo.processInfo.systemUptime
  }

  private static func openFiles() -> Double? {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
      .map { Double($0.count) }
  }

  private static func mostFiles() -> Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return Double(limit.rlim_cur)
  }
}
