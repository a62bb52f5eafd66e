internal import CLibcurl
internal import Foundation
internal import Threads

/// One conversation after the other with the relay, over a connection that is kept for the next
/// one.
actor SMTPConversation {
  private nonisolated let thread = ThreadExecutor(name: "smtp")
  private let access: MailRelay.Access
  private var handle: Handle?

  init(_ access: MailRelay.Access) {
    self.access = access
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  func send(_ mail: Mail, unless abort: Abort) -> SMTPResult {
    let trace = SMTPTrace()
    guard let curl = (handle ?? opened())?.curl else {
      return SMTPResult(failure: "libcurl cannot be used", trace: trace)
    }
    // Forgets the last letter's options, and keeps the connection.
    curl_easy_reset(curl)
    let watch = Watch(trace: trace, abort: abort)
    defer { withExtendedLifetime(watch) {} }
    guard let letter = Letter(mail, for: curl), configure(curl, letter, watch) else {
      return SMTPResult(failure: "libcurl does not take the letter", trace: trace)
    }
    let code = curl_easy_perform(curl)
    // libcurl would take its leave of a silent relay, and wait two minutes for the answer.
    if code != CURLE_OK { belepo_hang_up(curl) }
    // The letter is gone after this; nothing must point to it.
    curl_easy_reset(curl)
    guard code != CURLE_OK else { return SMTPResult(failure: nil, trace: trace) }
    // An answer may still be due on this connection; the next letter would take it for its own.
    handle = nil
    return SMTPResult(failure: String(cString: curl_easy_strerror(code)), trace: trace)
  }

  private func opened() -> Handle? {
    handle = Handle()
    return handle
  }

  /// - Returns: whether libcurl understands all of it.
  private func configure(
    _ curl: UnsafeMutableRawPointer, _ letter: Letter, _ watch: Watch
  ) -> Bool {
    let scheme = access.security == .tls ? "smtps" : "smtp"
    let url = "\(scheme)://\(access.host):\(access.port)/\(access.ownHost)"
    var texts: [(CURLoption, String)] = [
      (CURLOPT_URL, url), (CURLOPT_MAIL_FROM, "<\(letter.mail.sender)>"),
      (CURLOPT_PROTOCOLS_STR, scheme),
    ]
    if let username = access.username { texts.append((CURLOPT_USERNAME, username)) }
    if let password = access.password { texts.append((CURLOPT_PASSWORD, password)) }
    if let authorities = access.authorities {
      // A file takes the place of libcurl's own; the system's authorities stay as a folder.
      texts += [(CURLOPT_CAINFO, authorities), (CURLOPT_CAPATH, "/etc/ssl/certs")]
    }
    let mustEncrypt = access.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_TIMEOUT, access.seconds),
      (CURLOPT_CONNECTTIMEOUT, min(10, access.seconds)),
      (CURLOPT_USE_SSL, Int(mustEncrypt.rawValue)), (CURLOPT_SSL_VERIFYPEER, 1),
      (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
      (CURLOPT_NOPROGRESS, 0), (CURLOPT_VERBOSE, 1),
    ]
    let owner = Unmanaged.passUnretained(watch).toOpaque()
    return texts.allSatisfy { belepo_set_text(curl, $0, $1) == CURLE_OK }
      && numbers.allSatisfy { belepo_set_number(curl, $0, $1) == CURLE_OK }
      && belepo_set_list(curl, CURLOPT_MAIL_RCPT, letter.recipients) == CURLE_OK
      && belepo_set_list(curl, CURLOPT_HTTPHEADER, letter.headers) == CURLE_OK
      && belepo_set_mime(curl, letter.mime) == CURLE_OK
      && belepo_set_progress(curl, Watch.hearsProgress, owner) == CURLE_OK
      && belepo_set_trace(curl, Watch.hearsTrace, owner) == CURLE_OK
  }
}

/// libcurl's own thing, which holds the connection.
private final class Handle {
  let curl: UnsafeMutableRawPointer

  init?() {
    Library.prepare()
    guard let curl = curl_easy_init() else { return nil }
    self.curl = curl
  }

  deinit {
    curl_easy_cleanup(curl)
  }
}

/// libcurl as a whole.
private enum Library {
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Once, before any thread uses it.
  static func prepare() {
    precondition(isReady, "libcurl cannot be started")
  }
}

/// A letter in libcurl's own form, freed with it.
private final class Letter {
  let mail: Mail
  private(set) var mime: OpaquePointer?
  private(set) var headers: UnsafeMutablePointer<curl_slist>?
  private(set) var recipients: UnsafeMutablePointer<curl_slist>?

  init?(_ mail: Mail, for curl: UnsafeMutableRawPointer) {
    self.mail = mail
    mime = curl_mime_init(curl)
    guard mime != nil else { return nil }
    if let attachment = mail.attachment {
      guard let forms = Letter.forms(of: mail, for: curl),
        Letter.add(forms, "multipart/alternative", to: mime), Letter.add(attachment, to: mime)
      else { return nil }
    } else {
      guard Letter.addForms(of: mail, to: mime, for: curl) else { return nil }
    }
    for header in mail.headers { headers = curl_slist_append(headers, header) }
    recipients = curl_slist_append(nil, "<\(mail.recipient)>")
    guard headers != nil, recipients != nil else { return nil }
  }

  /// The text and its HTML twin.
  private static func addForms(
    of mail: Mail, to mime: OpaquePointer?, for curl: UnsafeMutableRawPointer
  ) -> Bool {
    guard add(mail.text, "text/plain", to: mime) else { return false }
    guard let picture = mail.picture else { return add(mail.html, "text/html", to: mime) }
    guard let related = curl_mime_init(curl) else { return false }
    guard add(mail.html, "text/html", to: related), add(picture, to: related) else {
      curl_mime_free(related)
      return false
    }
    return add(related, "multipart/related; type=\"text/html\"", to: mime)
  }

  private static func add(_ body: String, _ type: String, to mime: OpaquePointer?) -> Bool {
    guard let part = curl_mime_addpart(mime) else { return false }
    return curl_mime_data(part, body, body.utf8.count) == CURLE_OK
      && curl_mime_type(part, "\(type); charset=utf-8") == CURLE_OK
      && curl_mime_encoder(part, "quoted-printable") == CURLE_OK
  }

  private static func forms(of mail: Mail, for curl: UnsafeMutableRawPointer) -> OpaquePointer? {
    guard let forms = curl_mime_init(curl) else { return nil }
    if addForms(of: mail, to: forms, for: curl) { return forms }
    curl_mime_free(forms)
    return nil
  }

  /// - Parameter parts: belong to the letter afterwards, or are freed
  private static func add(
    _ parts: OpaquePointer, _ type: String, to mime: OpaquePointer?
  ) -> Bool {
    guard let part = curl_mime_addpart(mime), curl_mime_subparts(part, parts) == CURLE_OK else {
      curl_mime_free(parts)
      return false
    }
    return curl_mime_type(part, type) == CURLE_OK
  }

  /// The picture, named as the HTML names it; it is no file to be kept.
  private static func add(_ picture: MailRelay.Picture, to mime: OpaquePointer?) -> Bool {
    guard let part = curl_mime_addpart(mime) else { return false }
    var headers = curl_slist_append(nil, "Content-ID: <\(picture.contentID)>")
    headers = curl_slist_append(
      headers, "Content-Disposition: inline; filename=\"\(picture.file.name)\"")
    guard headers != nil, curl_mime_headers(part, headers, 1) == CURLE_OK else { return false }
    return fill(part, with: picture.file)
  }

  private static func add(_ attachment: MailRelay.Attachment, to mime: OpaquePointer?) -> Bool {
    guard let part = curl_mime_addpart(mime) else { return false }
    return fill(part, with: attachment)
      && curl_mime_filename(part, attachment.name) == CURLE_OK
  }

  private static func fill(_ part: OpaquePointer, with file: MailRelay.Attachment) -> Bool {
    file.bytes.withUnsafeBytes { bytes in
      curl_mime_data(
        part, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == CURLE_OK
    }
      && curl_mime_type(part, file.mediaType) == CURLE_OK
      && curl_mime_encoder(part, "base64") == CURLE_OK
  }

  deinit {
    curl_mime_free(mime)
    curl_slist_free_all(headers)
    curl_slist_free_all(recipients)
  }
}

/// What libcurl's callbacks are given.
private final class Watch {
  private var trace: SMTPTrace
  private let abort: Abort

  init(trace: SMTPTrace, abort: Abort) {
    self.trace = trace
    self.abort = abort
  }

  /// Called once a second at least; anything but 0 ends the conversation.
  static let hearsProgress: belepo_progress_callback = { owner, _, _, _, _ in
    guard let owner else { return 1 }
    return Unmanaged<Watch>.fromOpaque(owner).takeUnretainedValue().abort.isDue ? 1 : 0
  }

  static let hearsTrace: belepo_trace_callback = { _, kind, bytes, count, owner in
    guard let owner, let bytes else { return 0 }
    let heard = UnsafeRawBufferPointer(start: bytes, count: count)
    Unmanaged<Watch>.fromOpaque(owner).takeUnretainedValue().trace.hear(kind, heard)
    return 0
  }
}

/// How far a conversation has come. The letter itself is not kept: it may hold a code.
final class SMTPTrace {
  /// The last command about the letter, as `RCPT`; empty before the first.
  private(set) var command = ""
  /// The relay's last line.
  private(set) var answer = ""
  /// Whether the letter has been sent to its end.
  private(set) var isLetterSent = false
  /// What is said in parting is about no letter.
  private var isOver = false

  /// The relay's last reply code; 0 when there was none.
  var code: Int { Int(answer.prefix(3)) ?? 0 }

  func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
    switch kind {
    case CURLINFO_HEADER_OUT: hear(command: String(decoding: bytes.prefix(4), as: UTF8.self))
    case CURLINFO_DATA_OUT: hearLetter(String(decoding: bytes.suffix(4), as: UTF8.self))
    case CURLINFO_HEADER_IN: hear(answer: String(decoding: bytes.prefix(160), as: UTF8.self))
    default: break
    }
  }

  func hear(command: String) {
    isOver = isOver || command == "QUIT"
    if isOver { return }
    self.command = command
    isLetterSent = false
  }

  func hear(answer: String) {
    if isOver { return }
    self.answer = answer.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A piece of the letter; the last part's boundary ends with two hyphens.
  func hearLetter(_ piece: String) {
    isLetterSent = piece.utf8.suffix(4).elementsEqual("--\r\n".utf8)
  }
}
