internal import Pages
internal import Prometheus

/// What the figures that are counted as they happen mean to an operator, a sentence each.
enum MetricHelp {
  static let accounts = "belepo_accounts"
  static let disabledSMSSteps = "belepo_sms_steps_disabled"
  static let registeredCustomers = "belepo_register_customers"
  static let alarms = "belepo_alarms_total"
  static let refusedRequests = "belepo_refused_requests_total"

  static func describe(in registry: PrometheusRegistry) {
    for (name, sentence) in sentences { registry.describe(name, sentence) }
  }

  private static let sentences = [
    (
      RequestMeters.duration,
      "Time until a request was answered, by the pattern of its path, its method and its status."
    ),
    (
      RequestMeters.steps,
      "Answers to what customers sent at a step of a journey, by what came of it."
    ),
    (RequestMeters.formErrors, "Fields that had to be corrected, by the form's path."),
    (refusedRequests, "What never became a request, by the status of the answer."),
    (alarms, "What an operator was told at once in the log, by its event."),
    (accounts, "Accounts by their state; counted every five minutes."),
    (
      disabledSMSSteps,
      "Customers whose SMS step is disabled after wrong codes; counted every five minutes."
    ),
    (registeredCustomers, "Customers in the register; counted every five minutes."),
    ("belepo_message_results_total", "Messages that ended, by channel and result."),
    ("belepo_gateway_answers_total", "Answers of a gateway or the mail relay, by kind."),
    ("belepo_gateway_seconds", "Time that a gateway or the mail relay took for a message."),
    (
      "belepo_gateway_open",
      "Whether a gateway or the mail relay keeps failing and is given a rest."
    ),
  ]
}
