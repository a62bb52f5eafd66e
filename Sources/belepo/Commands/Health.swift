internal import ArgumentParser
internal import Foundation
internal import FoundationNetworking

struct Health: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a running server whether it is ready; exit 0 when it is, 69 when not.")

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    try await reporting {
      let settings = try await configuration.load()
      let address =
        "http://\(settings.checkedText(.managementHost)):\(settings.checkedText(.managementPort))"
      guard let url = URL(string: "\(address)/readyz") else {
        throw Failure("management.host makes no address.", .configuration)
      }
      let request = URLRequest(url: url, timeoutInterval: 5)
      let status = try? await URLSession.shared.data(for: request).1 as? HTTPURLResponse
      guard status?.statusCode == 200 else {
        throw Failure("The server at \(address) is not ready.", .unavailable)
      }
      StandardOutput.write("ready\n")
    }
  }
}
