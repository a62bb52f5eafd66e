internal import Domain
internal import Foundation
internal import Wording

/// Makes a tagged PDF of a document, by a program of its own.
///
/// It is an operator's tool: the server starts no program. The arguments are fixed, there is no
/// shell, the document comes over standard input, and time and size are bounded.
struct PDFPress {
  let tool: String

  private static let arguments = [
    "--pdf-variant", "pdf/ua-1", "--encoding", "utf-8", "--quiet", "-", "-",
  ]
  /// A contract takes a second or two.
  private static let seconds = 60
  /// It fits into a letter.
  private static let maximumBytes = 2 * 1024 * 1024

  private static let style = """
    @page { size: A4; margin: 25mm 22mm; @bottom-center { content: counter(page); } }
    html { font-family: "DejaVu Sans", sans-serif; font-size: 10pt; line-height: 1.5; }
    h1 { font-size: 18pt; line-height: 1.2; } h2 { font-size: 12pt; break-after: avoid; }
    a { color: inherit; }
    """

  /// - Throws: ``Failure`` when the tool is missing, fails, or makes too much of it.
  func print(_ html: String, in language: Language, titled title: String) async throws -> [UInt8] {
    let page = """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)">
      <head><meta charset="utf-8"><title>\(title)</title><style>\(PDFPress.style)</style></head>
      <body>
      \(html)
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

  private func run(_ input: Data) throws -> [UInt8] {
    guard FileManager.default.isExecutableFile(atPath: tool) else {
      throw Failure("\(tool) is missing: apt-get install weasyprint", .unavailable)
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("belepo-press-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appendingPathComponent("page.html")
    try input.write(to: page)
    let (output, process) = (Pipe(), Process())
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = PDFPress.arguments
    process.currentDirectoryURL = folder
    // The date of a file would be another at each rendering.
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "0",
    ]
    process.standardInput = try FileHandle(forReadingFrom: page)
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let watch = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(
      deadline: .now() + .seconds(PDFPress.seconds), execute: watch)
    defer { watch.cancel() }
    var bytes: [UInt8] = []
    while true {
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { break }
      bytes += piece
      guard bytes.count <= PDFPress.maximumBytes else {
        process.terminate()
        throw Failure("\(tool) makes more than \(PDFPress.maximumBytes) bytes.", .unavailable)
      }
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw Failure(
        "\(tool) failed, or took longer than \(PDFPress.seconds) seconds.", .unavailable)
    }
    return bytes
  }
}
