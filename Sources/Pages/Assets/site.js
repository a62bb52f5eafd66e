// Comfort only: without this script everything works.
(function () {
  'use strict'

  const all = (selector) => Array.from(document.querySelectorAll(selector))

  // A page that answered a form is asked for by its address when somebody comes back to it: without
  // this, browsers ask whether to send the form again, or say that they have lost the page.
  history.replaceState(history.state, '', location.href)

  // A second click on a button whose answer is on its way is ignored. The button is not disabled,
  // and after a while it sends again: somebody may have stopped the page.

  const patience = 8000
  let sent = new WeakMap()

  document.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    const form = event.target
    const button = event.submitter
    if (button && button.getAttribute('aria-disabled') === 'true') {
      event.preventDefault()
      return
    }
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

  // Show and hide a password: an eye in its field, which nobody but the reader opens.

  const hiders = []
  const hidePasswords = () => hiders.forEach((hide) => hide())
  const draw = (parent, name, attributes) => {
    const part = document.createElementNS('http://www.w3.org/2000/svg', name)
    Object.keys(attributes).forEach((key) => part.setAttribute(key, attributes[key]))
    return parent.appendChild(part)
  }

  all('input[type="password"][data-show]').forEach((input) => {
    const words = (name) => input.getAttribute('data-' + name) || ''
    const button = document.createElement('button')
    const label = document.createElement('span')
    const status = document.createElement('span')

    button.type = 'button'
    button.className = 'toggle'
    button.title = label.textContent = words('show')
    if (input.id) button.setAttribute('aria-controls', input.id)
    label.className = status.className = 'visually-hidden'
    status.setAttribute('role', 'status')
    const eye = draw(button, 'svg', {
      class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false'
    })
    draw(eye, 'path', { d: 'M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6z' })
    draw(eye, 'circle', { cx: 12, cy: 12, r: 3 })
    draw(eye, 'path', { class: 'slash', d: 'M4.5 19.5l15-15' })
    button.appendChild(label)

    const show = (isShown) => {
      input.type = isShown ? 'text' : 'password'
      button.setAttribute('aria-pressed', String(isShown))
    }
    show(false)
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

  // Password rules tick themselves off. Whoever reads the list again hears which are met; nobody is
  // interrupted.

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
        const met = Boolean(isMet && isMet(input.value, rule))
        rule.classList.toggle('met', met)
        let told = rule.querySelector('.visually-hidden')
        if (!told) {
          told = document.createElement('span')
          told.className = 'visually-hidden'
          rule.appendChild(told)
        }
        told.textContent = met ? ' – ' + list.getAttribute('data-met') : ''
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
    'form[action="/regisztracio/telefonszam"] input[autocomplete="one-time-code"], ' +
    'form[action="/fiok/biztonsagi-kod"] input[autocomplete="one-time-code"]')

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

  // How long to wait for another message: counted down without a word, told once at the end. Until
  // then the button waits, too; it stays in reach, since a mistake may lead to it.

  all('[data-countdown]').forEach((line) => {
    const end = Date.now() + Number(line.getAttribute('data-countdown')) * 1000
    const words = line.getAttribute('data-words') || ''
    const news = document.getElementById('resend-news')
    const button = document.getElementById('resend')
    const box = button && button.closest('details')
    if (button) {
      button.setAttribute('aria-disabled', 'true')
      if (line.id) button.setAttribute('aria-describedby', line.id)
    }
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000)
      if (left > 0) {
        line.textContent = words.replace(/\d+/, String(left))
        return
      }
      clearInterval(timer)
      line.remove()
      if (news) news.textContent = line.getAttribute('data-then') || ''
      if (button) {
        button.removeAttribute('aria-disabled')
        button.removeAttribute('aria-describedby')
      }
      if (box) box.open = true
    }
    const timer = setInterval(tick, 1000)
    tick()
  })

  // Whether the SMS has arrived: looked up a few times, while the page is in view. One that is late
  // may come as long as its code is valid.

  const arrival = document.getElementById('arrival')
  const fresh = (path) =>
    fetch(path, { credentials: 'same-origin' })
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((html) => new DOMParser().parseFromString(html, 'text/html'))

  if (arrival && arrival.hasAttribute('data-waits') && window.fetch && window.DOMParser) {
    let looks = 0
    let most = arrival.textContent ? 32 : 12
    const look = () => {
      looks += 1
      if (looks > most) return
      const next = () => setTimeout(look, looks < 12 ? 5000 : 30000)
      if (document.hidden) {
        next()
        return
      }
      // A form that was answered with a mistake has another address than the page.
      fresh(arrival.getAttribute('data-waits'))
        .then((page) => {
          const news = page.getElementById('arrival')
          if (!news) return
          // What is said already is not said again.
          if (arrival.textContent !== news.textContent) {
            arrival.className = news.className
            arrival.textContent = news.textContent
          }
          if (!news.hasAttribute('data-waits')) return
          if (news.textContent) most = 32
          next()
        })
        .catch(next)
    }
    setTimeout(look, 5000)
  }

  // Before the time is over a dialog offers more (WCAG 2.2.1). Other tabs may have moved the end:
  // the server is asked first, which moves nothing.

  const deadline = document.getElementById('deadline')
  const dialog = deadline && deadline.querySelector('dialog')

  if (dialog && dialog.showModal && window.fetch && window.DOMParser) {
    const warning = 120
    const told = deadline.querySelector('[role="status"]')
    const form = dialog.querySelector('form')
    let timer

    const arm = (seconds) => {
      clearTimeout(timer)
      const end = Date.now() + seconds * 1000
      const wait = () => {
        const left = (end - Date.now()) / 1000
        if (left > warning) {
          timer = setTimeout(wait, Math.min((left - warning) * 1000, 30000))
        } else if (left > 0) {
          warn(end)
        } else {
          finish()
        }
      }
      wait()
    }
    const secondsIn = (page) => {
      const there = page.getElementById('deadline')
      return there ? Number(there.getAttribute('data-seconds')) : 0
    }
    // All that names the end, or what can be done about it.
    const tell = (page) => {
      ['deadline-told', 'time-text', 'time-button'].forEach((id) => {
        const words = page.getElementById(id)
        const own = document.getElementById(id)
        if (words && own) own.textContent = words.textContent
      })
      const there = page.getElementById('deadline')
      if (there && !there.hasAttribute('data-extends')) {
        deadline.removeAttribute('data-extends')
        const more = deadline.querySelector('[name="moreTime"], a[href="/idokorlat"]')
        if (more) more.remove()
      }
    }
    const warn = (end) => {
      fresh('/idokorlat')
        .then((page) => {
          const left = secondsIn(page)
          if (left > warning + 1) {
            tell(page)
            arm(left)
          } else if (left > 0) {
            if (!dialog.open) dialog.showModal()
            timer = setTimeout(finish, left * 1000)
          } else {
            finish()
          }
        })
        .catch(() => {
          timer = setTimeout(finish, Math.max(0, end - Date.now()))
        })
    }
    const finish = () => {
      if (dialog.open) dialog.close()
      told.textContent = told.getAttribute('data-over') || ''
    }

    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (!deadline.hasAttribute('data-extends')) {
        dialog.close()
        return
      }
      const body = new URLSearchParams(new FormData(form))
      fetch(form.getAttribute('action'), { method: 'POST', credentials: 'same-origin', body })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error('refused'))))
        .then((html) => {
          const page = new DOMParser().parseFromString(html, 'text/html')
          const left = secondsIn(page)
          dialog.close()
          if (left <= 0) {
            finish()
            return
          }
          tell(page)
          told.textContent = told.getAttribute('data-extended') || ''
          arm(left)
        })
        .catch(() => HTMLFormElement.prototype.submit.call(form))
    })
    arm(Number(deadline.getAttribute('data-seconds')))
  }

  // The code from the letter's link: it is behind the # and never leaves the browser. It is filled
  // in, and sent by the customer alone.

  const codeField = document.getElementById('code')
  const storageKey = 'belepo-code'
  const bring = () => {
    const brought = /^#([0-9A-Za-z]{5})$/.exec(location.hash)
    const isThere = location.pathname === '/megerosites' && codeField
    try {
      if (brought) {
        history.replaceState(null, '', location.pathname + location.search)
        if (isThere) codeField.value = brought[1]
        else sessionStorage.setItem(storageKey, brought[1])
      } else if (isThere) {
        const kept = sessionStorage.getItem(storageKey)
        if (kept) codeField.value = kept
        sessionStorage.removeItem(storageKey)
      }
    } catch (error) {
      // A browser that keeps nothing: the code is typed.
    }
  }
  bring()
  // The link may be opened where the page is already.
  window.addEventListener('hashchange', bring)

  // The menu closes like any other.

  all('.account-menu').forEach((menu) => {
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !menu.open) return
      menu.open = false
      menu.querySelector('summary').focus()
    })
    document.addEventListener('click', (event) => {
      if (!menu.contains(event.target)) menu.open = false
    })
  })

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
      const closed = field.closest('details')
      if (closed) closed.open = true
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
