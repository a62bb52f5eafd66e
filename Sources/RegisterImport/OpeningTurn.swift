internal import Synchronization

/// A turn to open what a program must not inherit, or to start a program.
///
/// A pipe and a scratch file are opened in two steps, since Swift does not see `pipe2` and
/// `mkostemp`: a program that is started between them would keep them open.
enum OpeningTurn {
  private static let turn = Mutex(())

  static func take<Result: Sendable, Fault: Error>(
    _ work: () throws(Fault) -> Result
  ) throws(Fault) -> Result {
    try turn.withLock { _ throws(Fault) in try work() }
  }
}
