internal import Accounts
internal import ArgumentParser
internal import DatabaseSchema
internal import Foundation
internal import Persistence
internal import PersistenceSQLite
internal import RegisterImport
internal import UnixSignals

struct RegisterImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Replace the register by two files, as a whole or not at all.",
    discussion: """
      Example: belepo register import --customers customers.csv --policies policies.csv
      Exit code 0 says that everybody in the files is in the register, 2 that the rejected rows \
      are not, 65 that nothing was changed. docs/register.md has the rest.
      """)

  @Option(
    help: "The customers' CSV file, as it is or packed by gzip or zstd; - reads it from a pipe.")
  var customers: String
  @Option(help: "The policies' CSV file, likewise.") var policies: String
  @Flag(
    help: """
      The files hold only what has changed, with a column operation: upsert or delete. Applied \
      once and in the order of the deliveries.
      """)
  var changes = false
  @Option(help: "The number of this delivery, or of the last one that the whole files are as of.")
  var delivery: Int64?
  @Flag(help: "Read and compare, but change nothing.") var dryRun = false
  @Option(help: "text or json.") var format = ReportFormat.text
  @Option(
    help: """
      Refuse files of whose rows more than this are rejected, or of whose mobile numbers more than \
      this cannot be read.
      """)
  var maxRejectPercent: Int?
  @Option(help: "Refuse files that would remove more of the register than this.")
  var maxDeletePercent: Int?
  @Option(help: "Refuse files that would change more of the mobile numbers than this.")
  var maxChangePercent: Int?
  @Option(help: "Refuse files that would give more of the policies to another customer than this.")
  var maxOwnerChangePercent: Int?
  @Option(
    help: """
      Refuse deliveries that change more of their customers' mobile numbers, or of their policies' \
      customers, than this.
      """)
  var maxDeliveryChangePercent: Int?
  @Option(help: "Refuse files that would empty more of a column's cells than this.")
  var maxEmptiedPercent: Int?
  @Option(help: "Refuse files of whose accented texts more than this are garbled.")
  var maxGarbledPercent: Int?
  @Option(
    help: """
      Let a guard find what it finds, this time: rejects, removals, phones, owners, emptied or \
      encoding.
      """)
  var force: [ImportGuard] = []
  @Option(help: "Why a guard is forced; recorded.") var reason: String?
  @Flag(help: "Exit with 0 although rows were rejected.") var acceptRejects = false
  @Option(help: "Write the rejected rows here, to be mended: FILE-customers and FILE-policies.")
  var rejects: String?
  @Option(help: "utf-8, windows-1250 or iso-8859-2.") var encoding = TextEncoding.utf8
  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    let percents = [
      maxRejectPercent, maxDeletePercent, maxChangePercent, maxOwnerChangePercent,
      maxDeliveryChangePercent, maxEmptiedPercent, maxGarbledPercent,
    ]
    guard percents.allSatisfy({ (0...100).contains($0 ?? 0) }) else {
      throw ValidationError("A percentage is a number from 0 to 100.")
    }
    if customers == FileChunks.standardInput, policies == FileChunks.standardInput {
      throw ValidationError("Only one of the files can come through a pipe.")
    }
    guard !changes || delivery != nil else {
      throw ValidationError("--changes needs the number of the --delivery.")
    }
    guard delivery.map({ ImportKind.deliveries.contains($0) }) ?? true else {
      throw ValidationError(
        "--delivery takes a number from 1 to \(ImportKind.deliveries.upperBound).")
    }
    let given = reason?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    guard force.isEmpty || !given.isEmpty else {
      throw ValidationError("--force needs a --reason, which is recorded.")
    }
  }

  func run() async throws {
    try await reporting {
      let settings = try await configuration.load()
      if let service = settings.text(.registerServiceURL) {
        throw Failure(
          "The register is asked at \(service) (register.service.url): there is nothing to import.",
          .configuration)
      }
      let database = try await settings.openCurrentDatabase()
      let report = try await self.report(settings, database)
      StandardOutput.write(format == .json ? try report.json : report.text)
      try database.store.close()
      if let refusal = report.refusal { throw Failure(refusal.sentence, refusal.status) }
      if !report.isComplete, !acceptRejects {
        throw Failure(
          "Some rows were rejected: those people or policies are not in the register.", .incomplete)
      }
    }
  }

  /// Room for the pages of a large index: a third of the 100 MB of memory that an import may take,
  /// of which the sorting needs its part.
  private static let cacheKibibytes = 32_768
  /// The same for a first import, which holds larger transactions. Its rows come in order, and the
  /// indexes that it builds from them are sorted in as much memory again.
  private static let firstCacheKibibytes = 8_192

  private func report(_ settings: Settings, _ database: OpenedDatabase) async throws
    -> ImportReport
  {
    var sizes = ImportSizes()
    if let folder = ProcessInfo.processInfo.environment["TMPDIR"] { sizes.scratchFolder = folder }
    // There nobody waits for another one's rows.
    if case .postgres = database { sizes.rest = .zero }
    let replacement = RegisterReplacement(
      store: database.store, now: { Date() }, sizes: sizes, lock: database.importLock(settings),
      schema: .belepo, onReplacement: { try $0.accountsFollowRegister(after: $1, at: $2) })
    if case .sqlite(let store) = database {
      let isFirst = try await !replacement.hasHappened()
      try store.prepareForManyRows(
        cacheKibibytes: isFirst ? Self.firstCacheKibibytes : Self.cacheKibibytes)
    }
    let options = self.options(settings)
    let rejectsFile = try rejects.map { try RejectsFile(path: $0) }
    let rejected = rejectsFile?.rejected(encoding)
    let (customers, policies) = (FileChunks(path: customers), FileChunks(path: policies))
    let progress = ImportProgressLine(files: [.customers: customers, .policies: policies])
    defer { progress.finish() }
    do {
      let report = try await Self.untilInterrupted {
        try await replacement.run(
          customers: customers, policies: policies, options: options, rejected: rejected,
          onProgress: { progress.tell($0) })
      }
      // Files that were refused unread leave nothing of an earlier import in place; but while
      // another import has its turn, these may be its rows.
      if report.refusal?.isWorthAnotherTry != true { try rejectsFile?.empty() }
      return report
    } catch let fault as FileFault {
      // Files are read only by the import that has its turn.
      try rejectsFile?.empty()
      if !fault.isCancellation { throw Failure("\(fault)", .unavailable) }
      throw Failure("Interrupted: the register was not changed.", .tryAgain)
    } catch is CancellationError {
      throw Failure("Interrupted: the register was not changed.", .tryAgain)
    }
  }

  private func options(_ settings: Settings) -> ImportOptions {
    var options = ImportOptions()
    options.kind = kind
    options.encoding = encoding
    options.isDryRun = dryRun
    options.guards.maxRejectPercent =
      maxRejectPercent ?? settings.count(.registerMaxRejectPercent)
    options.guards.maxDeletePercent =
      maxDeletePercent ?? settings.count(.registerMaxDeletePercent)
    options.guards.maxChangePercent =
      maxChangePercent ?? settings.count(.registerMaxChangePercent)
    options.guards.maxOwnerChangePercent =
      maxOwnerChangePercent ?? settings.count(.registerMaxOwnerChangePercent)
    options.guards.maxDeliveryChangePercent =
      maxDeliveryChangePercent ?? settings.count(.registerMaxDeliveryChangePercent)
    options.guards.maxEmptiedPercent =
      maxEmptiedPercent ?? settings.count(.registerMaxEmptiedPercent)
    options.guards.maxGarbledPercent =
      maxGarbledPercent ?? settings.count(.registerMaxGarbledPercent)
    options.forced = Set(force)
    options.reason = reason
    let environment = ProcessInfo.processInfo.environment
    options.person = environment["SUDO_USER"] ?? ProcessInfo.processInfo.userName
    return options
  }

  private var kind: ImportKind {
    if changes, let delivery { return .changes(delivery: delivery) }
    return .whole(delivery: delivery)
  }

  /// Runs work that Ctrl-C and SIGTERM cancel, so that it can give its place to the next import; a
  /// second signal ends the program at once.
  private static func untilInterrupted<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    // Trapped before the work begins: a signal in its first moments would end the program.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let task = Task { try await work() }
    let obeying = Task {
      var isFirst = true
      for await _ in signals {
        if !isFirst { Foundation.exit(ExitStatus.tryAgain.rawValue) }
        task.cancel()
        isFirst = false
      }
    }
    defer { obeying.cancel() }
    return try await task.value
  }
}

extension TextEncoding: ExpressibleByArgument {}
extension ImportGuard: ExpressibleByArgument {}

extension ImportRefusal {
  /// Unusable files are bad data; while another import is running, trying again is worthwhile.
  fileprivate var status: ExitStatus {
    isWorthAnotherTry ? .tryAgain : .badData
  }
}
