package import Persistence

extension Schema {
  /// Whether and when a session's owner has proven to be it since the login, and the code that is
  /// to prove it (ASVS 7.5.3).
  ///
  /// The login itself is `authenticated_at`; in a browser that the account had never been used with
  /// it is not enough. Older programs still work on this schema: a session of theirs counts as one
  /// in a known browser.
  package static let stepUp = Migration(17, "step_up", oldestProgram: 10) { types in
    """
    ALTER TABLE session ADD COLUMN is_new_browser \(types.integer) NOT NULL DEFAULT 0
      CHECK (is_new_browser IN (0, 1));
    ALTER TABLE session ADD COLUMN proven_at \(types.integer);
    ALTER TABLE session ADD COLUMN code_nonce \(types.bytes);
    ALTER TABLE session ADD COLUMN code_prefix TEXT;
    ALTER TABLE session ADD COLUMN code_expires_at \(types.integer);
    ALTER TABLE session ADD COLUMN code_sent_at \(types.integer);
    ALTER TABLE session ADD COLUMN code_tries_left \(types.integer)
      CHECK (code_tries_left >= 0);
    """
  }
}
