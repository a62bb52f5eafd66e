internal import Accounts
internal import Domain
internal import Pages

/// What a service has answered, in one word for the log and the meters.
protocol NamedOutcome {
  var word: String { get }
}

/// The steps whose outcomes are told.
enum JourneyStep {
  case identification
  case smsCode
  case smsResend
  case contact
  case password
  case confirmation
  case login
  case loginCode
  case recoveryRequest
  case recoveryPassword
  case stepUpSend
  case stepUpCode

  private var names: (journey: String, step: String) {
    switch self {
    case .identification: ("registration", "identification")
    case .smsCode: ("registration", "sms_code")
    case .smsResend: ("registration", "sms_resend")
    case .contact: ("registration", "contact")
    case .password: ("registration", "password")
    case .confirmation: ("registration", "confirmation")
    case .login: ("login", "password")
    case .loginCode: ("login", "code")
    case .recoveryRequest: ("recovery", "request")
    case .recoveryPassword: ("recovery", "password")
    case .stepUpSend: ("step_up", "send")
    case .stepUpCode: ("step_up", "code")
    }
  }

  fileprivate func outcome(_ word: String) -> RequestRecord.Outcome {
    RequestRecord.Outcome(journey: names.journey, step: names.step, word: word)
  }
}

extension SiteContext {
  /// Passes a service's answer on, and notes what it was.
  func told<Answer: NamedOutcome>(_ step: JourneyStep, _ answer: Answer) -> Answer {
    record.note(step.outcome(answer.word))
    return answer
  }
}

extension Registrations.Refused: NamedOutcome {
  var word: String {
    switch self {
    case .told: "invalid"
    case .limited: "limited"
    }
  }
}

extension Registrations.IdentificationOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .codeSent: "code_sent"
    case .noMatch: "no_match"
    case .notOpen: "no_register"
    case .registerUnavailable: "register_unavailable"
    case .limited: "limited"
    case .tooManyMessages: "too_many_messages"
    case .smsStepDisabled: "sms_step_disabled"
    case .suspended: "suspended"
    }
  }
}

extension Registrations.CodeAnswer.Outcome: NamedOutcome {
  var word: String {
    switch self {
    case .of(.accepted): "accepted"
    case .of(.alreadyRegistered): "already_registered"
    case .of(.wrong): "wrong"
    case .of(.codeExpired): "code_expired"
    case .of(.codeSpent): "code_spent"
    case .of(.disabled): "sms_step_disabled"
    case .of(.expired): "expired"
    case .of(.outOfTurn): "out_of_turn"
    case .suspended: "suspended"
    case .limited: "limited"
    case .unknown: "unknown"
    }
  }
}

extension Registrations.ResendOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .sent: "sent"
    case .tooSoon: "too_soon"
    case .tooMany: "too_many_messages"
    case .smsStepDisabled: "sms_step_disabled"
    case .suspended: "suspended"
    case .limited: "limited"
    case .stopped: "stopped"
    case .expired: "expired"
    case .outOfTurn: "out_of_turn"
    case .unknown: "unknown"
    }
  }
}

extension Registrations.ContactOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .of(.accepted): "accepted"
    case .of(.emailTaken): "email_taken"
    case .of(.stopped): "stopped"
    case .of(.expired): "expired"
    case .of(.outOfTurn): "out_of_turn"
    case .unknown: "unknown"
    }
  }
}

extension Registrations.PasswordOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .registered: "registered"
    case .refused: "refused"
    case .emailTaken: "email_taken"
    case .stopped: "stopped"
    case .alreadyRegistered: "already_registered"
    case .overloaded: "overloaded"
    case .expired: "expired"
    case .outOfTurn: "out_of_turn"
    case .unknown: "unknown"
    }
  }
}

extension CodeMistake: NamedOutcome {
  var word: String {
    switch self {
    case .wrong: "wrong"
    case .expired: "code_expired"
    case .spent: "code_spent"
    }
  }
}

extension Confirmations.Outcome: NamedOutcome {
  var word: String {
    switch self {
    case .confirmed: "confirmed"
    case .alreadyConfirmed: "already_confirmed"
    case .mistake(let mistake): mistake.word
    }
  }
}

extension Logins.Outcome: NamedOutcome {
  var word: String {
    switch self {
    case .loggedIn: "logged_in"
    case .refused: "refused"
    case .codeAsked: "code_asked"
    case .help: "held"
    case .limited: "limited"
    case .overloaded: "overloaded"
    }
  }
}

extension Logins.EmailedCodeOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .loggedIn: "logged_in"
    case .mistake(let mistake): mistake.word
    case .limited: "limited"
    case .over: "over"
    }
  }
}

extension Recoveries.RequestOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .asked: "asked"
    case .limited: "limited"
    }
  }
}

extension Recoveries.PasswordOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .changed: "changed"
    case .changedBefore: "changed_before"
    case .mistake(let mistake): mistake.word
    case .refused: "refused"
    case .isPresentPassword: "present_password"
    case .over: "over"
    case .limited: "limited"
    case .overloaded: "overloaded"
    }
  }
}

extension StepUps.SendingOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .of(.sent): "sent"
    case .of(.tooSoon): "too_soon"
    case .of(.tooMany): "too_many_messages"
    case .of(.notAwaited): "out_of_turn"
    case .proven: "proven"
    case .impossible: "impossible"
    case .suspended: "suspended"
    case .limited: "limited"
    case .over: "over"
    }
  }
}

extension StepUps.ProofOutcome: NamedOutcome {
  var word: String {
    switch self {
    case .proven: "accepted"
    case .provenBefore: "proven"
    case .mistake(let mistake): mistake.word
    case .impossible: "impossible"
    case .suspended: "suspended"
    case .limited: "limited"
    case .notAsked: "out_of_turn"
    case .over: "over"
    }
  }
}
