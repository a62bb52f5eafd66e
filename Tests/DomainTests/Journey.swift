import Domain
import Foundation

/// The journey as the type itself walks it: every event, in every state that can be reached.
///
/// The limits are small, so that the walk ends; nothing depends on their size.
struct Journey {
  /// One arrow: what happened, where, how it was answered, and where it led.
  struct Arrow: Hashable {
    let from: String
    let event: String
    let answer: String
    let to: String
  }

  private struct Happening: Sendable {
    let name: String
    let happen: @Sendable (inout Attempt) -> String?
  }

  private(set) var arrows: Set<Arrow> = []
  private(set) var steps: Set<String> = []

  /// The order of the pictures and the tables: the way of somebody who makes no mistake first.
  static let order = [
    "identification", "phone", "email", "password", "finished", "alreadyRegistered",
    "stopped: smsStepDisabled", "stopped: takenEmails", "stopped: registerChanged",
  ]

  init() {
    var limits = Limits()
    limits.smsTriesPerCode = 2
    limits.smsFailuresPerCustomer = 3
    limits.smsPerRegistration = 2
    limits.takenEmailsPerRegistration = 2
    // 0: now; the pause of a resend; the end of a code; the end of the registration.
    let waits: [Double] = [0, 60, 600, 3_600]

    var seen: Set<Attempt> = []
    var unvisited = [Attempt(limits: limits)]
    while let attempt = unvisited.popLast() {
      guard seen.insert(attempt).inserted else { continue }
      steps.insert(Self.name(attempt.registration.step))
      for wait in waits {
        var later = attempt
        later.now = max(attempt.now, Attempt.start.addingTimeInterval(wait))
        for happening in Self.happenings { walk(happening, later, &unvisited) }
      }
    }
  }

  private mutating func walk(
    _ happening: Happening, _ before: Attempt, _ unvisited: inout [Attempt]
  ) {
    var after = before
    let answer = happening.happen(&after)
    after.nextNonce = before.nextNonce
    if answer == "outOfTurn" { return }
    if answer == nil, after.registration == before.registration { return }
    arrows.insert(
      Arrow(
        from: Self.name(before.registration.step), event: happening.name,
        answer: answer ?? "", to: Self.name(after.registration.step)))
    unvisited.append(after)
  }

  private static let happenings: [Happening] = [
    Happening(name: "identify") { Event.name($0.identify()) },
    Happening(name: "identify somebody else") { Event.name($0.identify(.bela)) },
    Happening(name: "identify, too many messages today") {
      Event.name($0.identify(recent: RecentMessages(toRecipient: 5, forCustomer: 5)))
    },
    Happening(name: "identify, SMS step disabled") {
      $0.disable()
      return Event.name($0.identify())
    },
    Happening(name: "resend") { Event.name($0.resend()) },
    Happening(name: "resend, SMS step disabled") {
      $0.disable()
      return Event.name($0.resend())
    },
    Happening(name: "right code") { Event.name($0.enterCode(right: true)) },
    Happening(name: "right code, has an account") {
      Event.name($0.enterCode(right: true, isRegistered: true))
    },
    Happening(name: "right code, SMS step disabled") {
      $0.disable()
      return Event.name($0.enterCode(right: true))
    },
    Happening(name: "wrong code") { Event.name($0.enterCode(right: false)) },
    Happening(name: "right code again") { Event.name($0.repeatCode(right: true)) },
    Happening(name: "give address and answers") { Event.name($0.give()) },
    Happening(name: "give a taken address") { Event.name($0.give(isTaken: true)) },
    Happening(name: "account made") {
      $0.registration.finish()
      return nil
    },
    Happening(name: "overtaken by another registration") {
      $0.registration.wasOvertaken()
      return nil
    },
    Happening(name: "customer left the register") {
      $0.registration.lostCustomer()
      return nil
    },
    Happening(name: "address taken meanwhile") { Event.name($0.lostEmail()) },
  ]

  static func name(_ step: Registration.Step) -> String {
    switch step {
    case .identification: "identification"
    case .phone: "phone"
    case .email: "email"
    case .password: "password"
    case .finished: "finished"
    case .alreadyRegistered: "alreadyRegistered"
    case .stopped(_, let stop): "stopped: \(stop)"
    }
  }
}

extension Attempt {
  /// Ten wrong codes in a row in other browsers.
  fileprivate mutating func disable() {
    smsStep = SMSStep(
      customer: .anna, failuresInARow: limits.smsFailuresPerCustomer, disabledAt: now)
  }
}

// MARK: The page

extension Journey {
  var page: String {
    """
    # The journey of a registration

    Written by `JourneyTests` from the type `Registration` itself: a test walks every event in
    every state that can be reached and compares what it saw with this page. Do not edit it; after
    a change of the type run `BELEPO_UPDATE=1 swift test --filter JourneyTests`, and read the
    difference.

    An event that is missing here is out of turn in that step: it is answered so and changes
    nothing. At the end of a registration's life every click is answered with `expired` and changes
    nothing either.

    ```mermaid
    \(diagram)
    ```

    ## Every answer in every step

    \(table)

    """
  }

  private var diagram: String {
    var lines = ["stateDiagram-v2", "  [*] --> identification"]
    for step in Self.order where step.hasPrefix("stopped") {
      lines.append("  state \"\(step)\" as \(Self.identifier(step))")
    }
    for from in Self.order {
      for to in Self.order where to != from {
        let events = Set(arrows.filter { $0.from == from && $0.to == to }.map(\.event)).sorted()
        if events.isEmpty { continue }
        let label = events.joined(separator: "<br/>")
        lines.append("  \(Self.identifier(from)) --> \(Self.identifier(to)): \(label)")
      }
    }
    for step in Self.order where !isLeft(step) {
      lines.append("  \(Self.identifier(step)) --> [*]")
    }
    return lines.joined(separator: "\n")
  }

  private var table: String {
    var lines = ["| step | event | answer | then |", "| --- | --- | --- | --- |"]
    for step in Self.order {
      let rows = arrows.filter { $0.from == step && $0.answer != "expired" }.sorted {
        ($0.event, $0.answer, $0.to) < ($1.event, $1.answer, $1.to)
      }
      lines += rows.map { arrow in
        let answer = arrow.answer.isEmpty ? "" : "`\(arrow.answer)`"
        let then = arrow.to == arrow.from ? "" : arrow.to
        return "| \(arrow.from) | \(arrow.event) | \(answer) | \(then) |"
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Whether any event leads out of a step.
  func isLeft(_ step: String) -> Bool {
    arrows.contains { $0.from == step && $0.to != step }
  }

  private static func identifier(_ step: String) -> String {
    step.replacing(": ", with: "_")
  }
}
