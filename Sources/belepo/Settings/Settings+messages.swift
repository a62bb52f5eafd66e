internal import Foundation
internal import Letters
internal import MailRelay
internal import Outbox
internal import SMSGateways
internal import Wording

// What the keys for gateways and relay mean together.
extension Settings {
  /// The SMS gateways, in the order in which to use them.
  var smsGateways: [String] {
    [text(.smsGateway), text(.smsFallback)].compactMap(\.self)
  }

  /// What is wrong with the gateways and the relay as a whole, a sentence each.
  var messageProblems: [String] {
    var problems: [String] = []
    if let gateway = text(.smsGateway), gateway == text(.smsFallback) {
      problems.append("sms.fallback must be another gateway than sms.gateway.")
    }
    if smsGateways.contains("http") {
      if text(.smsHTTPURL) == nil {
        problems.append("sms.http.url is missing: sms.gateway or sms.fallback is http.")
      } else {
        do { _ = try httpManner } catch { problems.append("\(error)") }
      }
    }
    if let sender = text(.smsKannelFrom), !Settings.isSender(sender) {
      problems.append(
        "sms.kannel.from must be a telephone number, or at most 11 letters, digits and spaces.")
    }
    if (text(.mailUsername) == nil) != (text(.mailPassword) == nil) {
      problems.append("mail.smtp.username and mail.smtp.password are set together or not at all.")
    }
    return problems
  }

  /// What a network shows as a sender: a number, or a name with a letter in it.
  private static func isSender(_ text: String) -> Bool {
    let isNumber = text.wholeMatch(of: #/\+?[0-9]{3,15}/#) != nil
    return isNumber || text.wholeMatch(of: #/[A-Za-z0-9 ]{1,11}/#) != nil
  }

  /// The requests that the provider of `sms.http` wants.
  var httpManner: HTTPGateway.Manner {
    get throws(HTTPGateway.Manner.Invalid) {
      try HTTPGateway.Manner(
        method: checkedText(.smsHTTPMethod), url: text(.smsHTTPURL) ?? "",
        headers: text(.smsHTTPHeaders) ?? "",
        format: HTTPGateway.Format(rawValue: checkedText(.smsHTTPFormat)) ?? .json,
        body: text(.smsHTTPBody) ?? "", success: text(.smsHTTPSuccess))
    }
  }

  /// The insurer's brand, as configured.
  func loadBrand() throws -> Brand {
    try Brand.load(directory: text(.brandDirectory), limits: limits)
  }

  /// The form of e-mails, with a link to ``publicURL``.
  func letters(of brand: Brand) throws -> Letters {
    try Letters(
      brand: brand, folder: text(.brandDirectory), portal: publicURL.absoluteString)
  }

  /// The base of every link that is sent.
  var publicURL: URL {
    let initial = "http://localhost:\(checkedText(.httpPort))"
    return Setting.url(text(.httpPublicURL) ?? initial) ?? URL(fileURLWithPath: "/")
  }

  var kannelAccess: KannelGateway.Access {
    KannelGateway.Access(
      url: checkedText(.smsKannelURL), username: text(.smsKannelUsername) ?? "",
      password: text(.smsKannelPassword) ?? "", from: text(.smsKannelFrom))
  }

  func mailAccess(ownHost: String) -> MailRelay.Access {
    MailRelay.Access(
      host: checkedText(.mailHost), port: count(.mailPort),
      security: MailRelay.Security(rawValue: checkedText(.mailSecurity)) ?? .starttls,
      username: text(.mailUsername), password: text(.mailPassword), seconds: seconds(.mailTimeout),
      authorities: text(.authoritiesFile), ownHost: ownHost)
  }

  var smsAlphabet: Correspondence.SMSAlphabet {
    Correspondence.SMSAlphabet(rawValue: checkedText(.smsEncoding)) ?? .gsm7
  }
}
