internal import Cryptography
package import Domain
internal import Foundation
internal import Yams

/// The contract as a PDF beside the brand's document, with a note of what it was made of.
///
/// The server has no tool to make one. `belepo contract render` makes it; the note says of which
/// text, so that a file of other words is never shown as the contract.
package enum ContractFile {
  /// `portalszerzodes.pdf.yaml`.
  private struct Note: Codable {
    /// ``Document/version`` of the text.
    let version: String
    /// SHA-256 of the file.
    let sha256: String
  }

  /// The file's path inside a brand's folder.
  package static func path(in language: Language) -> String {
    "documents/\(language.rawValue)/\(DocumentName.contract.rawValue).pdf"
  }

  /// The note that belongs beside a file.
  package static func note(of bytes: [UInt8], madeOf document: Document) throws -> String {
    try YAMLEncoder().encode(
      Note(version: document.version, sha256: hexadecimal(sha256(bytes))))
  }

  /// The files of those contracts that have one of exactly their text.
  ///
  /// - Throws: ``Brand/Broken`` when a file is not the one that its note tells of, or is
  ///   none that can be read.
  static func load(
    _ documents: [Language: [String: Document]], folders: [URL]
  ) throws -> [Language: [UInt8]] {
    var files: [Language: [UInt8]] = [:]
    for language in Language.allCases {
      guard let contract = documents[language]?[DocumentName.contract.rawValue] else { continue }
      for folder in folders where files[language] == nil {
        files[language] = try load(contract, folder.appendingPathComponent(path(in: language)))
      }
    }
    return files
  }

  private static func load(_ contract: Document, _ file: URL) throws -> [UInt8]? {
    let noted = file.appendingPathExtension("yaml")
    guard FileManager.default.fileExists(atPath: file.path),
      let text = try Brand.text(of: noted)
    else { return nil }
    let note: Note
    do { note = try YAMLDecoder().decode(Note.self, from: text) } catch {
      throw Brand.Broken(description: "\(noted.path): \(error)")
    }
    guard note.version == contract.version else { return nil }
    guard let bytes = try? Data(contentsOf: file) else {
      throw Brand.Broken(description: "\(file.path) cannot be read.")
    }
    guard note.sha256 == hexadecimal(sha256(Array(bytes))) else {
      throw Brand.Broken(
        description: "\(file.path) is not the file that \(noted.lastPathComponent) tells of.")
    }
    return Array(bytes)
  }
}
