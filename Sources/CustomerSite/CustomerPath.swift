package import HTTPTypes
internal import Hummingbird
internal import Wording

/// Every path of the site, once: routes, links, forms and redirects all come from here.
package enum CustomerPath: String, CaseIterable, Sendable {
  case opening = "/"
  case start = "/ugyfelportal"
  case identify = "/regisztracio"
  case enterCode = "/regisztracio/telefonszam"
  case resendCode = "/regisztracio/telefonszam/uj-kod"
  case contact = "/regisztracio/email"
  case choosePassword = "/regisztracio/jelszo"
  case success = "/regisztracio/sikeres"
  case logIn = "/bejelentkezes"
  case logInCode = "/bejelentkezes/kod"
  case logOut = "/kijelentkezes"
  case timeLimit = "/idokorlat"
  case recovery = "/elfelejtett-jelszo"
  case recoverPassword = "/elfelejtett-jelszo/uj-jelszo"
  case resendRecoveryCode = "/elfelejtett-jelszo/uj-kod"
  case confirmEmail = "/megerosites"
  case resendEmailCode = "/megerosites/uj-kod"
  case correctEmail = "/megerosites/email-cim"
  case home = "/fiok"
  case ownPassword = "/fiok/jelszo"
  case devices = "/fiok/biztonsag"
  case endSessions = "/fiok/biztonsag/kijelentkezes"
  case stepUp = "/fiok/biztonsagi-kod"
  case sendStepUpCode = "/fiok/biztonsagi-kod/uj-kod"
  case declarations = "/fiok/nyilatkozatok"
  case acceptDocuments = "/fiok/elfogadas"
  case myContract = "/fiok/szerzodes"
  case contractFile = "/fiok/szerzodes/pdf"
  case endContract = "/fiok/szerzodes/felmondas"
  case dataRights = "/fiok/adataim"
  case profile = "/fiok/adatok"
  case correspondence = "/fiok/levelezesi-cim"
  case confirmCorrespondence = "/fiok/levelezesi-cim/megerosites"
  case resendCorrespondenceCode = "/fiok/levelezesi-cim/uj-kod"
  case userName = "/fiok/felhasznalonev"
  case confirmUserName = "/fiok/felhasznalonev/megerosites"
  case resendUserNameCode = "/fiok/felhasznalonev/uj-kod"
  case undoUserName = "/cim-visszaallitas"
  case questions = "/gyik"
  case guide = "/utmutato"
  case privacy = "/adatkezeles"
  case notice = "/tajekoztato"
  case contract = "/portalszerzodes"
  case imprint = "/impresszum"
  case contactUs = "/kapcsolat"
  case accessibility = "/akadalymentesseg"
  case changePassword = "/.well-known/change-password"

  /// The methods that the path allows: HEAD wherever GET is.
  package var methods: [HTTPRequest.Method] {
    purposes.flatMap { $0 == .get ? [.get, .head] : [$0] }
  }

  /// What the path is for: to look at a page, to send a form, or both.
  private var purposes: [HTTPRequest.Method] {
    switch self {
    case .identify, .enterCode, .contact, .choosePassword, .logIn, .logInCode, .confirmEmail,
      .correctEmail, .timeLimit:
      [.get, .post]
    case .recovery, .recoverPassword, .ownPassword, .stepUp: [.get, .post]
    case .declarations, .acceptDocuments, .endContract, .dataRights: [.get, .post]
    case .myContract, .contractFile: [.get]
    case .correspondence, .confirmCorrespondence, .userName, .confirmUserName, .undoUserName:
      [.get, .post]
    case .resendCorrespondenceCode, .resendUserNameCode, .sendStepUpCode: [.post]
    case .profile: [.get]
    case .resendCode, .logOut, .resendEmailCode, .resendRecoveryCode, .endSessions: [.post]
    case .opening, .start, .success, .home, .devices, .questions, .guide, .privacy, .notice,
      .contract, .imprint, .contactUs, .accessibility, .changePassword:
      [.get]
    }
  }

  /// Whether it takes a fresh proof of who is there: what somebody with a stolen cookie, or at a
  /// browser left open, would do first (ASVS 7.5.3).
  ///
  /// An address that was asked for so is confirmed by the code in its own letter.
  package var needsProof: Bool {
    switch self {
    case .ownPassword, .userName, .correspondence, .dataRights: true
    case .opening, .start, .identify, .enterCode, .resendCode, .contact, .choosePassword, .success,
      .logIn, .logInCode, .logOut, .timeLimit, .recovery, .recoverPassword, .resendRecoveryCode,
      .confirmEmail, .resendEmailCode, .correctEmail, .home, .devices, .endSessions, .stepUp,
      .sendStepUpCode, .declarations, .acceptDocuments, .myContract, .contractFile, .endContract,
      .profile, .confirmCorrespondence, .resendCorrespondenceCode, .confirmUserName,
      .resendUserNameCode, .undoUserName, .questions, .guide, .privacy, .notice, .contract,
      .imprint, .contactUs, .accessibility, .changePassword:
      false
    }
  }

  /// The document that a path shows, if it shows one.
  var document: DocumentName? { DocumentName(rawValue: String(rawValue.dropFirst())) }

  /// Where to go after a POST: 303, so that a reload requests the page and posts nothing (R2).
  ///
  /// - Parameter message: a word that the next page turns into a sentence
  func seeOther(message: FlashMessage? = nil) -> Response {
    let query = message.map { "?\(FlashMessage.parameter)=\($0.rawValue)" } ?? ""
    return .redirect(to: rawValue + query, type: .normal)
  }
}

/// What the next page says about what was just done.
///
/// The word is part of the URL, which contains nothing personal (R8); any other word is not shown.
enum FlashMessage: String, CaseIterable {
  case sameCode = "ugyanaz"
  case newCode = "uj"
  case emailTaken = "foglalt"
  case emailCorrected = "javitva"
  case confirmed = "megerositve"
  case sessionEnded = "lejart"
  case loggedOut = "kijelentkezett"
  case recoverySameCode = "ugyanaz-a-kod"
  case recoveryNewCode = "uj-kod"
  case passwordRecovered = "uj-jelszo"
  case passwordChanged = "jelszo"
  case loggedOutEverywhere = "mindenhonnan"
  case oldestEnded = "legregebbi"
  case sessionClosed = "lezarva"
  case othersClosed = "tobbi"
  case declared = "nyilatkozott"
  case accepted = "elfogadta"
  case contractEnded = "felmondta"
  case requested = "kerte"
  case correspondenceSaved = "levelcim-mentve"
  case correspondenceRemoved = "levelcim-torolve"
  case userNameSaved = "felhasznalonev-mentve"
  case addressTaken = "cim-foglalt"
  case userNameRestored = "visszaallitva"

  static let parameter = "uzenet"

  /// Whether it says that something has succeeded, which looks like it.
  var isDone: Bool {
    switch self {
    case .emailTaken, .sessionEnded, .oldestEnded, .addressTaken, .recoverySameCode,
      .recoveryNewCode:
      false
    case .sameCode, .newCode, .emailCorrected, .confirmed, .loggedOut, .passwordRecovered,
      .passwordChanged, .loggedOutEverywhere, .sessionClosed, .othersClosed, .declared, .accepted,
      .contractEnded, .requested, .correspondenceSaved, .correspondenceRemoved, .userNameSaved,
      .userNameRestored:
      true
    }
  }

  init?(_ request: Request) {
    guard let word = request.uri.queryParameters[Substring(Self.parameter)] else { return nil }
    self.init(rawValue: String(word))
  }
}
