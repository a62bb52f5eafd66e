internal import TraceExport

extension Settings {
  /// Where spans are sent; `nil` where nothing is traced.
  ///
  /// - Throws: what is wrong with the keys together, in a sentence.
  var traceCollector: TraceCollector? {
    get throws(TraceCollector.Invalid) {
      guard let url = text(.tracesURL) else { return nil }
      return try TraceCollector(
        url: url, headers: text(.tracesHeaders) ?? "", version: Version.number)
    }
  }

  /// A sentence each.
  var traceProblems: [String] {
    do { _ = try traceCollector } catch { return ["\(error)"] }
    return []
  }
}
