internal import Synchronization
internal import Testing

@testable internal import RegisterImport
@testable internal import belepo

/// What an import says on standard error while it works.
struct ImportProgressLineTests {
  /// Somebody who watches an import, and the time, which goes on when the test says so.
  private final class Watcher: Sendable {
    private let said = Mutex<[String]>([])
    private let elapsed = Mutex(Duration.zero)

    func line(
      on isTerminal: Bool, sizes: [RegisterFile: Int] = [.customers: 6_000, .policies: 4_000]
    ) -> ImportProgressLine {
      ImportProgressLine(
        sizes: sizes, isTerminal: isTerminal, elapsed: { self.elapsed.withLock { $0 } },
        write: { text in self.said.withLock { $0.append(text) } })
    }

    func wait(_ duration: Duration) { elapsed.withLock { $0 += duration } }

    /// What was said since this was asked last.
    func read() -> [String] {
      said.withLock { said in
        defer { said = [] }
        return said
      }
    }
  }

  private func reading(_ file: RegisterFile, _ lines: Int, _ bytes: Int) -> ImportProgress {
    ImportProgress(stage: .reading, file: file, lines: lines, bytes: bytes)
  }

  @Test func `a log gets a line every five seconds, with rate and rest`() {
    let watcher = Watcher()
    let line = watcher.line(on: false)
    watcher.wait(.milliseconds(4_999))
    line.tell(reading(.customers, 400, 1_500))
    #expect(watcher.read().isEmpty)
    watcher.wait(.milliseconds(1))
    line.tell(reading(.policies, 600, 1_000))
    #expect(
      watcher.read() == ["reading: 1000 rows, 200 a second, 25 %, 15 s of reading left\n"])
    // The next pause begins with what was said.
    watcher.wait(.milliseconds(4_999))
    line.tell(reading(.policies, 700, 1_100))
    line.finish()
    #expect(watcher.read().isEmpty)
    watcher.wait(.milliseconds(1))
    line.tell(reading(.policies, 1_600, 3_500))
    #expect(
      watcher.read() == ["reading: 2000 rows, 200 a second, 50 %, 10 s of reading left\n"])
  }

  @Test func `a terminal has one line with a bar, five times a second, and none at the end`() {
    let watcher = Watcher()
    let line = watcher.line(on: true)
    watcher.wait(.milliseconds(199))
    line.tell(reading(.customers, 10, 100))
    #expect(watcher.read().isEmpty)
    watcher.wait(.milliseconds(801))
    line.tell(reading(.customers, 100, 5_000))
    #expect(
      watcher.read() == [
        "\r\u{1B}[K[##########..........], reading: 100 rows, 100 a second, 50 %, "
          + "1 s of reading left"
      ])
    watcher.wait(.milliseconds(200))
    line.tell(reading(.customers, 120, 7_500))
    #expect(watcher.read().first?.hasPrefix("\r\u{1B}[K[###############.....]") == true)
    line.finish()
    #expect(watcher.read() == ["\r\u{1B}[K"])
  }

  @Test func `a bar that is full is full`() {
    let watcher = Watcher()
    let line = watcher.line(on: true)
    watcher.wait(.seconds(1))
    line.tell(reading(.customers, 1, 6_000))
    watcher.wait(.seconds(1))
    line.tell(reading(.policies, 1, 4_000))
    #expect(watcher.read().last?.contains("[\(String(repeating: "#", count: 20))]") == true)
  }

  @Test(
    arguments: [
      [.policies: 4_000], [:], [.customers: 10, .policies: 10],
    ] as [[RegisterFile: Int]])
  func `of a pipe or a packed file nobody knows how much is left`(sizes: [RegisterFile: Int]) {
    let watcher = Watcher()
    let line = watcher.line(on: false, sizes: sizes)
    watcher.wait(.seconds(5))
    line.tell(reading(.customers, 1_000, 1_500))
    #expect(watcher.read() == ["reading: 1000 rows, 200 a second\n"])
  }

  @Test func `comparing and writing are told by their rows, counted anew`() {
    let watcher = Watcher()
    let line = watcher.line(on: false)
    line.tell(reading(.customers, 1_000, 6_000))
    for stage in [ImportProgress.Stage.comparing, .writing] {
      watcher.wait(.seconds(5))
      line.tell(ImportProgress(stage: stage, file: .customers, lines: 256))
      #expect(watcher.read() == ["\(stage.rawValue): 256 rows\n"])
    }
  }
}
