internal import CLibpq
internal import Persistence

/// The types in our statements and results, by PostgreSQL's numbers (`pg_type.dat`).
enum TypeCode: Oid {
  case bool = 16
  case bytea = 17
  case name = 19
  case int8 = 20
  case int2 = 21
  case int4 = 23
  case text = 25
  case varchar = 1043
  /// The result of a function that returns nothing.
  case void = 2278
}

/// Values as libpq takes them, all in binary form.
struct Parameters {
  /// 0 where the server infers the type.
  private(set) var types: [Oid] = []
  private var bytes: [UInt8] = []
  /// Where each value is; nothing for null.
  private var ranges: [Range<Int>?] = []

  init(_ values: [SQLValue]) {
    for value in values {
      let start = bytes.count
      switch value {
      case .null:
        add(0, nil)
        continue
      case .integer(let number):
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        add(TypeCode.int8.rawValue, start..<bytes.count)
      case .text(let text):
        bytes.append(contentsOf: text.utf8)
        add(TypeCode.text.rawValue, start..<bytes.count)
      case .bytes(let blob):
        bytes.append(contentsOf: blob)
        add(TypeCode.bytea.rawValue, start..<bytes.count)
      }
    }
    // So that even an empty value has an address.
    bytes.append(0)
  }

  private mutating func add(_ type: Oid, _ range: Range<Int>?) {
    types.append(type)
    ranges.append(range)
  }

  func withPointers<Result>(
    _ body: (
      _ types: UnsafePointer<Oid>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
      _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    let lengths = ranges.map { Int32($0?.count ?? 0) }
    let formats = ranges.map { _ in 1 as Int32 }
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        let pointers = ranges.map { range in
          range.flatMap { range in characters.baseAddress.map { $0 + range.lowerBound } }
        }
        return body(types, pointers, lengths, formats)
      }
    }
  }
}
