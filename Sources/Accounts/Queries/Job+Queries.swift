internal import FoundationEssentials
internal import Persistence

extension Transaction {
  /// Claims the present round of a job that all instances share.
  ///
  /// - Returns: whether it is ours; nobody else gets it for so many seconds.
  func claimRound(of job: String, everySeconds seconds: Int, at now: Date) throws -> Bool {
    try row(
      """
      INSERT INTO job (name, started_at) VALUES (\(job), \(now))
      ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at
      WHERE job.started_at <= \(now.addingTimeInterval(-Double(seconds)))
      RETURNING name
      """) != nil
  }
}
