internal import Domain
internal import Foundation
internal import HummingbirdCore

// What strangers, files and gateways may send. libFuzzer looks for bytes that stop the program;
// each target also demands something of whatever is accepted.

private let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "form": { bytes in
    // A form is read from its bytes alone, whatever they are.
    guard let form = try? Form(bytes) else { return }
    precondition(form["formToken"].unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\t" })
  },
  "cookie": { bytes in
    // The same whether a browser or a proxy joins the fields; a name that comes twice has no value.
    let field = text(bytes)
    let cookies = RequestCookies(fields: [field])
    let split = RequestCookies(
      fields: field.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        .map { String(Substring($0)) })
    for name in CookieName.allCases {
      precondition(cookies[name] == split[name])
      precondition(cookies[name] == nil || !cookies.doubled.contains(name))
      precondition(cookies[name]?.utf8.contains(UInt8(ascii: ";")) != true)
    }
  },
  "host": { bytes in
    guard let authority = Authority(text(bytes)) else { return }
    precondition(authority.host == authority.host.lowercased())
    // Nobody but the name decides: no user, no path.
    let behind = Authority(authority.host + ":443@evil.test")
    precondition(behind == nil || authority.host.contains(":"))
  },
  "target": { bytes in
    // The path and the query that the router finds in a request's first line.
    let written = text(bytes)
    let uri = URI(written)
    if written.utf8.first == UInt8(ascii: "/") {
      // A page has one name, and what no accent begins is found by it.
      let next = written.unicodeScalars.dropFirst().first
      precondition(uri.isSpelledOut || next?.isASCII == false)
      precondition(!uri.isSpelledOut || written.utf8.starts(with: uri.path.utf8))
    }
    // Who asks for a name finds one of its values, whatever that holds.
    let parameters = uri.queryParameters
    for (name, value) in parameters {
      precondition(parameters[name] != nil && value.utf8.count <= written.utf8.count)
    }
    // Nobody is sent elsewhere after the login.
    let wanted = parameters[Substring(ReturnPlaces.parameter)].map { String($0) }
    for place in [wanted, written] {
      guard let place = ReturnPlaces(prefixes: ["/portal/"]).place(place) else { continue }
      precondition(place.utf8.starts(with: "/portal/".utf8))
      precondition(place.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
      let base = URL(string: "https://insurer.test")
      if let seen = URL(string: place, relativeTo: base)?.absoluteString {
        precondition(seen.hasPrefix("https://insurer.test/portal/"))
      }
    }
  },
  "csv": { bytes in
    // The rows do not depend on how the file arrives.
    precondition(rows(bytes, inPiecesOf: bytes.count) == rows(bytes, inPiecesOf: 1))
  },
  "email": { bytes in
    guard let address = try? EmailAddress(text(bytes)) else { return }
    // What was accepted is written in one way, and accepted again.
    let again = try? EmailAddress(address.address)
    precondition(again?.address == address.address)
    precondition(address.address.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F })
  },
  "phone": { bytes in
    let written = text(bytes)
    _ = try? MobileNumber(prefix: "30", number: written, accepting: ["20", "30", "70"])
    guard let number = try? PhoneNumber(written) else { return }
    precondition(number.e164.utf8.first == UInt8(ascii: "+") && number.e164.utf8.count <= 16)
    precondition(number.e164.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) })
  },
  "code": { bytes in
    for alphabet in [CodeAlphabet.digits, .unambiguous] {
      guard let entry = try? CodeEntry(text(bytes), alphabet: alphabet) else { continue }
      precondition(entry.candidate(prefix: "4").count == 6)
    }
    _ = try? PolicyNumber(text(bytes))
    _ = try? OldCustomerNumber(text(bytes))
    guard let number = try? CustomerNumber(text(bytes)) else { return }
    precondition(number.text.utf8.count == 7)
  },
  "address": { bytes in
    // `X-Forwarded-For`, and the other end of a connection.
    let proxies = Set(["127.0.0.1", "2001:db8::1"].compactMap(IPAddress.init))
    if let client = try? IPAddress.client(forwarded: text(bytes), by: proxies) {
      precondition(!proxies.contains(client))
    }
    guard let address = IPAddress(text(bytes)) else { return }
    precondition((4...8).contains(address.network.split(separator: ".").count))
  },
  "answer": { bytes in
    // A gateway's: `Retry-After`, and JSON.
    if let seconds = RetryAfter.seconds(in: text(bytes)) {
      precondition((0...86_400).contains(seconds))
    }
    let path = try? JSONPath("messages.0.status=accepted")
    _ = path?.holds(in: bytes)
  },
  "report": { bytes in
    // A gateway's: the address that we gave it, and what it has put behind it.
    let uri = URI(text(bytes))
    let steps = uri.path.split(separator: "/").map(String.init)
    let state = uri.queryParameters["state"].map { String($0) }
    let report = DeliveryReport(
      message: steps.dropFirst(2).first, secret: steps.dropFirst(3).first, state: state)
    guard let report, let state else { return }
    // A message has one number, and a word one meaning, in whatever case.
    precondition(steps[2] == String(report.message) && steps[3] == report.secret)
    precondition(state.utf8.count <= 13 && state.utf8.allSatisfy { $0 < 0x80 })
    precondition(DeliveryReport.State(state.uppercased()) == report.state)
  },
  "brand": { bytes in
    // An insurer's `brand.yaml`: accepted, it can be read and dialled; refused, it says why.
    do throws(BrandFacts.Invalid) {
      let facts = try BrandFacts(yaml: text(bytes))
      for (colour, ground) in [
        (facts.accentColour, "#ffffff"), (facts.accentColourOnDark, "#0b1518"),
      ] {
        guard let accent = Colour(colour), let ground = Colour(ground) else {
          preconditionFailure("\(colour) is no colour")
        }
        precondition(accent.contrast(with: ground) >= Colour.leastContrast)
      }
      precondition(
        facts.callCentrePhoneLink.utf8.allSatisfy {
          $0 == UInt8(ascii: "+") || (0x30...0x39).contains($0)
        })
    } catch {
      precondition(!error.description.isEmpty)
    }
  },
]

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private func rows(_ bytes: [UInt8], inPiecesOf size: Int) -> [CSVRow] {
  var (parser, rows) = (CSVParser(), [CSVRow]())
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = Array(rest.prefix(max(1, size)))
    parser.parse(chunk: piece) { row, _ in rows.append(row) }
    rest = rest.dropFirst(piece.count)
  }
  parser.finish { row, _ in rows.append(row) }
  return rows
}

private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"].flatMap { targets[$0] }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let target else { return -1 }
  target(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
