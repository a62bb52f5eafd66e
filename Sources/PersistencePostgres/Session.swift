internal import CLibpq
internal import Glibc
internal import Persistence

/// One connection of libpq, used by one thread at a time.
///
/// Statements are sent in pipelines: those whose answer nobody needs wait for the next one whose
/// answer somebody does need, and all go in one round trip. Every wait has our own time-out,
/// because a suspended server does not keep its own.
final class Session {
  private let connection: OpaquePointer
  private let settings: PostgresSettings
  private var prepared = PreparedStatements()
  /// What was sent and is not answered yet, in order.
  private var awaited: [Awaited] = []
  /// Whether the end of a pipeline was sent whose answers nobody has read.
  private var isUnread = false
  private(set) var isLost = false
  private var traffic = Traffic.Count()

  private enum Awaited {
    case preparation(PreparedStatements.Key)
    case statement
  }

  /// An answer to a statement.
  struct Answer {
    var rows: [ResultRow] = []
    var changedRows = 0
    var tag = ""
  }

  /// Connects, and sets what applies to all work of the session.
  ///
  /// - Throws: ``PostgresFault`` with libpq's words.
  init(_ settings: PostgresSettings) throws {
    self.settings = settings
    longestAnswer = .seconds(settings.answerSeconds)
    // Later settings override earlier ones, and the URL comes last.
    let parameters = [
      ("fallback_application_name", "belepo"), ("client_encoding", "UTF8"),
      ("connect_timeout", String(settings.connectSeconds)), ("keepalives_idle", "10"),
      ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "10000"),
      ("target_session_attrs", "read-write"), ("dbname", settings.url),
    ]
    let opened = withCStrings(parameters.map(\.0)) { names in
      withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
    }
    guard let opened else { throw PostgresFault(kind: .nonsense, sentence: "no memory") }
    connection = opened
    guard PQstatus(connection) == CONNECTION_OK else {
      throw PostgresFault(kind: .unreachable, sentence: Session.words(of: connection))
    }
    PQsetnonblocking(connection, 1)
    if !settings.isPooled { try run(script: safeguards("SET")) }
    try enterPipeline()
  }

  deinit {
    PQfinish(connection)
  }

  /// The number of the server's process that serves this session.
  var process: Int32 { PQbackendPID(connection) }

  /// The descriptor to wait on for notifications.
  var descriptor: Int32 { PQsocket(connection) }

  // MARK: Transactions

  /// How a transaction begins; sent with its first statement.
  private var opening: [String] = []
  /// How long this transaction waits for an answer.
  private var longestAnswer: Duration
  /// Schema steps, copies and statements about whole tables take longer than anybody waits for a
  /// page.
  private static let longestWork = Duration.seconds(600)

  func begin(_ words: String) {
    beginStatement()
    opening = settings.isPooled ? [words] + safeguards("SET LOCAL").statements : [words]
  }

  /// Begins a statement that is a transaction by itself: it waits as long as anybody does, whatever
  /// the transaction before it was allowed.
  func beginStatement() {
    longestAnswer = .seconds(settings.answerSeconds)
  }

  /// Makes everything in this transaction durable.
  ///
  /// - Throws: a fault that says whether nothing happened or nobody knows.
  func commit() throws {
    guard opening.isEmpty else {
      opening = []
      return
    }
    try send("COMMIT", [])
    do {
      let answer = try exchange()
      guard answer.tag == "COMMIT" else {
        throw PostgresFault(kind: .nonsense, sentence: "COMMIT was answered by \(answer.tag)")
      }
    } catch let fault as PostgresFault where fault.kind == .lost {
      throw PostgresFault(kind: .commitUnknown, sentence: fault.sentence)
    } catch let fault as PostgresFault {
      if !isLost { rollBack() }
      throw fault
    }
  }

  /// Ends a transaction that only read; the next user of the session reads the answer.
  func endReading() throws {
    guard opening.isEmpty else {
      opening = []
      return
    }
    try send("COMMIT", [])
    try closePipeline()
    try flush(until: deadline)
    isUnread = true
  }

  /// Undoes everything; a session that cannot even do that is lost.
  func rollBack() {
    if !opening.isEmpty {
      opening = []
      return
    }
    do {
      // Queued statements must not get in the way; their faults no longer matter.
      if !awaited.isEmpty { _ = try? exchange() }
      if isLost { return }
      try send("ROLLBACK", [])
      _ = try exchange()
    } catch {
      isLost = true
    }
  }

  /// Reads what an earlier transaction left unread, and checks that the server is still there.
  ///
  /// - Returns: whether the session can be used.
  func isUsable() -> Bool {
    guard !isLost else { return false }
    do {
      if isUnread { try readAnswers() }
      // Nothing is expected. Anything to read is the server's farewell, or its end; telling that
      // from a notice is not worth a commit with an unknown outcome.
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&state, 1, 0) != 0 { isLost = true }
      return !isLost && PQstatus(connection) == CONNECTION_OK
    } catch {
      return false
    }
  }

  // MARK: Statements

  /// Queues a statement whose answer nobody needs.
  func queue(_ query: Query) throws {
    try open()
    try send(query.text(for: .postgres), query.values)
  }

  /// Runs a statement, with all that was queued before it, in one round trip.
  func run(_ query: Query) throws -> Answer {
    try queue(query)
    return try exchange()
  }

  /// For the rest of the transaction, which has begun by then at the latest.
  func allowLongStatements() throws {
    try open()
    try send("SET LOCAL statement_timeout = 0", [])
    longestAnswer = Session.longestWork
  }

  private func open() throws {
    for words in opening { try send(words, []) }
    opening = []
  }

  private func send(_ text: String, _ values: [SQLValue]) throws {
    if isUnread { try readAnswers() }
    let parameters = Parameters(values)
    let key = PreparedStatements.Key(text: text, types: parameters.types)
    let isSent: Int32
    switch settings.isPooled ? .nowhere : prepared.place(for: key) {
    case .nowhere:
      isSent = parameters.withPointers { types, pointers, lengths, formats in
        PQsendQueryParams(
          connection, text, Int32(values.count), types, pointers, lengths, formats, 1)
      }
    case .new(let name):
      guard
        parameters.withPointers({ types, _, _, _ in
          PQsendPrepare(connection, name, text, Int32(values.count), types)
        }) == 1
      else { throw lose() }
      awaited.append(.preparation(key))
      isSent = sendPrepared(name, parameters)
    case .known(let name):
      isSent = sendPrepared(name, parameters)
    }
    guard isSent == 1 else { throw lose() }
    awaited.append(.statement)
    traffic.statements += 1
  }

  private func sendPrepared(_ name: String, _ parameters: Parameters) -> Int32 {
    parameters.withPointers { _, pointers, lengths, formats in
      PQsendQueryPrepared(
        connection, name, Int32(parameters.types.count), pointers, lengths, formats, 1)
    }
  }

  // MARK: Answers

  private var deadline: ContinuousClock.Instant { .now + longestAnswer }

  /// Sends what is queued and reads all answers; the last statement's is returned.
  private func exchange() throws -> Answer {
    traffic.roundTrips += 1
    try closePipeline()
    return try readAnswers()
  }

  private func closePipeline() throws {
    guard PQpipelineSync(connection) == 1 else { throw lose() }
  }

  /// What was sent since this was last asked.
  func takeTraffic() -> Traffic.Count {
    defer { traffic = Traffic.Count() }
    return traffic
  }

  @discardableResult
  private func readAnswers() throws -> Answer {
    let deadline = deadline
    try flush(until: deadline)
    var answer = Answer()
    var fault: PostgresFault?
    var place = 0
    isUnread = false
    defer { awaited = [] }
    while true {
      // libpq ends each statement's results with null, and a pipeline with its own mark.
      guard let result = try nextResult(until: deadline) else {
        place += 1
        if place > awaited.count { throw lose() }
        continue
      }
      defer { PQclear(result) }
      let status = PQresultStatus(result)
      if status == PGRES_PIPELINE_SYNC { break }
      guard place < awaited.count else { throw lose() }
      let isDone = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
      if case .preparation(let key) = awaited[place] {
        if !isDone { prepared.forget(key) }
      } else if isDone, place == awaited.count - 1 {
        answer = try Answer(result)
      }
      if !isDone, status != PGRES_PIPELINE_ABORTED, fault == nil { fault = PostgresFault(result) }
    }
    if let fault { throw fault }
    return answer
  }

  private func nextResult(until deadline: ContinuousClock.Instant) throws -> OpaquePointer? {
    while PQisBusy(connection) == 1 {
      try wait(for: Int16(POLLIN), until: deadline)
      if PQconsumeInput(connection) == 0 { throw lose() }
    }
    let result = PQgetResult(connection)
    if result == nil, PQstatus(connection) != CONNECTION_OK { throw lose() }
    return result
  }

  private func flush(until deadline: ContinuousClock.Instant) throws {
    while true {
      let state = PQflush(connection)
      if state == 0 { return }
      if state < 0 { throw lose() }
      // The server may be waiting for us to read before it reads on.
      try wait(for: Int16(POLLIN) | Int16(POLLOUT), until: deadline)
      if PQconsumeInput(connection) == 0 { throw lose() }
    }
  }

  private func wait(for events: Int16, until deadline: ContinuousClock.Instant) throws {
    let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
    guard left > 0 else { throw lose("no answer within \(longestAnswer)") }
    var state = pollfd(fd: descriptor, events: events, revents: 0)
    if poll(&state, 1, Int32(left.rounded(.up))) < 0, errno != EINTR { throw lose() }
  }

  private func lose(_ reason: String? = nil) -> PostgresFault {
    isLost = true
    return PostgresFault(kind: .lost, sentence: reason ?? Session.words(of: connection))
  }

  fileprivate static func words(of connection: OpaquePointer) -> String {
    let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    // One sentence for each host that was tried; libpq's advice is indented beneath it.
    return text.split(separator: "\n").filter { !$0.hasPrefix("\t") }.joined(separator: " ")
  }

  // MARK: Whole scripts, and rows by the thousand

  /// Runs text of one or more statements without values.
  func run(script: String) throws {
    try outsidePipeline {
      guard PQsendQuery(connection, script) == 1 else { throw lose() }
      try finishSimply()
    }
  }

  /// Copies rows into a table (`COPY … FROM STDIN`).
  func copy(_ rows: PackedRows, into table: String) throws {
    try outsidePipeline {
      let names = rows.columns.map(\.description).joined(separator: ", ")
      let statement = "COPY \(table) (\(names)) FROM STDIN"
      guard PQsendQuery(connection, statement) == 1 else { throw lose() }
      let deadline = deadline
      try flush(until: deadline)
      guard let result = try nextResult(until: deadline) else { throw lose() }
      let status = PQresultStatus(result)
      let fault = status == PGRES_COPY_IN ? nil : PostgresFault(result)
      PQclear(result)
      if let fault {
        try? finishSimply()
        throw fault
      }
      var text = CopyText()
      try rows.forEachCell { column, cell in
        text.append(cell, endsRow: column == rows.columns.count - 1)
        if text.bytes.count >= CopyText.pieceSize { try send(&text) }
      }
      try send(&text)
      guard PQputCopyEnd(connection, nil) == 1 else { throw lose() }
      try finishSimply()
    }
  }

  private func send(_ text: inout CopyText) throws {
    let state = text.bytes.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        PQputCopyData(connection, $0.baseAddress, Int32($0.count))
      }
    }
    guard state == 1 else { throw lose() }
    text.removeAll()
    try flush(until: deadline)
  }

  private func outsidePipeline(_ work: () throws -> Void) throws {
    if PQpipelineStatus(connection) == PQ_PIPELINE_OFF { return try work() }
    if isUnread { try readAnswers() }
    try open()
    if !awaited.isEmpty { _ = try exchange() }
    guard PQexitPipelineMode(connection) == 1 else { throw lose() }
    do { try work() } catch {
      if !isLost { try enterPipeline() }
      throw error
    }
    try enterPipeline()
  }

  private func enterPipeline() throws {
    guard PQenterPipelineMode(connection) == 1 else { throw lose() }
  }

  private func finishSimply() throws {
    let deadline = ContinuousClock.now + Session.longestWork
    try flush(until: deadline)
    var fault: PostgresFault?
    while let result = try nextResult(until: deadline) {
      let status = PQresultStatus(result)
      if status != PGRES_COMMAND_OK, status != PGRES_TUPLES_OK, fault == nil {
        fault = PostgresFault(result)
      }
      PQclear(result)
    }
    if let fault { throw fault }
  }

  /// The time-outs, and that acknowledged work is durable (R5), however the role is configured.
  private func safeguards(_ verb: String) -> String {
    """
    \(verb) statement_timeout = \(settings.statementSeconds * 1000);
    \(verb) lock_timeout = \(settings.lockSeconds * 1000);
    \(verb) idle_in_transaction_session_timeout = \(settings.idleInTransactionSeconds * 1000);
    \(verb) client_min_messages = warning;
    SELECT set_config('synchronous_commit', 'on', \(verb == "SET LOCAL"))
    WHERE current_setting('synchronous_commit') = 'off'
    """
  }

  // MARK: Notifications

  /// Waits for a notification.
  ///
  /// - Parameter isOwn: whether the server's process of that number works for this program, which
  ///   needs no news of its own doings
  /// - Returns: whether one of others came in time
  func awaitNotification(
    milliseconds: Int32, ignoring isOwn: (_ process: Int32) -> Bool
  ) throws -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&state, 1, milliseconds) > 0, PQconsumeInput(connection) == 0 { throw lose() }
    if PQstatus(connection) != CONNECTION_OK { throw lose() }
    var hasCome = false
    while let notification = PQnotifies(connection) {
      if !isOwn(notification.pointee.be_pid) { hasCome = true }
      PQfreemem(notification)
    }
    return hasCome
  }
}

extension String {
  fileprivate var statements: [String] {
    split(separator: ";").map { String($0.drop { $0 == "\n" }) }
  }
}

extension PostgresFault {
  fileprivate init(_ result: OpaquePointer) {
    func field(_ code: UnicodeScalar) -> String {
      PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) } ?? ""
    }
    // The fields' codes are libpq's PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY.
    let state = field("C")
    guard !state.isEmpty else {
      let text = PQresultErrorMessage(result).map { String(cString: $0) } ?? "no answer"
      self.init(kind: .lost, sentence: text.split(separator: "\n").joined(separator: " "))
      return
    }
    // A sentence about a value would repeat the value, which may be personal.
    self.init(
      kind: .refused(state), sentence: state.hasPrefix("22") ? "a value does not fit" : field("M"))
  }
}

extension Session.Answer {
  fileprivate init(_ result: OpaquePointer) throws {
    tag = String(cString: PQcmdStatus(result))
    changedRows = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
    rows = try (0..<PQntuples(result)).map { row in
      let values = try types.indices.map { column in
        try SQLValue(result, row, Int32(column), types[column])
      }
      return ResultRow(columns: columns, values: values)
    }
  }
}

extension SQLValue {
  /// A value in PostgreSQL's binary form.
  fileprivate init(_ result: OpaquePointer, _ row: Int32, _ column: Int32, _ type: Oid) throws {
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
      self = .null
      return
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
    switch TypeCode(rawValue: type) {
    case .int8, .int4, .int2:
      let isNegative = (bytes.first ?? 0) >= 0x80
      let number = bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) }
      self = .integer(number)
    case .bool: self = .integer(bytes.first == 1 ? 1 : 0)
    case .text, .varchar, .name: self = .text(String(decoding: bytes, as: UTF8.self))
    case .bytea: self = .bytes(Array(bytes))
    case .void: self = .null
    case nil: throw PostgresFault(kind: .nonsense, sentence: "a value of type \(type)")
    }
  }
}

/// Calls with a null-terminated C array of strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer {
    for copy in copies { free(copy) }
  }
  let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
  return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}
