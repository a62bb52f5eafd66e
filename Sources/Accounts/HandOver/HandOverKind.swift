/// What the insurer's back office must learn about a customer (R12).
package enum HandOverKind: String, CaseIterable, Sendable {
  /// Where letters go; without a new value, to the user name.
  case correspondenceEmail = "correspondence_email"
  case userName = "user_name"
  /// `yes` or `no`.
  case marketing
  /// `yes` or `no`.
  case dataProcessing = "data_processing"
  case contractEnded = "contract_ended"
}
