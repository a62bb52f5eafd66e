internal import Accounts
internal import Domain
internal import Hummingbird
internal import Pages
internal import Wording

/// What the pages that ask for a code have in common: reading it, saying what was wrong with it,
/// and answering a request for another one (J4, J9, J10).
struct CodePage: Sendable {
  let site: Site
  let context: SiteContext
  let alphabet: CodeAlphabet
  /// The page's path.
  let path: CustomerPath
  /// The page again, with one mistake.
  let again: @Sendable (FieldError) async throws -> Response

  /// What the account or the registration says about a code.
  enum Verdict: Sendable {
    case answer(Response)
    case mistake(CodeMistake)
  }

  /// A code that was posted.
  func submit(_ enter: (CodeEntry) async throws -> Verdict) async throws -> Response {
    let entry: CodeEntry
    do throws(CodeEntry.Invalid) {
      entry = try CodeEntry(context.form["code"], alphabet: alphabet)
    } catch {
      return try await again(aboutCode(texts.sentence(for: error)))
    }
    switch try await enter(entry) {
    case .answer(let response): return response
    case .mistake(let mistake): return try await again(aboutCode(texts.sentence(for: mistake)))
    }
  }

  /// «Új kódot kérek», for a code by e-mail.
  ///
  /// - Parameter elsewhere: where to send the customer when no code is awaited
  func response(
    to outcome: CodeResendOutcome, elsewhere: CustomerPath
  ) async throws -> Response {
    switch outcome {
    case .sent(let isNewCode): return sent(isNewCode: isNewCode)
    case .tooSoon(let seconds): return try await tooSoon(seconds: seconds)
    case .tooMany: return try await again(aboutResending(texts["confirm.tooMany"]))
    case .notAwaited: return elsewhere.seeOther()
    }
  }

  func sent(isNewCode: Bool) -> Response {
    path.seeOther(message: isNewCode ? .newCode : .sameCode)
  }

  func tooSoon(seconds: Int) async throws -> Response {
    try await again(aboutResending(texts.resendTooSoon(seconds: seconds)))
  }

  private var texts: Texts { site.texts(context) }

  private func aboutCode(_ sentence: String) -> FieldError {
    FieldError(anchor: "code", text: sentence)
  }

  private func aboutResending(_ sentence: String) -> FieldError {
    FieldError(anchor: "resend", text: sentence)
  }
}

extension FieldError {
  /// The same mistake, shown where it can be corrected: without a field to type into, the way on is
  /// a new code.
  func whereMended(ifFieldIsLive isLive: Bool) -> FieldError {
    isLive ? self : FieldError(anchor: "resend", text: text)
  }
}
