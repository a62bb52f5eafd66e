internal import Accounts
internal import ArgumentParser
internal import Cryptography
internal import Domain
internal import Foundation
internal import Outbox
internal import Wording

struct ContractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract", abstract: "The portal's contract as a file.",
    subcommands: [Render.self])

  struct Render: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a tagged PDF of each contract that has none, with weasyprint.",
      discussion: """
        Contracts that somebody accepted, and those of the brand, get their file into the \
        database. What is there is never made anew.
        With --into the brand's contracts are written beside their documents in this folder \
        instead, so that the brand brings them along: \
        belepo contract render --into /etc/belepo/brand
        """)

    @Option(help: "The brand folder to write to, instead of the database.") var into: String?
    @Option(help: "The program that makes the file.") var tool = "/usr/bin/weasyprint"
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let brand = try settings.loadBrand()
        let renderer = PDFRenderer(tool: tool, logo: brand.logo)
        if let into {
          try await write(brand, renderer, into: URL(fileURLWithPath: into, isDirectory: true))
        } else {
          try await keep(brand, renderer, settings)
        }
      }
    }

    private func write(_ brand: Brand, _ renderer: PDFRenderer, into folder: URL) async throws {
      for language in Language.allCases {
        let document = brand.document(.contract, in: language)
        let bytes = try await renderer.render(document.html, in: language, titled: document.title)
        let file = folder.appendingPathComponent(ContractFile.path(in: language))
        do {
          try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
          try Data(bytes).write(to: file)
          try ContractFile.note(of: bytes, madeOf: document)
            .write(to: file.appendingPathExtension("yaml"), atomically: true, encoding: .utf8)
        } catch { throw Failure("\(file.path) cannot be written: \(error)") }
        StandardOutput.write("\(file.path) \(bytes.count) bytes\n")
      }
    }

    private func keep(_ brand: Brand, _ renderer: PDFRenderer, _ settings: Settings) async throws {
      let store = try await settings.openCurrentDatabase().store
      let files = ContractFiles(brand: brand, store: store, now: { Date() })
      _ = try await files.adoptFiles()
      for text in try await files.withoutFile() {
        let document = Document(name: .contract, language: text.language, html: text.text)
        let bytes = try await renderer.render(
          document.html, in: text.language, titled: document.title)
        let isNew = try await files.keep(Contracts.File(bytes: bytes), version: text.version)
        StandardOutput.write(
          "\(text.version.prefix(12)) \(text.language.rawValue) "
            + "\(isNew ? "\(bytes.count) bytes" : "was made meanwhile")\n")
      }
    }
  }
}
