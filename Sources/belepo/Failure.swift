internal import ArgumentParser
internal import Foundation
internal import Letters
internal import Persistence
internal import Wording

/// Why a command ends without success, in a sentence for standard error.
struct Failure: Error, CustomStringConvertible {
  let description: String
  let code: ExitStatus

  init(_ description: String, _ code: ExitStatus = .failed) {
    self.description = description
    self.code = code
  }

  /// - Parameter words: SQLite's own
  static func damaged(_ words: String) -> Failure {
    Failure("The database file is damaged; restore a backup. SQLite says: \(words)", .badData)
  }
}

/// The exit status of a command (sysexits; I2).
enum ExitStatus: Int32 {
  case failed = 1
  case incomplete = 2
  case usage = 64
  case badData = 65
  case unavailable = 69
  case tryAgain = 75
  case configuration = 78
}

extension AsyncParsableCommand {
  /// Runs the command's work and turns what it throws into a sentence and an exit code.
  func reporting(_ work: () async throws -> Void) async throws {
    // What was logged last says why it ended.
    defer { LogStream.standardOutput.flush() }
    do {
      try await work()
    } catch let failure as Failure {
      throw exit(failure.description, failure.code)
    } catch let invalid as Settings.Invalid {
      let list = invalid.problems.map { "  \($0)" }.joined(separator: "\n")
      throw exit("The configuration cannot be used:\n\(list)", .configuration)
    } catch let broken as Brand.Broken {
      throw exit(broken.description, .configuration)
    } catch let broken as Letters.Broken {
      throw exit(broken.description, .configuration)
    } catch StoreFault.busy {
      throw exit("The database is in use by another writer. Try again.", .tryAgain)
    } catch StoreFault.outcomeUnknown {
      throw exit(
        "The connection to the database was lost during the commit: nobody knows whether it was "
          + "made. Run the command again.", .tryAgain)
    } catch StoreFault.unavailable(let reason) {
      throw exit("The database cannot be used: \(reason)", .unavailable)
    } catch StoreFault.damaged(let words) {
      throw exit(Failure.damaged(words).description, .badData)
    }
  }

  private func exit(_ sentence: String, _ status: ExitStatus) -> ExitCode {
    StandardError.write("belepo: \(sentence)\n")
    return ExitCode(status.rawValue)
  }
}

enum StandardError {
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

enum StandardOutput {
  static func write(_ text: String) {
    FileHandle.standardOutput.write(Data(text.utf8))
  }
}
