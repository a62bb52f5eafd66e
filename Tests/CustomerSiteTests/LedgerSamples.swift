internal import Accounts
internal import Domain
internal import Foundation
internal import Wording

@testable internal import CustomerSite
@testable internal import Pages

/// The samples of the ledger's pages.
struct LedgerSamples {
  let texts: Texts
  let sample: (String, any Page) -> PageSample
  /// Title, errors, and whether there is a form.
  let frame: (TextKey, [(String, String)]) -> Frame

  var all: [PageSample] {
    declarations + [
      sample("accept-documents", accept(isRefused: false)),
      sample("accept-documents-refused", accept(isRefused: true)),
      sample("contract", contract(hasFile: true)),
      sample("contract-without-file", contract(hasFile: false)),
      sample("end-contract", end(isRefused: false)),
      sample("end-contract-refused", end(isRefused: true)),
      sample("data-rights", rights(isFull: false)),
      sample("data-rights-open", rights(isFull: true)),
    ]
  }

  private func entry(_ kind: DeclarationKind, _ isAccepted: Bool) -> Declarations.Entry {
    Declarations.Entry(
      kind: kind, isAccepted: isAccepted,
      channel: kind == .marketing ? "portal" : "registration",
      declaredAt: Date(timeIntervalSince1970: 1_775_462_400),
      text: DeclaredText(
        version: String(repeating: "0a", count: 32), language: texts.language,
        text: "<Szöveg>"))
  }

  private var declarations: [PageSample] {
    let now = DeclaredText(
      version: String(repeating: "1b", count: 32), language: texts.language, text: "Új <szöveg>")
    let entries = DeclarationKind.allCases.map { entry($0, $0 != .dataProcessing) }
    func page(_ error: String?, _ message: String) -> DeclarationsPage {
      DeclarationsPage(
        frame: frame("declarations.title", error.map { [("marketing", $0)] } ?? []),
        message: message, hasMessage: !message.isEmpty,
        unsaved: message.isEmpty ? texts["contact.marketing"] : "", hasUnsaved: message.isEmpty,
        items: entries.enumerated().map { place, entry in
          DeclarationsPage.Item(
            entry.kind, message.isEmpty && place == 1 ? nil : entry,
            now: message.isEmpty ? now : entry.text, place: place, texts)
        },
        history: entries.map { DeclarationsPage.Line($0, texts) })
    }
    return [
      sample("declarations", page(nil, texts["flash.declared"])),
      sample("declarations-stale", page(texts["contact.textsChanged"], "")),
    ]
  }

  private func accept(isRefused: Bool) -> AcceptDocumentsPage {
    AcceptDocumentsPage(
      frame: frame("accept.title", isRefused ? [("notice", texts["accept.missing"])] : []),
      isRestored: isRefused,
      items: [DeclarationKind.contract, .notice].enumerated().map { place, kind in
        AcceptDocumentsPage.Item(
          kind, version: "0a", place: place, isTicked: isRefused && kind == .contract,
          error: isRefused && kind == .notice ? texts["accept.missing"] : nil, texts)
      })
  }

  private func contract(hasFile: Bool) -> ContractPage {
    ContractPage(
      frame: frame("myContract.title", []), acceptedOn: texts.day("2026-04-06"),
      version: "0a0a0a0a0a0a", hasFile: hasFile, language: "hu")
  }

  private func end(isRefused: Bool) -> EndContractPage {
    let errors =
      isRefused
      ? [
        ("confirm", texts["endContract.confirm.missing"]),
        ("password", texts["confirm.wrongPassword"]),
      ] : []
    return EndContractPage(
      frame: frame("endContract.title", errors), isRestored: isRefused,
      userName: "anna@pelda.hu", isTicked: isRefused, confirm: Field(error: errors.first?.1),
      password: Field(error: errors.last?.1))
  }

  private func rights(isFull: Bool) -> DataRightsPage {
    let request = DataRights.Request(
      kind: .copy, askedAt: Date(timeIntervalSince1970: 1_775_462_400),
      answerBy: Date(timeIntervalSince1970: 1_778_054_400))
    let mistake = isFull ? texts["confirm.wrongPassword"] : nil
    return DataRightsPage(
      frame: frame("dataRights.title", mistake.map { [("password", $0)] } ?? []),
      message: isFull ? texts["flash.requested"] : "", hasMessage: isFull,
      requests: isFull ? [DataRightsPage.Row(request, texts)] : [], hasRequests: isFull,
      canAskForCopy: !isFull, canAskForErasure: true, days: "30", userName: "anna@pelda.hu",
      password: Field(error: mistake))
  }
}
