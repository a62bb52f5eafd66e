internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Pages
internal import Wording

/// How far registrations come, drawn: this week beside the week before.
struct FunnelScreen: Sendable {
  let site: Site
  let overviews: StaffOverviews

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    let funnel = try await overviews.funnel()
    return try site.response(
      FunnelPage(
        frame: site.frame(texts["funnel.title"], context, form: .typedAnew), funnel, texts), context
    )
  }
}

struct FunnelPage: Page {
  var template: String { "staff-funnel" }
  let frame: Frame
  let bars: [Bar]
  let height: String
  let steps: [String]
  let days: [Day]
  let totals: [Cell]
  let reasons: [Reason]
  let hasReasons: Bool
  let reasonsHeight: String

  /// Units of the drawings.
  private static let width = 400.0
  private static let rowHeight = 44
  private static let reasonHeight = 72
  private static let columnHeight = 44.0
  private static let dayWidth = 90

  init(frame: Frame, _ funnel: Funnel, _ texts: Texts) {
    self.frame = frame
    let most = Double(
      max(
        1,
        Funnel.Step.allCases.map { max(funnel.total($0), funnel.totalBefore($0)) }.max() ?? 1))
    bars = Funnel.Step.allCases.map { step in
      let top = step.rawValue * Self.rowHeight
      func length(_ count: Int) -> String { String(Int(Double(count) / most * Self.width)) }
      return Bar(
        label: texts[step.label], labelY: String(top + 20), nowY: String(top + 6),
        beforeY: String(top + 24), now: String(funnel.total(step)),
        before: String(funnel.totalBefore(step)), nowLength: length(funnel.total(step)),
        beforeLength: length(funnel.totalBefore(step)), nowTextY: String(top + 18),
        beforeTextY: String(top + 36))
    }
    height = String(Funnel.Step.allCases.count * Self.rowHeight)
    steps = Funnel.Step.allCases.map { texts[$0.label] }
    days = zip(funnel.days, funnel.before).map { day, before in
      Day(
        date: texts.day(of: day.date),
        cells: Funnel.Step.allCases.map {
          Cell(now: String(day[$0]), before: String(before[$0]))
        })
    }
    totals = Funnel.Step.allCases.map {
      Cell(now: String(funnel.total($0)), before: String(funnel.totalBefore($0)))
    }
    let met = funnel.reasons
    reasons = met.enumerated().map { place, reason in
      Self.drawn(reason, at: place, in: funnel, texts)
    }
    hasReasons = !met.isEmpty
    reasonsHeight = String(met.count * Self.reasonHeight)
  }

  /// A row of the second drawing: a pair of columns for each day, the oldest on the left.
  private static func drawn(
    _ reason: Funnel.Reason, at place: Int, in funnel: Funnel, _ texts: Texts
  ) -> Reason {
    let days = zip(funnel.days, funnel.before).map { ($0[reason], $1[reason]) }
    // Each reason has a scale of its own: a rare one can be seen beside a frequent one.
    let most = Double(max(1, days.map { max($0.0, $0.1) }.max() ?? 1))
    func height(_ count: Int) -> Int { Int(Double(count) / most * columnHeight) }
    let top = place * reasonHeight
    let bottom = top + reasonHeight - 8
    return Reason(
      label: reason.words(in: texts), labelY: String(top + 14), baseY: String(bottom),
      columns: days.enumerated().map { day, counts in
        Column(
          nowX: String(day * dayWidth + 8), nowY: String(bottom - height(counts.0)),
          nowHeight: String(height(counts.0)), beforeX: String(day * dayWidth + 40),
          beforeY: String(bottom - height(counts.1)), beforeHeight: String(height(counts.1)))
      },
      cells: days.map { Cell(now: String($0.0), before: String($0.1)) },
      week: String(funnel.total(reason)), weekBefore: String(funnel.totalBefore(reason)))
  }

  struct Bar: Sendable {
    let label: String
    let labelY: String
    let nowY: String
    let beforeY: String
    let now: String
    let before: String
    let nowLength: String
    let beforeLength: String
    let nowTextY: String
    let beforeTextY: String
  }

  struct Day: Sendable {
    let date: String
    let cells: [Cell]
  }

  struct Reason: Sendable {
    let label: String
    let labelY: String
    let baseY: String
    let columns: [Column]
    let cells: [Cell]
    let week: String
    let weekBefore: String
  }

  struct Column: Sendable {
    let nowX: String
    let nowY: String
    let nowHeight: String
    let beforeX: String
    let beforeY: String
    let beforeHeight: String
  }

  struct Cell: Sendable {
    let now: String
    let before: String
  }
}

extension Funnel.Step {
  fileprivate var label: TextKey {
    switch self {
    case .begun: "funnel.begun"
    case .matched: "funnel.matched"
    case .codeEntered: "funnel.codeEntered"
    case .addressGiven: "funnel.addressGiven"
    case .finished: "funnel.finished"
    case .confirmed: "funnel.confirmed"
    }
  }
}
