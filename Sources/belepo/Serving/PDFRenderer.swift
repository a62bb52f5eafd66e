internal import Domain
internal import Foundation
internal import Wording

/// Makes a tagged PDF of a document, with an external program.
///
/// It is an operator's tool: the server starts no program. The arguments are fixed, there is no
/// shell, the document comes over standard input, and time and size are limited.
struct PDFRenderer {
  let tool: String
  /// Stands above the document: whose it is.
  let logo: Logo?

  private static let arguments = [
    "--pdf-variant", "pdf/ua-1", "--encoding", "utf-8", "--quiet", "-", "-",
  ]
  /// A contract takes a second or two.
  private static let seconds = 60
  /// Small enough for an e-mail.
  private static let maximumBytes = 2 * 1024 * 1024

  private static let style = """
    @page { size: A4; margin: 25mm 22mm; @bottom-center { content: counter(page); } }
    html { font-family: "DejaVu Sans", sans-serif; font-size: 10pt; line-height: 1.5; }
    h1 { font-size: 18pt; line-height: 1.2; } h2 { font-size: 12pt; break-after: avoid; }
    a { color: inherit; }
    .logo { max-width: 60mm; max-height: 18mm; }
    """

  /// - Throws: ``Failure`` when the tool is missing or fails, or its output is too large.
  func render(_ html: String, in language: Language, titled title: String) async throws -> [UInt8] {
    let page = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head><meta charset="utf-8"><title>\(title)</title><style>\(PDFRenderer.style)</style></head>
      <body>
      \(logoMarkup)\(html)
      </body>
      </html>
      """
    let bytes = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try run(Data(page.utf8)) })
      }
    }
    guard bytes.starts(with: Array("%PDF-".utf8)) else {
      throw Failure("\(tool) made no PDF.", .unavailable)
    }
    return bytes
  }

  /// The logo in the document itself: the tool is given nothing to fetch. It says nothing that the
  /// contract's own words do not say.
  private var logoMarkup: String {
    guard let logo else { return "" }
    let type = logo.form == .svg ? "image/svg+xml" : "image/png"
    let address = "data:\(type);base64,\(Data(logo.bytes).base64EncodedString())"
    return "<p><img class=\"logo\" src=\"\(address)\" alt=\"\"></p>\n"
  }

  private func run(_ input: Data) throws -> [UInt8] {
    guard FileManager.default.isExecutableFile(atPath: tool) else {
      throw Failure("\(tool) is missing: apt-get install weasyprint", .unavailable)
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-pdf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appendingPathComponent("page.html")
    try input.write(to: page)
    let (output, process) = (Pipe(), Process())
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = PDFRenderer.arguments
    process.currentDirectoryURL = folder
    // A file's date would differ with each rendering.
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "0",
    ]
    process.standardInput = try FileHandle(forReadingFrom: page)
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let watch = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(
      deadline: .now() + .seconds(PDFRenderer.seconds), execute: watch)
    defer { watch.cancel() }
    var bytes: [UInt8] = []
    while true {
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { break }
      bytes += piece
      guard bytes.count <= PDFRenderer.maximumBytes else {
        process.terminate()
        throw Failure("\(tool) makes more than \(PDFRenderer.maximumBytes) bytes.", .unavailable)
      }
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw Failure(
        "\(tool) failed, or took longer than \(PDFRenderer.seconds) seconds.", .unavailable)
    }
    return bytes
  }
}
