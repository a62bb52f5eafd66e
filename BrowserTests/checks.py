"""What must be true of any page. Each check answers with sentences; none means that all is well."""

import re
import time
from urllib.parse import urldefrag, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browsing import NARROWEST, PATIENCE
from customer import Customer

AXE = {
    "runOnly": {
        "type": "tag",
        # target-size runs only when wcag22aa is named.
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
# What the scheme of colours can change; everything else was looked at in light.
AXE_OF_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
    # No other rule of these looks into style sheets.
    "preload": False,
}

# What is not focused by then never will be.
FOCUS_SECONDS = 30

# WCAG 1.4.12.
TEXT_SPACING = """
* { line-height: 1.5 !important;
    letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""
# What a dictionary parts is not torn, but looks the same to whoever measures.
WITHOUT_HYPHENS = "* { hyphens: manual !important }"


def everything(customer: Customer) -> list[str]:
    """All checks of this file that fit any page; of error states too, if the page is in one."""
    page = customer.page
    found = structure(customer) + barriers(customer) + overflow(page) + cramped(page)
    if page.locator("#error-summary").count():
        found += faulty_error_state(customer)
    return found


def barriers(customer: Customer) -> list[str]:
    """axe, in light and in dark."""
    page = customer.page if customer.visit.javascript else _with_scripts(customer)
    page.evaluate(Axe().axe_script)
    found = []
    for scheme, options in (("light", AXE), ("dark", AXE_OF_COLOURS)):
        page.emulate_media(color_scheme=scheme)
        # Only what is wrong leaves the browser: the whole answer takes longer than the look.
        violations = page.evaluate(
            "options => axe.run(options).then(results => results.violations)", options
        )
        for violation in violations:
            for node in violation["nodes"]:
                reasons = (node.get("failureSummary") or "").splitlines()[1:]
                found.append(
                    f"{scheme}: {violation['id']}: {violation['help']}: {node['html'][:200]}: "
                    + "; ".join(reason.strip() for reason in reasons)
                )
    page.emulate_media(color_scheme="light")
    return found


def _with_scripts(customer: Customer) -> Page:
    """The same page where scripts run, but without its own: axe needs scripts itself."""
    visit, html = customer.visit, customer.page.content()
    html = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL | re.IGNORECASE)
    if not visit.workbench:
        context = visit.context.browser.new_context(
            viewport=customer.page.viewport_size, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        visit.workbench = context.new_page()
    page, url = visit.workbench, urldefrag(customer.page.url).url
    page.route(
        lambda wanted: wanted == url,
        lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
    )
    page.goto(url)
    page.unroute_all()
    return page


def structure(customer: Customer) -> list[str]:
    found = customer.page.evaluate(
        """language => {
          const found = []
          const all = selector => [...document.querySelectorAll(selector)]
          const shorten = element => element.outerHTML.slice(0, 120)
          const say = (sentence, elements) => {
            if (elements.length) found.push(sentence + ': ' + elements.map(shorten).join(' '))
          }
          if (document.documentElement.lang !== language)
            found.push('html has lang ' + document.documentElement.lang)
          if (all('h1').length !== 1) found.push(all('h1').length + ' h1')
          if (all('main').length !== 1) found.push(all('main').length + ' main')
          const h1 = document.querySelector('h1')
          // Soft hyphens only help the eye.
          if (h1 && !document.title.includes(h1.innerText.replaceAll('\u00AD', '').trim()))
            found.push('the title «' + document.title + '» lacks «' + h1.innerText + '»')
          const first = document.querySelector('a[href], button, input, select, textarea, summary')
          const target = first?.getAttribute('href') ?? ''
          if (!target.startsWith('#') || !document.querySelector(target)?.closest('main'))
            found.push('the first thing to reach is no skip link to main: ' + shorten(first))
          const ids = all('[id]').map(element => element.id)
          const twice = ids.filter((id, place) => ids.indexOf(id) !== place)
          if (twice.length) found.push('ids used twice: ' + twice.join(' '))
          say('the browser would check before the server', all('form:not([novalidate])').filter(
            form => form.querySelector('input:not([type=hidden]), select, textarea')))
          // Without an action the fragment of a summary link is sent along, and takes the focus
          // from the next summary.
          say('a form without an action', all('form:not([action])'))
          say('required', all('[required]'))
          say('autocomplete off', all('[autocomplete="off"]'))
          say('placeholder', all('[placeholder]'))
          say('maxlength cuts what is pasted', all('input[maxlength]'))
          say('inline style', all('[style], style'))
          say('inline script', all('script:not([src]):not([type="application/json"])'))
          say('positive tabindex', all('[tabindex]').filter(element => element.tabIndex > 0))
          say('a link to nowhere', all('a[href="#"], a[href=""]'))
          return found
        }""",
        customer.language,
    )
    other = "en" if customer.language == "hu" else "hu"
    named = f'header :is(a[hreflang="{other}"], button)[lang="{other}"]'
    if not customer.page.locator(named).count():
        found.append(f"no link to the other language that says lang={other}")
    return found


def overflow(page: Page) -> list[str]:
    """Reflow at 320 × 256 (WCAG 1.4.10), also with the spacing of WCAG 1.4.12."""
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)
    found = _overflow(page, "at 320 pixels") + torn(page, "at 320 pixels")
    _dress(page, TEXT_SPACING)
    found += _overflow(page, "at 320 pixels with wide text spacing")
    page.set_viewport_size(before)
    found += _overflow(page, "with wide text spacing")
    _dress(page, "")
    return found + torn(page, "at its width")


def _dress(page: Page, css: str) -> None:
    """With one more style sheet, in place of the one given before."""
    page.evaluate(
        """css => {
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(css)
          document.adoptedStyleSheets = [sheet]
        }""",
        css,
    )


def torn(page: Page, when: str) -> list[str]:
    """Words that go on in the next line without a hyphen. Addresses and long marks may."""
    _dress(page, WITHOUT_HYPHENS)
    found = page.evaluate(
        """when => {
          const found = []
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          while (texts.nextNode()) {
            const text = texts.currentNode
            if (!text.parentElement.checkVisibility()) continue
            for (const { 0: chunk, index } of text.data.matchAll(/\\S+/g)) {
              if (/[@\\d]|\\w\\.\\w|\\/\\w/.test(chunk)) continue
              for (const word of chunk.matchAll(/\\p{L}+/gu)) {
                const range = document.createRange()
                range.setStart(text, index + word.index)
                range.setEnd(text, index + word.index + word[0].length)
                const seen = [...range.getClientRects()].filter(box => box.width > 1)
                if (new Set(seen.map(box => Math.round(box.top))).size > 1)
                  found.push(when + ': torn: ' + word[0])
              }
            }
          }
          return found
        }""",
        when,
    )
    _dress(page, "")
    return found


def _overflow(page: Page, when: str) -> list[str]:
    return page.evaluate(
        """when => {
          const found = []
          const width = document.documentElement.clientWidth
          const describe = element => element.outerHTML.slice(0, 100)
          if (document.documentElement.scrollWidth > width) {
            const wide = [...document.body.querySelectorAll('*')]
              .filter(element => element.getBoundingClientRect().right > width + 1)
            found.push(when + ': scrolls sideways because of ' + wide.slice(-3).map(describe))
          }
          for (const element of document.body.querySelectorAll('*')) {
            const style = getComputedStyle(element)
            const hidden = element.clientWidth <= 1 || element.clientHeight <= 1
            const clips = /hidden|clip/.test(style.overflowX + style.overflowY)
            if (clips && !hidden && element.innerText?.trim() &&
                (element.scrollHeight > element.clientHeight + 1 ||
                 element.scrollWidth > element.clientWidth + 1))
              found.push(when + ': cut off: ' + describe(element))
          }
          return found
        }""",
        when,
    )


def cramped(page: Page) -> list[str]:
    """Buttons, fields and links that stand alone are 44 pixels high, and no phone zooms in."""
    return page.evaluate(
        """() => {
          const found = []
          const controls = document.querySelectorAll(
            'button, select, input:not([type=hidden], [type=radio], [type=checkbox])')
          const say = (what, element) => found.push(what + ': ' + element.outerHTML.slice(0, 120))
          for (const control of controls) {
            const box = control.getBoundingClientRect()
            if (!control.checkVisibility() || box.width <= 1) continue
            const size = parseFloat(getComputedStyle(control).fontSize)
            if (box.height < 43.5) say(Math.round(box.height) + ' pixels high', control)
            if (size < 16 && !control.matches('button')) say('text under 16 pixels', control)
          }
          // Alone in its block or on its line. Long texts keep their lists of links, staff their
          // tables.
          const words = node => (node.innerText ?? node.textContent).replace(/\\s+/g, ' ').trim()
          const standsAlone = link => {
            if (link.closest('.document') || location.pathname.startsWith('/munkatars'))
              return false
            const before = link.previousElementSibling
            if (before?.matches('br') && !link.previousSibling.textContent.trim()) return true
            let block = link.parentElement
            while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement
            return words(block) === words(link)
          }
          for (const link of document.querySelectorAll('a[href]')) {
            const box = link.getBoundingClientRect()
            if (!link.checkVisibility() || box.width <= 1 || !words(link)) continue
            if (box.height < 43.5 && standsAlone(link))
              say(Math.round(box.height) + ' pixels high', link)
          }
          for (const choice of document.querySelectorAll('[type=radio], [type=checkbox]')) {
            const boxes = [choice, ...choice.labels].map(each => each.getBoundingClientRect())
            const top = Math.min(...boxes.map(box => box.top))
            const bottom = Math.max(...boxes.map(box => box.bottom))
            if (choice.labels.length && bottom - top < 43.5)
              say(Math.round(bottom - top) + ' pixels high', choice)
          }
          return found
        }"""
    )


def faulty_error_state(customer: Customer) -> list[str]:
    """Title, focus, summary and fields of a page that says what to correct.

    Leaves the focus in the last field.
    """
    page, found = customer.page, []
    beginning = {"hu": "Hiba: ", "en": "Error: "}[customer.language]
    if not page.title().startswith(beginning):
        found.append(f"the title does not begin with «{beginning}»: {page.title()}")
    summaries = page.locator("#error-summary")
    if summaries.count() != 1:
        return [*found, f"{summaries.count()} error summaries"]
    if not summaries.is_visible():
        found.append("the error summary cannot be seen")
    if page.locator("main #error-summary").count() != 1:
        found.append("the error summary is not in main")
    in_registration = customer.path.startswith("/regisztracio/")
    if in_registration and not page.locator("[data-case-number]").count():
        found.append("no case number")
    links = page.locator("#error-summary a").all()
    if not links:
        found.append("the error summary has no links")
    for link in links:
        found += _leads_to_its_field(page, link)
    return found


def lost_focus(customer: Customer) -> list[str]:
    """Right after an error page has come: what is focused. Looked at before anything is clicked."""
    # It is set with the first picture that the browser paints, a moment after the page is there.
    focused = _focused(customer.page, "error-summary")
    return [] if focused == "error-summary" else [f"focus is at «{focused}», not at the summary"]


def _focused(page: Page, expected: str) -> str | None:
    """What is focused, once it is what is expected. A promise would not be kept without scripts."""
    end = time.monotonic() + FOCUS_SECONDS
    while (focused := page.evaluate("document.activeElement?.id")) != expected:
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return focused


def _leads_to_its_field(page: Page, link) -> list[str]:
    sentence, target = link.inner_text().strip(), link.get_attribute("href") or ""
    # A page without scripts focuses by its fragment, and the same fragment twice does nothing.
    link.click()
    if not urlsplit(target).fragment or page.locator(target).count() != 1:
        return [f"«{sentence}» leads to nothing: {target}"]
    found = []
    if _focused(page, target[1:]) != target[1:]:
        found.append(f"«{sentence}» does not focus {target}")
    field = page.evaluate(
        """id => {
          const field = document.getElementById(id)
          const group = field.closest('fieldset')
          const describe = element => (element?.getAttribute('aria-describedby') ?? '')
            .split(/\\s+/)
            .map(id => document.getElementById(id)?.textContent ?? '').join(' ')
          return {
            text: (describe(field) + ' ' + describe(group)).replace(/\\s+/g, ' '),
            invalid: field.getAttribute('aria-invalid') ?? group?.getAttribute('aria-invalid'),
            choice: field.matches('[type=radio], [type=checkbox]'),
            button: field.matches('button'),
          }
        }""",
        target[1:],
    )
    if field["button"]:
        return found
    if re.sub(r"\s+", " ", sentence) not in field["text"]:
        found.append(f"{target} is not described by «{sentence}» but by «{field['text'].strip()}»")
    if field["invalid"] != "true" and not field["choice"]:
        found.append(f"{target} does not say aria-invalid")
    return found


def dead_end(customer: Customer) -> list[str]:
    """A page that says where the person is and offers a next step (R2)."""
    page, found = customer.page, []
    if customer.status not in (200, 403, 404, 422, 429):
        found.append(f"status {customer.status}")
    if page.locator("h1").count() != 1 or page.locator("main").count() != 1:
        found.append("no normal page")
    elif customer.path != "/fiok" and not page.locator("main :is(a[href], button)").count():
        found.append("nothing to go on with")
    return [f"{customer.path}: {each}" for each in found]
