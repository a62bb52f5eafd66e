internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import Outbox
internal import Pages
internal import Wording

/// How the portal stands, and what staff looked at.
struct OverviewScreen: Sendable {
  let site: Site
  let overviews: StaffOverviews

  @Sendable func showOverview(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    let overview = try await overviews.overview(in: session)
    return try site.response(
      OverviewPage(
        frame: site.frame(texts["overview.title"], context, form: .typedAnew),
        facts: facts(overview, texts),
        troubles: overview.troubles.map { CasePage.Row($0, movableIn: nil, texts) },
        hasTroubles: !overview.troubles.isEmpty,
        imports: overview.imports.map { OverviewPage.ImportRow($0, texts) },
        hasImports: !overview.imports.isEmpty,
        limits: overview.limits.map {
          CasePage.Line(name: texts[$0.what], text: String($0.times))
        }, hasLimits: !overview.limits.isEmpty), context)
  }

  private func facts(_ overview: StaffOverview, _ texts: Texts) -> [CasePage.Line] {
    overview.waiting.map { waiting in
      CasePage.Line(
        name: texts[waiting.channel == .sms ? "overview.smsWaiting" : "overview.lettersWaiting"],
        text: String(waiting.queued + waiting.leased))
    } + [
      CasePage.Line(name: texts["overview.handOvers"], text: String(overview.handOversWaiting)),
      CasePage.Line(name: texts["overview.batches"], text: String(overview.openBatches)),
      CasePage.Line(
        name: texts["case.registerAsOf"],
        text: overview.registerAsOf.map { texts.instant($0) } ?? texts["case.never"]),
    ]
  }

  @Sendable func showTrail(
    _ request: Request, _ context: SiteContext, _ session: StaffSession
  ) async throws -> Response {
    let texts = site.texts(context)
    let events = try await overviews.trail(in: session)
    return try site.response(
      TrailPage(
        frame: site.frame(texts["trail.title"], context, form: .typedAnew),
        events: events.map { CasePage.Event($0, texts) }, isEmpty: events.isEmpty), context)
  }
}

struct OverviewPage: Page {
  var template: String { "staff-overview" }
  let frame: Frame
  let facts: [CasePage.Line]
  let troubles: [CasePage.Row]
  let hasTroubles: Bool
  let imports: [ImportRow]
  let hasImports: Bool
  let limits: [CasePage.Line]
  let hasLimits: Bool

  struct ImportRow: Sendable {
    let when: String
    let person: String
    let isReplaced: Bool
    let hasForced: Bool
    let forced: String

    init(_ record: StaffOverview.RegisterImport, _ texts: Texts) {
      when = texts.instant(record.at)
      person = record.person
      isReplaced = record.isReplaced
      hasForced = !record.forced.isEmpty
      forced = texts.guards(record.forced)
    }
  }
}

struct TrailPage: Page {
  var template: String { "staff-trail" }
  let frame: Frame
  let events: [CasePage.Event]
  let isEmpty: Bool
}
