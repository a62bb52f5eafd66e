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
  let mismatches: [CasePage.Line]
  let hasMismatches: Bool

  /// Units of the drawing.
  private static let width = 400.0
  private static let rowHeight = 44

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
    mismatches = funnel.mismatches.map { mismatch, count in
      CasePage.Line(
        name: CaseFinding.mismatch(mismatch, lastDigits: nil).reason(in: texts),
        text: String(count))
    }
    hasMismatches = !mismatches.isEmpty
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
