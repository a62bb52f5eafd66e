import Domain
import Testing

/// Devices in words that a customer knows.
struct DeviceTests {
  private static let gecko = "(KHTML, like Gecko)"

  @Test(arguments: [
    (
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 \(gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
      "Chrome, Android"
    ),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \(gecko) Version/18.1 Mobile/15E148 Safari/604.1",
      "Safari, iPhone"
    ),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \(gecko) CriOS/131.0 Mobile/15E148 Safari/604.1",
      "Chrome, iPhone"
    ),
    (
      "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 \(gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
      "Firefox, iPad"
    ),
    (
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 \(gecko) Version/17.5 Safari/605.1.15",
      "Safari, Mac"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
      "Firefox, Windows"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \(gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
      "Edge, Windows"
    ),
    (
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 \(gecko) Chrome/131.0 Safari/537.36 OPR/116.0",
      "Opera, Linux"
    ),
    (
      "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 \(gecko) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36",
      "Samsung Internet, Android"
    ),
    (
      "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 \(gecko) Chrome/131.0 Safari/537.36",
      "Chrome, ChromeOS"
    ),
    ("Lynx/2.9.0 (Linux)", "Linux"), ("Firefox/1", "Firefox"),
  ])
  func `browser and system stand in the browser's own description`(
    userAgent: String, name: String
  ) {
    #expect(Device(userAgent: userAgent).name == name)
  }

  @Test(arguments: [
    "", "curl/8.0", "'; DROP TABLE session; --", "<script>alert(1)</script>", "\u{0}\u{FFFD}",
    String(repeating: "x", count: 8000) + "Firefox/1 (Windows)",
  ])
  func `anything else is unknown, and nothing of it is kept`(userAgent: String) {
    #expect(Device(userAgent: userAgent) == .unknown)
    #expect(Device(userAgent: userAgent).code.isEmpty)
  }

  @Test func `what is written down is read again`() {
    for browser in Device.Browser.allCases.map(Optional.some) + [nil] {
      for system in Device.System.allCases.map(Optional.some) + [nil] {
        let device = Device(browser: browser, system: system)
        #expect(Device(code: device.code) == device)
      }
    }
  }

  @Test(arguments: ["", "-", "netscape-amiga", "chrome", "chrome-amiga-3"])
  func `what another version wrote harms nobody`(code: String) {
    let device = Device(code: code)
    #expect(device.system == nil)
  }
}
