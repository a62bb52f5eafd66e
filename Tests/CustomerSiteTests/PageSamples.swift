internal import Domain
internal import Foundation
internal import TestSupport
internal import Wording

@testable internal import Accounts
@testable internal import CustomerSite
@testable internal import Outbox
@testable internal import Pages

/// Every page with nothing on it and with everything on it, so that both branches of each section
/// of its template are seen.
struct PageSample {
  let name: String
  let page: any Page

  static func all(in language: Language) throws -> [PageSample] {
    let texts = try Props.brand.get().texts(in: language)
    return PageSamples(
      texts: texts, newEmail: try EmailAddress("uj@pelda.hu"),
      newNumber: try CustomerNumber("7654321")
    ).all
  }
}

private struct PageSamples {
  let texts: Texts
  let newEmail: EmailAddress
  let newNumber: CustomerNumber

  var all: [PageSample] {
    opening + timeLimit + identify + enterCode + contact + choosePassword + portal + passwords
      + addresses + stepUp
      + notices
      + LedgerSamples(
        texts: texts, sample: { PageSample(name: $0, page: $1) },
        frame: { frame($0, errors: $1, isLoggedIn: true) }
      ).all
  }

  // MARK: Pages

  private var notices: [PageSample] {
    [
      sample(
        "notice-plain",
        NoticePage(
          frame: frame("notice.done.title"), paragraphs: [], actions: [])),
      sample(
        "notice-full",
        NoticePage(
          frame: frame("error.outage.title", isError: true),
          paragraphs: [texts["error.outage.body"]],
          actions: [
            Notice.Action(texts["action.logIn"], path: "/bejelentkezes", isPrimary: true),
            Notice.Action(texts["action.recover"], path: "/elfelejtett-jelszo"),
          ])),
      sample(
        "notice-call",
        NoticePage(
          frame: frame("notice.smsDisabled.title", isError: true, caseNumber: "K7M2-4XQP"),
          paragraphs: [texts["notice.smsDisabled.body"]], actions: [], isCall: true)),
      sample(
        "notice-broken",
        NoticePage(
          frame: frame("error.broken.title", isError: true),
          paragraphs: [texts["error.broken.body"]],
          actions: [
            Notice.Action(texts["action.toStart"], path: "/ugyfelportal", isPrimary: true)
          ], errorNumber: "5f0c2a9d41b7e836000000000000a1c4", hasErrorNumber: true)),
    ]
  }

  private var opening: [PageSample] {
    [
      sample("opening", OpeningPage(frame: frame("opening.title"))),
      sample("opening-demo", OpeningPage(frame: frame("opening.title", isDemo: true))),
      sample(
        "start",
        StartPage(frame: frame("start.title"), hasCode: false, size: "0", path: "")),
      sample(
        "start-code",
        StartPage(frame: frame("start.title"), hasCode: true, size: "37", path: "M4 4h7v1h-7z")),
      sample(
        "demo-elements",
        ElementsPage(
          frame: frame("demo.elements.title", isDemo: true), field: Field("LA 2023"),
          mistake: Field("06 1", error: texts["mobileNumber.landline"]))),
      sample(
        "success",
        SuccessPage(
          frame: frame("success.title"), email: "anna@pelda.hu", mayLandInSpam: false)),
      sample(
        "success-spam",
        SuccessPage(
          frame: frame("success.title"), email: "anna@freemail.hu", mayLandInSpam: true)),
      sample(
        "demo-messages-none",
        DemoPage(
          frame: frame("demo.title", isDemo: true), messages: [], isEmpty: true)),
      sample(
        "demo-messages",
        DemoPage(
          frame: frame("demo.title", isDemo: true),
          messages: [row(subject: ""), row(subject: "Tárgy <1>")], isEmpty: false)),
    ]
  }

  private func row(subject: String) -> DemoPage.Row {
    DemoPage.Row(
      Catcher.Caught(
        id: 1, channel: subject.isEmpty ? .sms : .email,
        to: subject.isEmpty ? "+36301234567" : "anna@pelda.hu", subject: subject,
        text: "Első sor\nMásodik sor & vége",
        createdAt: Date(timeIntervalSince1970: 1_775_462_400),
        contractVersion: subject.isEmpty ? nil : "v1"))
  }

  private var identify: [PageSample] {
    let prefixes = ["20", "30", "70"].map {
      IdentifyPage.Prefix(digits: $0, isChosen: $0 == "30")
    }
    return [
      sample(
        "identify",
        IdentifyPage(
          frame: frame("identify.title", form: true), running: "", hasRunning: false,
          kind: Field(), isPolicy: true, isCustomer: false,
          policyNumber: Field(), customerNumber: Field(), mobileNumber: Field(),
          prefixes: ["20", "30", "70"].map { .init(digits: $0, isChosen: false) },
          isMismatch: false, showsWayOut: false, hasNoPrefix: true)),
      sample(
        "identify-mistakes",
        IdentifyPage(
          frame: frame(
            "identify.title",
            errors: [
              ("customerNumber", texts["customerNumber.length"]),
              ("mobileNumber", texts["mobileNumber.landline"]),
            ], form: true),
          running: "", hasRunning: false, kind: Field(error: texts["identify.kind.missing"]),
          isPolicy: false, isCustomer: true, policyNumber: Field("LA 1", error: "!"),
          customerNumber: Field("12345", error: texts["customerNumber.length"]),
          mobileNumber: Field("06 1 234 5678", error: texts["mobileNumber.landline"]),
          prefixes: prefixes, isMismatch: false, showsWayOut: true, hasNoPrefix: true)),
      sample(
        "identify-mismatch",
        IdentifyPage(
          frame: frame(
            "identify.title", errors: [("policyNumber", texts["identify.noMatch"])], form: true,
            caseNumber: "K7M2-4XQP"),
          running: "regisztracio/email", hasRunning: true, kind: Field(), isPolicy: true,
          isCustomer: false,
          policyNumber: Field("LA2023004512", error: texts["identify.noMatch"]),
          customerNumber: Field(), mobileNumber: Field("123 4567"), prefixes: prefixes,
          isMismatch: true, showsWayOut: true, hasNoPrefix: false)),
    ]
  }

  private var enterCode: [PageSample] {
    [
      sample(
        "enter-code",
        EnterCodePage(
          frame: frame("code.title", caseNumber: "K7M2-4XQP"), message: "", hasMessage: false,
          code: smsCode())),
      sample(
        "enter-code-wrong",
        EnterCodePage(
          frame: frame(
            "code.title", errors: [("code", texts["code.wrong.one"])], caseNumber: "K7M2-4XQP",
            page: "regisztracio/telefonszam"),
          message: texts["flash.newCode"], hasMessage: true, code: wrongSMSCode)),
      sample(
        "enter-code-dead",
        EnterCodePage(
          frame: frame("code.title", errors: [("resend", texts["code.expired"])]), message: "",
          hasMessage: false, code: deadSMSCode)),
      sample(
        "enter-code-last",
        EnterCodePage(
          frame: frame("code.title"), message: "", hasMessage: false,
          code: smsCode(mayResend: false))),
      sample(
        "enter-code-over",
        EnterCodePage(
          frame: frame("code.title", errors: [("resend", texts["code.over"])]), message: "",
          hasMessage: false, code: overSMSCode)),
    ]
  }

  private var stepUp: [PageSample] {
    [
      sample(
        "step-up",
        StepUpPage(
          frame: frame(
            "stepUp.title", caseNumber: "K7M2-4XQP", isLoggedIn: true, menuAt: "/fiok/jelszo"),
          maskedNumber: "06 30 ••• ••67", mark: "first")),
      sample(
        "step-up-code",
        StepUpCodePage(
          frame: frame("stepUp.title", caseNumber: "K7M2-4XQP", isLoggedIn: true), message: "",
          hasMessage: false, code: smsCode())),
      sample(
        "step-up-code-wrong",
        StepUpCodePage(
          frame: frame(
            "stepUp.title", errors: [("code", texts["code.wrong.one"])], isLoggedIn: true,
            page: "fiok/biztonsagi-kod"),
          message: texts["flash.newCode"], hasMessage: true, code: wrongSMSCode)),
      sample(
        "step-up-code-dead",
        StepUpCodePage(
          frame: frame(
            "stepUp.title", errors: [("resend", texts["code.expired"])], isLoggedIn: true),
          message: "", hasMessage: false, code: deadSMSCode)),
      sample(
        "step-up-no-number",
        NoticePage(
          frame: frame(
            "notice.stepUpNoNumber.title", isError: true, caseNumber: "K7M2-4XQP",
            isLoggedIn: true),
          paragraphs: [texts["notice.stepUpNoNumber.body"]],
          actions: [Notice.Action(texts["account.toHome"], path: "/fiok")], isCall: true)),
    ]
  }

  private func smsCode(mayResend: Bool = true) -> SMSCodeForm {
    SMSCodeForm(
      maskedNumber: "06 30 ••• ••67", codePrefix: "4", until: "10:42", isLive: true,
      isNumeric: true, arrival: "", hasArrival: false, isAwaited: true, isFailed: false,
      field: Field(), wait: wait(0), mustWait: false, mark: "5f00.1", mayResend: mayResend)
  }

  private var wrongSMSCode: SMSCodeForm {
    SMSCodeForm(
      maskedNumber: "06 30 ••• ••67", codePrefix: "K", until: "10:39", isLive: true,
      isNumeric: false, arrival: texts["code.arrival.arrived"], hasArrival: true,
      isAwaited: false, isFailed: false, field: Field(error: texts["code.wrong.one"]),
      wait: wait(40), mustWait: true, mark: "5f00.1")
  }

  private var deadSMSCode: SMSCodeForm {
    SMSCodeForm(
      maskedNumber: "06 30 ••• ••67", codePrefix: "4", until: "10:32", isLive: false,
      isNumeric: true, arrival: texts["code.arrival.undeliverable"], hasArrival: true,
      isAwaited: false, isFailed: true, field: Field(), wait: wait(0), mustWait: false,
      mark: "5f00.1")
  }

  private var overSMSCode: SMSCodeForm {
    var code = deadSMSCode
    code.mayResend = false
    return code
  }

  private var contact: [PageSample] {
    [
      sample("contact", contactPage(isFull: false, usesAddressOnFile: false)),
      sample("contact-full", contactPage(isFull: true, usesAddressOnFile: false)),
      sample("contact-on-file", contactPage(isFull: true, usesAddressOnFile: true)),
    ]
  }

  private func contactPage(isFull: Bool, usesAddressOnFile: Bool) -> ContactPage {
    func error(_ key: TextKey) -> String? { isFull ? texts[key] : nil }
    return ContactPage(
      frame: frame(
        "contact.title",
        errors: isFull ? [("email", texts["email.taken"])] : [], form: true,
        deadline: .registration),
      isRestored: isFull && !usesAddressOnFile, hasJustChosen: usesAddressOnFile,
      hasMoreTime: isFull && !usesAddressOnFile,
      email: Field(isFull ? "anna@pelda.hu" : "", error: error("email.taken")),
      hasAddressOnFile: isFull, addressOnFile: "k•••@e•••.hu",
      usesAddressOnFile: usesAddressOnFile, confirmedEmail: isFull ? "anna@gmial.com" : "",
      marketing: .init(isFull ? true : nil, error: error("contact.marketing.missing")),
      dataProcessing: .init(isFull ? false : nil, error: error("contact.dataProcessing.missing")),
      contract: .init(isFull, error: error("contact.contract.missing")),
      notice: .init(isFull, error: error("contact.notice.missing")),
      textLanguage: texts.language.rawValue, textVersions: "0000000000000000")
  }

  private var choosePassword: [PageSample] {
    [
      sample("choose-password", passwordPage(isInsurerPolicy: true, error: nil)),
      sample("choose-password-modern", passwordPage(isInsurerPolicy: false, error: nil)),
      sample(
        "choose-password-refused",
        passwordPage(isInsurerPolicy: true, error: texts["password.common"])),
    ]
  }

  private func passwordPage(isInsurerPolicy: Bool, error: String?) -> ChoosePasswordPage {
    ChoosePasswordPage(
      frame: frame("password.title", errors: error.map { [("password", $0)] } ?? []),
      email: "anna@pelda.hu", mobile: error == nil ? "06 30 ••• ••67" : "",
      hasMobile: error == nil, marketing: texts["contact.yes"],
      dataProcessing: texts["contact.no"],
      password: Field(error: error),
      passwordAgain: Field(error: error.map { _ in texts["password.differ"] }),
      isInsurerPolicy: isInsurerPolicy, minimum: isInsurerPolicy ? "6" : "12")
  }

  private var portal: [PageSample] {
    logIn + logInCode + confirmEmail + [
      home(isFull: false), home(isFull: true), home(isFull: false, isClosed: true),
    ] + devices
  }

  private var logIn: [PageSample] {
    [
      sample(
        "log-in",
        LogInPage(
          frame: frame("logIn.title", form: true), message: "", hasMessage: false,
          username: Field(), password: Field())),
      sample(
        "log-in-refused",
        LogInPage(
          frame: frame(
            "logIn.title", errors: [("username", texts["logIn.refused"])], form: true),
          message: texts["flash.loggedOut"], hasMessage: true, isDone: true,
          username: Field("anna@pelda.hu", error: texts["logIn.refused"]),
          password: Field(error: texts["logIn.password.missing"]))),
      sample(
        "correct-email",
        CorrectEmailPage(
          frame: frame("correct.title", form: true, isLoggedIn: true), isRestored: false,
          present: "anna@pelda.hu", email: Field(), password: Field())),
      sample(
        "correct-email-refused",
        CorrectEmailPage(
          frame: frame(
            "correct.title", errors: [("password", texts["confirm.wrongPassword"])], form: true,
            isLoggedIn: true),
          isRestored: true, present: "anna@pelda.hu",
          email: Field("uj@", error: texts["email.domain"]),
          password: Field(error: texts["confirm.wrongPassword"]))),
    ]
  }

  private var confirmEmail: [PageSample] {
    [
      sample(
        "confirm-email",
        ConfirmEmailPage(
          frame: frame("confirm.title", isLoggedIn: true), message: "", hasMessage: false,
          code: code())),
      sample(
        "confirm-email-wrong",
        ConfirmEmailPage(
          frame: frame(
            "confirm.title", errors: [("code", texts["code.wrong.one"])], isLoggedIn: true),
          message: texts["flash.sameCode"], hasMessage: true,
          code: code(
            to: "anna@freemail.hu", until: "november 25. 10:42", mistake: texts["code.wrong.one"],
            resendIn: 40))),
      sample(
        "confirm-email-dead",
        ConfirmEmailPage(
          frame: frame("confirm.title", isLoggedIn: true), message: "", hasMessage: false,
          code: code(isLive: false))),
    ]
  }

  private var logInCode: [PageSample] {
    [
      sample(
        "log-in-code", LogInCodePage(frame: frame("logInCode.title", form: true), code: code())),
      sample(
        "log-in-code-wrong",
        LogInCodePage(
          frame: frame("logInCode.title", errors: [("code", texts["code.wrong.one"])], form: true),
          code: code(
            to: "anna@freemail.hu", until: "10:41", mistake: texts["code.wrong.one"],
            resendIn: 40))),
      sample(
        "log-in-code-dead",
        LogInCodePage(
          frame: frame("logInCode.title", form: true), code: code(isLive: false))),
    ]
  }

  private func code(
    to email: String = "anna@pelda.hu", until: String = "november 25. 10:42", isLive: Bool = true,
    mistake: String? = nil, resendIn seconds: Int? = nil
  ) -> EmailCodeForm {
    EmailCodeForm(
      email: email, mayLandInSpam: email.hasSuffix("freemail.hu") && seconds != nil,
      codePrefix: "K", until: until, isLive: isLive, field: Field(error: mistake),
      wait: wait(seconds ?? 0), mustWait: seconds != nil, mark: "5f00.1")
  }

  private func wait(_ seconds: Int) -> ResendWait {
    ResendWait(until: "10:33", seconds: seconds, texts)
  }

  private var timeLimit: [PageSample] {
    let last = Deadline(of: .registration, at: instant, secondsLeft: 60, mayBeExtended: false)
    var lastFrame = frame("timeLimit.title", form: true)
    (lastFrame.deadline, lastFrame.hasDeadline) = (DeadlineLine(last, texts), true)
    return [
      sample(
        "time-limit",
        TimeLimitPage(
          frame: frame("timeLimit.title", isLoggedIn: true, deadline: .session), way: "fiok")),
      sample("time-limit-last", TimeLimitPage(frame: lastFrame, way: "regisztracio/email")),
    ]
  }

  private var passwords: [PageSample] {
    [
      sample("recover", RecoverPage(frame: frame("recovery.title", form: true), email: Field())),
      sample(
        "recover-mistake",
        RecoverPage(
          frame: frame("recovery.title", errors: [("email", texts["email.noAt"])], form: true),
          email: Field("anna", error: texts["email.noAt"]))),
      recoverPassword("recover-password"),
      recoverPassword(
        "recover-password-refused", isInsurerPolicy: false, code: texts["code.wrong.one"],
        password: texts["password.common"], repetition: texts["password.differ"]),
      recoverPassword("recover-password-dead", isLive: false),
      ownPassword("own-password"),
      ownPassword(
        "own-password-refused", isInsurerPolicy: false, present: texts["confirm.wrongPassword"],
        password: texts["password.isPresent"], repetition: texts["password.differ"]),
    ]
  }

  private func recoverPassword(
    _ name: String, isInsurerPolicy: Bool = true, isLive: Bool = true, code: String? = nil,
    password: String? = nil, repetition: String? = nil
  ) -> PageSample {
    let isRefused = code != nil
    let email = isRefused ? "anna@freemail.hu" : "anna@pelda.hu"
    return sample(
      name,
      RecoverPasswordPage(
        frame: frame(
          "recovery.password.title",
          errors: isRefused ? [("code", code ?? ""), ("password", password ?? "")] : []),
        message: isRefused ? texts["flash.recoveryNewCode"] : "", hasMessage: isRefused,
        email: email,
        code: self.code(
          to: email, until: "11:02", isLive: isLive, mistake: code,
          resendIn: isRefused ? 40 : nil),
        password: Field(error: password), passwordAgain: Field(error: repetition),
        isInsurerPolicy: isInsurerPolicy, minimum: isInsurerPolicy ? "6" : "12"))
  }

  private func ownPassword(
    _ name: String, isInsurerPolicy: Bool = true, present: String? = nil, password: String? = nil,
    repetition: String? = nil
  ) -> PageSample {
    sample(
      name,
      OwnPasswordPage(
        frame: frame(
          "ownPassword.title", errors: present.map { [("currentPassword", $0)] } ?? [],
          isLoggedIn: true),
        email: "anna@pelda.hu", currentPassword: Field(error: present),
        password: Field(error: password), passwordAgain: Field(error: repetition),
        isInsurerPolicy: isInsurerPolicy, minimum: isInsurerPolicy ? "6" : "12"))
  }

  private func home(isFull: Bool, isClosed: Bool = false) -> PageSample {
    let policies = [
      Policy(
        number: "LA2023004512", product: "lakásbiztosítás", status: "active",
        validFrom: "2023-05-01", validTo: nil),
      Policy(
        number: "GF2024118203", product: "<gépjármű>", status: "terminated", validFrom: nil,
        validTo: "2025-04-30"),
    ]
    let login = Devices.Login(
      at: instant, device: Device(browser: .firefox, system: .windows))
    return sample(
      isFull ? "home-full" : isClosed ? "home-closed" : "home-empty",
      HomePage(
        frame: frame("home.greeting", isLoggedIn: true, menuAt: "/fiok"),
        message: isFull ? texts["flash.confirmed"] : "", hasMessage: isFull, isDone: isFull,
        home: PortalHome.Content(
          name: isFull ? "Kovács Anna" : "", policies: isFull ? policies : [],
          isClosed: isClosed, asOf: isFull ? instant : nil, lastLogin: isFull ? login : nil,
          news: isFull
            ? [
              .newDevice(login), .failedLogins(3),
              .addressToConfirm(newEmail), .renumbered(newNumber, at: instant),
            ] : []),
        userName: "anna@pelda.hu", texts))
  }

  /// A winter's noon in Hungary.
  private var instant: Date { Date(timeIntervalSince1970: 1_795_518_300) }

  private var devices: [PageSample] { [devices(isFull: false), devices(isFull: true)] }

  private func devices(isFull: Bool) -> PageSample {
    let mine = Devices.OpenSession(
      name: String(repeating: "a", count: 32), device: Device(browser: .safari, system: .iPhone),
      begunAt: instant, lastUsedAt: instant.addingTimeInterval(300), isThis: true)
    let other = Devices.OpenSession(
      name: String(repeating: "b", count: 32), device: .unknown,
      begunAt: instant.addingTimeInterval(-3600), lastUsedAt: instant.addingTimeInterval(-600),
      isThis: false)
    return sample(
      isFull ? "devices-full" : "devices",
      DevicesPage(
        frame: frame("devices.title", isLoggedIn: true, menuAt: "/fiok/biztonsag"),
        message: isFull ? texts["flash.sessionClosed"] : "", hasMessage: isFull,
        overview: Devices.Overview(
          sessions: isFull ? [mine, other] : [mine],
          lastLogin: isFull ? Devices.Login(at: instant, device: .unknown) : nil,
          failures: isFull ? 3 : 0,
          activities: isFull
            ? Activity.Kind.allCases.map { kind in
              Activity(
                at: instant, kind: kind,
                device: kind == .loggedIn ? Device(browser: .chrome, system: .android) : .unknown)
            } : []),
        texts))
  }

  // MARK: Addresses

  private var addresses: [PageSample] {
    profile + [false, true].flatMap(changeAddress) + [false, true].flatMap(confirmAddress)
      + undoUserName
  }

  private var profile: [PageSample] {
    [false, true].map { isFull in
      sample(
        isFull ? "profile-full" : "profile",
        ProfilePage(
          frame: frame("profile.title", isLoggedIn: true),
          message: isFull ? texts["flash.userNameSaved"] : "", hasMessage: isFull,
          name: isFull ? "Kovács Anna" : "", hasName: isFull, userName: "anna@pelda.hu",
          mobile: isFull ? "06 30 ••• ••67" : "", hasMobile: isFull,
          correspondence: isFull ? "levelek@példa.hu" : "", hasCorrespondence: isFull,
          pendingUserName: isFull ? "uj@pelda.hu" : "", hasPendingUserName: isFull,
          pendingCorrespondence: isFull ? "masik@pelda.hu" : "", hasPendingCorrespondence: isFull,
          registered: texts.day("2026-04-06")))
    }
  }

  private func changeAddress(isUserName: Bool) -> [PageSample] {
    let name = isUserName ? "change-user-name" : "change-correspondence"
    let title: TextKey = isUserName ? "userName.title" : "correspondence.title"
    return [false, true].map { isFull in
      sample(
        isFull ? name + "-refused" : name,
        ChangeAddressPage(
          frame: frame(
            title, errors: isFull ? [("password", texts["confirm.wrongPassword"])] : [],
            form: true, isLoggedIn: true),
          isRestored: isFull, isUserName: isUserName, isCorrespondence: !isUserName,
          userName: "anna@pelda.hu",
          present: "anna@pelda.hu", hasOwn: isFull && !isUserName,
          pending: isFull ? "uj@pelda.hu" : "", hasPending: isFull,
          email: Field(
            isFull ? "anna@pelda.hu" : "", error: isFull ? texts["address.unchanged"] : nil),
          password: Field(error: isFull ? texts["confirm.wrongPassword"] : nil)))
    }
  }

  private func confirmAddress(isUserName: Bool) -> [PageSample] {
    let name = isUserName ? "confirm-user-name" : "confirm-correspondence"
    let title: TextKey =
      isUserName ? "addressCode.title.userName" : "addressCode.title.correspondence"
    return [(false, true), (true, true), (true, false)].map { isWrong, isLive in
      let error = isLive ? ("code", texts["code.wrong.one"]) : ("resend", texts["code.expired"])
      return sample(
        name + (isWrong ? (isLive ? "-wrong" : "-dead") : ""),
        ConfirmAddressPage(
          frame: frame(title, errors: isWrong ? [error] : [], isLoggedIn: true),
          message: isWrong ? texts["flash.sameCode"] : "", hasMessage: isWrong,
          isUserName: isUserName, isCorrespondence: !isUserName, present: "anna@pelda.hu",
          code: code(
            to: "uj@freemail.hu", isLive: isLive,
            mistake: isWrong && isLive ? texts["code.wrong.one"] : nil,
            resendIn: isWrong ? 40 : nil)))
    }
  }

  private var undoUserName: [PageSample] {
    [
      sample(
        "undo-user-name",
        UndoUserNamePage(frame: frame("undo.title", form: true), email: Field(), code: Field())),
      sample(
        "undo-user-name-refused",
        UndoUserNamePage(
          frame: frame("undo.title", errors: [("code", texts["undo.refused"])], form: true),
          email: Field("anna@pelda", error: texts["email.domain"]),
          code: Field(error: texts["undo.refused"]))),
    ]
  }

  // MARK: Parts

  private func sample(_ name: String, _ page: some Page) -> PageSample {
    PageSample(name: name, page: page)
  }

  private func frame(
    _ title: TextKey, isError: Bool = false, errors: [(String, String)] = [], form: Bool = false,
    caseNumber: String = "", isLoggedIn: Bool = false, page: String = "", isDemo: Bool = false,
    menuAt path: String? = nil, deadline subject: Deadline.Subject? = nil
  ) -> Frame {
    let subject = subject ?? (path == nil ? nil : .session)
    let deadline = subject.map {
      Deadline(of: $0, at: instant, secondsLeft: 900, mayBeExtended: true)
    }
    let menu = path.map { path in
      Menu(AccountMenu.entries.map { (texts[$0.label], $0.path) }, at: path, root: "/fiok")
    }
    return Frame(
      title: texts[title], isError: isError || !errors.isEmpty,
      errors: errors.map { FieldError(anchor: $0.0, text: $0.1) }, hasErrors: !errors.isEmpty,
      formToken: "FORM-TOKEN", caseNumber: caseNumber, hasCaseNumber: !caseNumber.isEmpty,
      isLoggedIn: isLoggedIn, page: page, hasPage: !page.isEmpty, keepsTyped: form,
      isDemo: isDemo, deadline: deadline.map { DeadlineLine($0, texts) } ?? .none,
      hasDeadline: deadline != nil, menu: menu?.items ?? [], hasMenu: menu != nil)
  }
}
