internal import Accounts
package import Domain
package import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// Every path of the staff's site, with the duty that it is for: who may ask it is decided here and
/// nowhere else (ASVS 8.1.1).
///
/// None of them is a path of the customers' site.
package enum StaffPath: String, CaseIterable, Sendable {
  case start = "/munkatars"
  case logIn = "/munkatars/bejelentkezes"
  case logOut = "/munkatars/kijelentkezes"
  case invitation = "/munkatars/meghivo"
  case search = "/munkatars/kereses"
  case openCase = "/munkatars/ugy/megnyitas"
  case caseFile = "/munkatars/ugy"
  case reveal = "/munkatars/ugy/adat"
  case sendCallerCode = "/munkatars/ugy/kod"
  case proveCaller = "/munkatars/ugy/azonositas"
  case act = "/munkatars/ugy/intezkedes"
  case copyOfData = "/munkatars/ugy/masolat"
  case consents = "/munkatars/jovahagyasok"
  case requests = "/munkatars/adatkeresek"
  case overview = "/munkatars/attekintes"
  case funnel = "/munkatars/tolcser"
  case trail = "/munkatars/naplo"

  /// What it takes; `nil` for who is not logged in yet, and for leaving.
  package var duty: StaffDuty? {
    switch self {
    case .start, .logIn, .logOut, .invitation: nil
    case .search, .openCase, .caseFile: .openCases
    case .reveal: .revealValues
    case .sendCallerCode, .proveCaller: .proveCallers
    // Each act has a duty of its own besides; to read what one does, a case must be open.
    case .act: .openCases
    case .copyOfData, .requests: .dataRequests
    case .consents: .consent
    case .overview, .funnel: .overviews
    case .trail: .staffTrail
    }
  }

  /// The methods that the path allows: HEAD wherever GET is.
  package var methods: [HTTPRequest.Method] {
    switch self {
    case .start, .caseFile, .overview, .funnel, .trail: [.get, .head]
    case .logIn, .invitation, .search, .act, .consents, .requests: [.get, .head, .post]
    case .logOut, .openCase, .reveal, .sendCallerCode, .proveCaller, .copyOfData: [.post]
    }
  }

  /// Where to go after a POST (R2).
  ///
  /// - Parameters:
  ///   - number: of the open case
  ///   - act: what is to be done about it
  ///   - message: a word that the next page turns into a sentence
  func seeOther(
    number: CaseOpening.ID? = nil, act: CaseAct? = nil, message: StaffMessage? = nil
  ) -> Response {
    let parameters = [
      number.map { "\(Self.numberField)=\($0)" },
      act.map { "\(Self.actField)=\($0.rawValue)" },
      message.map { "\(StaffMessage.parameter)=\($0.rawValue)" },
    ].compactMap(\.self)
    let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
    return .redirect(to: rawValue + query, type: .normal)
  }

  /// The parameter that names an open case of the session's: a number that opens nothing elsewhere.
  static let numberField = "szam"
  static let actField = "mit"
  static let operandField = "melyik"
}

/// What the next page says about what was just done.
enum StaffMessage: String, CaseIterable {
  case loggedOut = "kijelentkezett"
  case sessionEnded = "lejart"
  case enrolled = "beallitva"
  case done = "megtortent"
  case consentAsked = "jovahagyasra-var"
  case alreadyAsked = "mar-var"
  case consentGiven = "jovahagyva"
  case consentRefused = "elutasitva"
  case consentOver = "mar-eldolt"
  case ownConsent = "sajat"
  case outOfTurn = "nem-idoszeru"
  case codeSent = "kod-elkuldve"
  case codeTooSoon = "kod-tul-koran"
  case codeTooMany = "kod-tul-sok"
  case codeImpossible = "kod-nem-kuldheto"
  case codeWrong = "kod-nem-egyezik"
  case codeOver = "kod-lejart"
  case codeUnreadable = "kod-olvashatatlan"
  case callerProven = "azonositva"

  static let parameter = "uzenet"

  init?(_ request: Request) {
    guard let word = request.uri.queryParameters[Substring(Self.parameter)] else { return nil }
    self.init(rawValue: String(word))
  }

  var sentence: TextKey {
    switch self {
    case .loggedOut: "staffFlash.loggedOut"
    case .sessionEnded: "staffFlash.sessionEnded"
    case .enrolled: "staffFlash.enrolled"
    case .done: "staffFlash.done"
    case .consentAsked: "staffFlash.consentAsked"
    case .alreadyAsked: "staffFlash.alreadyAsked"
    case .consentGiven: "staffFlash.consentGiven"
    case .consentRefused: "staffFlash.consentRefused"
    case .consentOver: "staffFlash.consentOver"
    case .ownConsent: "staffFlash.ownConsent"
    case .outOfTurn: "staffFlash.outOfTurn"
    case .codeSent: "staffFlash.codeSent"
    case .codeTooSoon: "staffFlash.codeTooSoon"
    case .codeTooMany: "staffFlash.codeTooMany"
    case .codeImpossible: "staffFlash.codeImpossible"
    case .codeWrong: "staffFlash.codeWrong"
    case .codeOver: "staffFlash.codeOver"
    case .codeUnreadable: "staffFlash.codeUnreadable"
    case .callerProven: "staffFlash.callerProven"
    }
  }
}
