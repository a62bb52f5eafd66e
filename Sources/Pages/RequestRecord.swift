internal import Synchronization

/// What the log and the meters say of a request besides its route and its status, collected while
/// it is answered.
///
/// Every word is one of the program's own, so that nothing personal can get in (R8).
package final class RequestRecord: Sendable {
  /// What a step of a journey has come to.
  package struct Outcome: Hashable, Sendable {
    let journey: String
    let step: String
    let word: String

    package init(journey: String, step: String, word: String) {
      self.journey = journey
      self.step = step
      self.word = word
    }
  }

  private struct State {
    var outcome: Outcome?
    var fields: [String] = []
    var caseNumber: String?
  }

  private let state = Mutex(State())

  package func note(_ outcome: Outcome) {
    state.withLock { $0.outcome = outcome }
  }

  /// Fields of a form that have to be corrected, by their names in the page.
  func note(errorsIn fields: [String]) {
    guard !fields.isEmpty else { return }
    state.withLock { $0.fields = fields }
  }

  /// The first one counts: a page knows better than the browser's cookie.
  func note(caseNumber: String) {
    state.withLock { state in
      if state.caseNumber == nil { state.caseNumber = caseNumber }
    }
  }

  var outcome: Outcome? { state.withLock { $0.outcome } }
  var fields: [String] { state.withLock { $0.fields } }
  var caseNumber: String? { state.withLock { $0.caseNumber } }
}
