package import Persistence

extension Schema {
  /// Who watches over the call centre is told which limits customers have met today: along an
  /// index, however long the trail is.
  package static let limitTrail = Migration(18, "limit_trail", oldestProgram: 10) { _ in
    """
    CREATE INDEX audit_event_of_limits ON audit_event (at, kind)
      WHERE kind IN (\(ofLimits));
    """
  }

  /// Limits of somebody known, which stand in the trail; spelled out, as whoever asks by this index
  /// has to.
  static let ofLimits = "'sms_limit', 'email_limit', 'recovery_limit', 'step_up_limit'"
}
