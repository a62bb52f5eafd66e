internal import FoundationEssentials
internal import Persistence

extension Transaction {
  var jobs: JobQueries { JobQueries(transaction: self) }
}

/// Jobs that only one instance does at a time.
struct JobQueries: TransactionPart {
  let transaction: any Transaction

  /// Claims the present round of a job that all instances share.
  ///
  /// - Returns: whether this instance has it; no other gets it for so many seconds.
  ///   A round that began in the future, before the clock was set back, holds nobody up.
  func claim(_ job: String, everySeconds seconds: Int, at now: Date) throws -> Bool {
    try row(
      """
      INSERT INTO job (name, started_at) VALUES (\(job), \(now))
      ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at
      WHERE job.started_at <= \(now.addingTimeInterval(-Double(seconds)))
        OR job.started_at > \(now.addingTimeInterval(Double(seconds)))
      RETURNING name
      """) != nil
  }
}
