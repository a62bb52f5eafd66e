package import Accounts
internal import Domain
package import FoundationEssentials
internal import Outbox
package import OutgoingHTTP

/// The insurer's own service, asked by HTTP (`docs/register-service.yaml`).
///
/// A question that gets no usable answer is asked once more; a service that keeps failing rests,
/// and is asked nothing meanwhile. What it has said is believed for a moment.
package struct HTTPRegister: Sendable {
  private let exchange: HTTPExchange
  private let base: String
  private let tries: Int
  private let now: @Sendable () -> Date
  private let tell: @Sendable (Trouble) -> Void
  private let breaker = Breaker()
  private let recent: RecentAnswers

  /// What an operator should know.
  package enum Trouble: Hashable, Sendable {
    /// A question got no usable answer; in words without anything personal.
    case failed(String)
    case resting(seconds: Int)
    case works
  }

  /// - Parameters:
  ///   - base: the address before `/customers/…` and `/policies/…`
  ///   - tries: how often a question is asked, 1 or more
  ///   - freshSeconds: for so long an answer is believed
  package init(
    exchange: HTTPExchange, base: String, tries: Int, freshSeconds: Int,
    now: @escaping @Sendable () -> Date, tell: @escaping @Sendable (Trouble) -> Void
  ) {
    self.exchange = exchange
    self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    self.tries = tries
    self.now = now
    self.tell = tell
    recent = RecentAnswers(freshSeconds: freshSeconds)
  }

  package var register: CustomerRegister {
    CustomerRegister { number throws(RegisterUnavailable) in try await look(number) }
  }

  /// Whether it has failed so often that it is asked nothing, or one question after a rest.
  package var isResting: Bool { breaker.isOpen }

  /// Nobody is sent away for less.
  private static let shortestWait = 60

  private func look(
    _ number: Claim.Number
  ) async throws(RegisterUnavailable) -> CustomerRegister.Answer {
    if let answer = recent.answer(to: number, at: now()) { return answer }
    var problem = Problem("it rests")
    for _ in 1...max(1, tries) {
      guard breaker.admits(at: now()) else { break }
      do throws(Problem) {
        let answer = try await ask(number)
        if case .closed = breaker.answered() { tell(.works) }
        recent.keep(answer, to: number, at: now())
        return answer
      } catch {
        problem = error
        tell(.failed(error.words))
        let change = breaker.failed(at: now(), retryAfterSeconds: error.retryAfterSeconds)
        if case .opened(let seconds) = change { tell(.resting(seconds: seconds)) }
      }
    }
    throw RegisterUnavailable(
      retryAfterSeconds: max(
        Self.shortestWait, problem.retryAfterSeconds ?? 0, breaker.secondsLeft(at: now())))
  }

  private struct Problem: Error {
    let words: String
    var retryAfterSeconds: Int?

    init(_ words: String, retryAfterSeconds: Int? = nil) {
      self.words = words
      self.retryAfterSeconds = retryAfterSeconds
    }
  }

  private func ask(_ number: Claim.Number) async throws(Problem) -> CustomerRegister.Answer {
    // Canonical numbers are letters and digits: nothing in them has to be escaped.
    let path =
      switch number {
      case .customer(let number): "customers/\(number.text)"
      case .policy(let number): "policies/\(number.text)"
      }
    switch await exchange.get("\(base)/\(path)") {
    case nil: throw Problem("register.service.url makes no request")
    case .notSent(let problem)?, .noAnswer(let problem)?: throw Problem(problem)
    case .answer(let answer)?: return try read(answer, to: number)
    }
  }

  private func read(
    _ answer: HTTPExchange.Answer, to number: Claim.Number
  ) throws(Problem) -> CustomerRegister.Answer {
    guard answer.isWhole else { throw Problem("the answer is cut off or too long") }
    do {
      switch answer.status {
      case 200: return .found(try ServiceAnswer.record(answer.body, to: number))
      case 404: return .unknown(oldNumberOf: try ServiceAnswer.oldOwners(answer.body))
      case 409: return .several
      default: break
      }
    } catch {
      throw Problem("HTTP \(answer.status), and the answer cannot be read: \(error)")
    }
    throw Problem("HTTP \(answer.status)", retryAfterSeconds: answer.retryAfterSeconds)
  }
}
