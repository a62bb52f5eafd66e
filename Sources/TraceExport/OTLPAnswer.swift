internal import FoundationEssentials

/// What a collector that has taken a batch says about it, an `ExportTraceServiceResponse` in JSON.
struct OTLPAnswer: Decodable {
  /// Not all of it was taken, or something is to be said about it.
  struct PartialSuccess: Decodable {
    let rejectedSpans: Int
    let errorMessage: String

    private enum CodingKeys: String, CodingKey {
      case rejectedSpans
      case errorMessage
    }

    /// Whatever is not there, or of another kind, says nothing.
    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      // A whole number of 64 bits is a text; protobuf's JSON lets it be a number as well.
      let text = try? values.decode(String.self, forKey: .rejectedSpans)
      let number = try? values.decode(Int.self, forKey: .rejectedSpans)
      rejectedSpans = text.flatMap { Int($0) } ?? number ?? 0
      errorMessage = (try? values.decode(String.self, forKey: .errorMessage)) ?? ""
    }
  }

  let partialSuccess: PartialSuccess?

  /// - Returns: `nil` for what is no such answer; the batch was taken all the same.
  init?(json: [UInt8]) {
    guard let answer = try? JSONDecoder().decode(OTLPAnswer.self, from: Data(json)) else {
      return nil
    }
    self = answer
  }
}
