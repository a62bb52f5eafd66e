// Comfort only: without this script everything works.
(function () {
  'use strict'

  const all = (selector) => Array.from(document.querySelectorAll(selector))

  // A second click on a button whose answer is on its way is ignored. The button is not disabled,
  // and after a while it sends again: somebody may have stopped the page.

  const patience = 8000
  let sent = new WeakMap()

  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    const form = event.target
    const button = event.submitter
    const purpose = (button && (button.name || button.getAttribute('formaction'))) || ''
    const times = sent.get(form) || {}
    const now = Date.now()
    if (now - times[purpose] < patience) {
      event.preventDefault()
      return
    }
    times[purpose] = now
    sent.set(form, times)
    hidePasswords()
  })

  all('button[data-clears]').forEach((button) => {
    button.addEventListener('click', () => {
      const field = button.form && button.form.elements[button.getAttribute('data-clears')]
      if (field) field.value = ''
    })
  })

  // Show and hide a password.

  const hiders = []
  const hidePasswords = () => hiders.forEach((hide) => hide())

  all('input[type="password"][data-show]').forEach((input) => {
    const words = (name) => input.getAttribute('data-' + name) || ''
    const button = document.createElement('button')
    const label = document.createTextNode(words('show'))
    const subject = document.createElement('span')
    const status = document.createElement('span')

    button.type = 'button'
    button.className = 'toggle'
    if (input.id) button.setAttribute('aria-controls', input.id)
    subject.className = status.className = 'visually-hidden'
    subject.textContent = ': ' + words('subject')
    status.setAttribute('role', 'status')
    button.appendChild(label)
    button.appendChild(subject)

    const show = (isShown) => {
      input.type = isShown ? 'text' : 'password'
      label.data = words(isShown ? 'hide' : 'show')
    }
    button.addEventListener('click', () => {
      const isShown = input.type === 'password'
      show(isShown)
      status.textContent = words(isShown ? 'shown' : 'hidden')
    })
    hiders.push(() => {
      show(false)
      status.textContent = ''
    })

    input.parentNode.insertBefore(status, input.nextSibling)
    input.parentNode.insertBefore(button, status)
    input.parentNode.classList.add('has-toggle')
  })

  // Password rules tick themselves off; to the eye only, a screen reader is not interrupted.

  const rules = {
    length: (text, rule) => Array.from(text).length >= Number(rule.getAttribute('data-minimum')),
    lower: (text) => /[a-z]/.test(text),
    upper: (text) => /[A-Z]/.test(text),
    digit: (text) => /[0-9]/.test(text),
    plain: (text) => /^[A-Za-z0-9]+$/.test(text)
  }
  const tickers = []

  all('.rules[id]').forEach((list) => {
    const input = document.querySelector('input[aria-describedby~="' + list.id + '"]')
    if (!input) return
    const tick = () => {
      Array.from(list.querySelectorAll('[data-rule]')).forEach((rule) => {
        const isMet = rules[rule.getAttribute('data-rule')]
        rule.classList.toggle('met', Boolean(isMet && isMet(input.value, rule)))
      })
    }
    input.addEventListener('input', tick)
    tickers.push(tick)
  })

  // A page that the browser kept comes back fresh, and with what it has filled in.

  window.addEventListener('pageshow', () => {
    sent = new WeakMap()
    hidePasswords()
    tickers.forEach((tick) => tick())
  })

  // The code from the SMS, where the phone offers it (WebOTP). It fills in and does not send.

  const code = document.querySelector(
    'form[action="/regisztracio/telefonszam"] input[autocomplete="one-time-code"]')

  if (code && 'OTPCredential' in window && 'AbortController' in window) {
    const abort = new AbortController()
    code.form.addEventListener('submit', () => abort.abort())
    navigator.credentials
      .get({ otp: { transport: ['sms'] }, signal: abort.signal })
      .then((received) => {
        if (received && received.code) code.value = received.code
      })
      .catch(() => {})
  }

  // The error summary has the focus, and its links lead to the fields, label in view.

  const summary = document.getElementById('error-summary')

  if (summary) {
    window.addEventListener('load', () => {
      if (document.activeElement === document.body) summary.focus()
    })
    summary.addEventListener('click', (event) => {
      const link = event.target.closest('a[href^="#"]')
      const field = link && document.getElementById(link.getAttribute('href').slice(1))
      if (!field) return
      event.preventDefault()
      const panel = field.closest('.tab-panel')
      if (panel && !panel.offsetParent) {
        const tab = document.getElementById(
          panel.classList.contains('tab-panel-policy') ? 'kind-policy' : 'kind-customer')
        if (tab) tab.checked = true
      }
      const group = field.closest('.field, .tab-panel, fieldset, .tick') || field
      group.scrollIntoView()
      field.focus({ preventScroll: true })
    })
  }
})()
