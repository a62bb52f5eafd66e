internal import Foundation
internal import Glibc
internal import RegisterImport
internal import Synchronization

/// Tells on standard error how far an import has come: on a terminal in one line that changes,
/// elsewhere in a line every few seconds.
final class ImportProgressLine: Sendable {
  private struct State {
    var bytes: [RegisterFile: Int] = [:]
    var lines: [RegisterFile: Int] = [:]
    var stage = ImportProgress.Stage.reading
    var lastTold: ContinuousClock.Instant
  }

  private static let secondsBetweenLines = 5.0
  private static let secondsBetweenChanges = 0.2

  private let sizes: [RegisterFile: Int]
  private let isTerminal: Bool
  private let started = ContinuousClock.now
  private let state: Mutex<State>

  /// - Parameter paths: the files, whose sizes tell how much is left; a pipe and a packed file have
  ///   none that does
  init(paths: [RegisterFile: String]) {
    sizes = paths.compactMapValues { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return attributes?[.size] as? Int
    }
    isTerminal = isatty(STDERR_FILENO) == 1
    state = Mutex(State(lastTold: started))
  }

  func tell(_ progress: ImportProgress) {
    let line = state.withLock { state -> String? in
      if progress.stage != state.stage { state.lines = [:] }
      state.stage = progress.stage
      state.lines[progress.file] = progress.lines
      if progress.stage == .reading { state.bytes[progress.file] = progress.bytes }
      let pause = isTerminal ? Self.secondsBetweenChanges : Self.secondsBetweenLines
      let now = ContinuousClock.now
      guard now - state.lastTold >= .seconds(pause) else { return nil }
      state.lastTold = now
      return sentence(state, seconds: (now - started) / .seconds(1))
    }
    guard let line else { return }
    StandardError.write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
  }

  /// Clears the line of a terminal.
  func finish() {
    if isTerminal { StandardError.write("\r\u{1B}[K") }
  }

  private func sentence(_ state: State, seconds: Double) -> String {
    let lines = state.lines.values.reduce(0, +)
    var words = ["\(state.stage.rawValue): \(lines) rows"]
    if state.stage == .reading {
      words.append("\(Int(Double(lines) / max(seconds, 0.001))) a second")
      let (read, size) = (state.bytes.values.reduce(0, +), sizes.values.reduce(0, +))
      if sizes.count == RegisterFile.allCases.count, size > 0, read <= size, read > 0 {
        let part = Double(read) / Double(size)
        if isTerminal { words.insert(Self.bar(part), at: 0) }
        words.append("\(Int(part * 100)) %")
        words.append("\(Int((seconds / part - seconds).rounded(.up))) s of reading left")
      }
    }
    return words.joined(separator: ", ")
  }

  private static func bar(_ part: Double) -> String {
    let filled = Int(part * 20)
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: max(0, 20 - filled)) + "]"
  }
}
