import AsyncHTTPClient
import Foundation
import NIOHTTP1
import Testing

@testable import SMSGateways

/// A provider's own interface, as an operator describes it.
struct HTTPGatewayTests {
  private func manner(
    method: String = "POST", url: String = "https://sms.example/send", headers: String = "",
    format: HTTPGateway.Format = .json, body: String = #"{"to":"{number}","text":"{text}"}"#,
    success: String? = nil
  ) throws -> HTTPGateway.Manner {
    try HTTPGateway.Manner(
      method: method, url: url, headers: headers, format: format, body: body, success: success)
  }

  private func problem(_ make: () throws -> HTTPGateway.Manner) -> String? {
    do {
      _ = try make()
      return nil
    } catch { return "\(error)" }
  }

  private static let hostile = "\"}\\ {number} \n\u{1}é€📱"

  private func value(_ place: RequestTemplate.Place) -> String {
    switch place {
    case .number: "+36301234567"
    case .text: Self.hostile
    case .key: "sms-code/1/1"
    case .minutes: "9"
    case .receipt: "http://127.0.0.1:9090/r?a=1"
    }
  }

  @Test func `a body in JSON holds a message's values and no other meaning`() throws {
    let text = try #require(
      try manner(body: #"{"a":[{"to":"{number}","text":"{text}","k":"{key}","m":{minutes}}]}"#)
        .filledBody(value))
    struct Body: Decodable {
      struct Message: Decodable {
        let to: String
        let text: String
        let k: String
        let m: Int
      }
      let a: [Message]
    }
    let body = try JSONDecoder().decode(Body.self, from: Data(text.utf8))
    #expect(body.a.map(\.to) == ["+36301234567"])
    #expect(body.a.map(\.text) == [Self.hostile])
    #expect(body.a.map(\.k) == ["sms-code/1/1"])
    #expect(body.a.map(\.m) == [9])
  }

  @Test func `a form and an address hold a message's values and no other meaning`() throws {
    let manner = try manner(
      url: "https://sms.example/send?n={number}&t={text}", format: .form,
      body: "to={number}&text={text}")
    let request = try manner.request(value)
    let query = try #require(URLComponents(url: request.url, resolvingAgainstBaseURL: true))
    #expect(query.queryItems?.map(\.name) == ["n", "t"])
    #expect(query.queryItems?.last?.value == Self.hostile)
    let form = try #require(URLComponents(string: "?" + (manner.filledBody(value) ?? "")))
    #expect(form.queryItems?.map(\.value) == ["+36301234567", Self.hostile])
    #expect(request.headers["Content-Type"] == ["application/x-www-form-urlencoded"])
  }

  @Test func `a line break in a value begins no header`() throws {
    let request = try manner(headers: "X-Text: {text}\nIdempotency-Key: {key}\n")
      .request(value)
    #expect(request.headers["Idempotency-Key"] == ["sms-code/1/1"])
    #expect(request.headers["X-Text"].allSatisfy { !$0.unicodeScalars.contains("\n") })
    #expect(request.headers["Content-Type"] == ["application/json"])
  }

  @Test(arguments: [
    ("https://x/{to}", "sms.http.url: there is no place {to}."),
    ("https://x/{Number}", "sms.http.url: there is no place {Number}."),
  ])
  func `a place that does not exist is named`(url: String, sentence: String) {
    #expect(problem { try manner(url: url) } == sentence)
  }

  @Test func `what can never work is found before the first message`() {
    for body in ["to {number}", #"{"to":{number}}"#, #"{"text":{text}}"#] {
      #expect(problem { try manner(body: body) } == "sms.http.body makes no JSON.")
    }
    for url in ["sms.example/send", "ftp://sms.example/", "https://", "/send"] {
      #expect(
        problem { try manner(url: url) } == "sms.http.url is not an http or https address.")
    }
    #expect(
      problem { try manner(headers: "Authorization Bearer") }
        == "sms.http.headers: a line must be like «Name: value».")
    #expect(
      problem { try manner(success: "accepted") }
        == "sms.http.success: must be written like status=accepted.")
  }

  @Test(arguments: [
    ("status=accepted", #"{"status":"accepted"}"#, true),
    ("status=accepted", #"{"status":"rejected"}"#, false),
    ("a.1.b=7", #"{"a":[0,{"b":7}]}"#, true), ("a.2.b=7", #"{"a":[0,{"b":7}]}"#, false),
    ("ok=true", #"{"ok":true}"#, true), ("0=x", #"["x"]"#, true), ("a=", #"{"a":""}"#, true),
    ("a=b", "not json", false), ("a=b", #"{"a":null}"#, false), ("a.b=c", #"{"a":"b"}"#, false),
    ("n=1.5", #"{"n":1.5}"#, true),
  ])
  func `success is what the answer's JSON holds`(path: String, answer: String, holds: Bool) throws {
    #expect(try JSONPath(path).holds(in: Array(answer.utf8)) == holds)
  }
}
