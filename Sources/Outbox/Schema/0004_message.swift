package import Persistence

extension Schema {
  /// Messages to be sent. The body is there only until it is sent.
  package static let message = Migration(4, "message") { types in
    """
    CREATE TABLE message (
      id \(types.identity),
      key TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      channel TEXT NOT NULL CHECK (channel IN ('sms', 'email')),
      recipient TEXT NOT NULL,
      language TEXT NOT NULL CHECK (language IN ('hu', 'en')),
      subject TEXT NOT NULL,
      body TEXT,
      customer_number TEXT NOT NULL,
      priority \(types.integer) NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'sent', 'expired', 'failed')),
      created_at \(types.integer) NOT NULL,
      not_after \(types.integer) NOT NULL,
      next_try_at \(types.integer) NOT NULL,
      tries \(types.integer) NOT NULL CHECK (tries >= 0),
      lease_token \(types.bytes),
      sent_at \(types.integer),
      problem TEXT,
      CHECK ((state = 'leased') = (lease_token IS NOT NULL)),
      CHECK (state NOT IN ('queued', 'leased') OR body IS NOT NULL)
    ) \(types.strict);

    CREATE INDEX message_due ON message (next_try_at) WHERE state IN ('queued', 'leased');
    CREATE INDEX message_to_recipient ON message (recipient, created_at);
    CREATE INDEX message_created_at ON message (created_at);
    CREATE INDEX message_for_customer ON message (customer_number, created_at);

    \(types.notifying("message"))
    """
  }
}
