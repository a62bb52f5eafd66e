internal import HTTPTypes

/// Header fields that the library has no name for.
extension HTTPField.Name {
  static var clearSiteData: HTTPField.Name { named("Clear-Site-Data") }
  static var secFetchSite: HTTPField.Name { named("Sec-Fetch-Site") }
  static var host: HTTPField.Name { named("Host") }

  static func named(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name") }
    return name
  }
}
