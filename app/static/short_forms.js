// A short form, a question or a sheet opens where its link stands, and is saved there. Without this each link leads to the form's own page, and everything is saved the same.
import { initAll } from './vendor/govuk-frontend.min.js'
import { lookUp } from './picker.js'
import { keepLines } from './sheet.js'

const main = document.querySelector('#main-content')
// The case, an assessment and a result are read whole: never inside another page.
const isWhole = (path) => /^\/cases\/[0-9a-f]+(\/assessments\/[0-9a-f]+(\/result)?)?$/.test(path)
const isQuestion = (path) => /\/questions\/[^/]+\/[^/]+$/.test(path)
const LEVELS = { H1: 3, H2: 4, H3: 5 }
let open = null // the one form that is open: what holds it, its address, the link it was opened by, and what was done in it

// While something is fetched or sent the page says so to whoever cannot see it.
async function busy (work) {
  main.setAttribute('aria-busy', 'true')
  try {
    return await work()
  } finally {
    main.removeAttribute('aria-busy')
  }
}

async function fetched (address, message) {
  const answer = await fetch(address, message
    ? { method: 'POST', body: message, headers: { Accept: 'text/html' } }
    : { headers: { Accept: 'text/html' } })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return { url: answer.url, path: new URL(answer.url).pathname, main: page.querySelector('#main-content'), title: page.title }
}

// Beneath what holds the link: in its line, else after the calls, its card, list or paragraph.
function put (link, shown) {
  const line = link.closest('.cbc-facts > li')
  if (line) return line.append(shown)
  const calls = link.closest('.cbc-next') ? main.querySelector('.cbc-calls') : link.closest('.cbc-calls')
  const holder = calls ?? link.closest('.govuk-summary-card, .cbc-verdict') ?? link.closest('.govuk-summary-list, ul, p') ?? link
  holder.after(shown)
}

// Under the page's own heading a form's is the next; everywhere else it stands below a part of the page.
function isFirst (section) {
  const before = [...main.querySelectorAll('h1, h2')].filter((each) => each.compareDocumentPosition(section) & Node.DOCUMENT_POSITION_FOLLOWING)
  return before.at(-1)?.tagName === 'H1'
}

function lowered (children, by) {
  for (const child of children) {
    for (const heading of [child, ...child.querySelectorAll('h1, h2, h3')].filter((each) => each.tagName in LEVELS).reverse()) {
      const lower = document.createElement(`h${LEVELS[heading.tagName] - by}`)
      lower.className = heading.className.replace('govuk-heading-l', 'govuk-heading-m')
      lower.append(...heading.childNodes)
      if (heading === child) children[children.indexOf(child)] = lower
      else heading.replaceWith(lower)
    }
  }
  return children
}

function say (words) {
  open.sheet?.stay()
  let shown = open.section.querySelector(':scope > .cbc-not-saved')
  if (!shown) {
    shown = Object.assign(document.createElement('p'), { className: 'govuk-error-message cbc-not-saved' })
    shown.setAttribute('role', 'alert')
    open.section.prepend(shown)
  }
  shown.textContent = words
}

function show (page) {
  open.address = page.url
  open.typed = false
  const close = Object.assign(document.createElement('button'), { type: 'button', className: 'cbc-linkbutton cbc-in-place__close', textContent: 'Close' })
  close.addEventListener('click', () => busy(shut))
  open.section.replaceChildren(...lowered([...page.main.children], isFirst(open.section) ? 1 : 0), close)
  open.section.setAttribute('aria-label', page.title.split(' – ')[0])
  open.section.dataset.of = page.path
  initAll({ scope: open.section })
  lookUp(open.section)
  open.sheet = keepLines(open.section, page.url)
  const first = open.section.querySelector('.govuk-error-summary, h2, h3')
  first?.setAttribute('tabindex', '-1')
  first?.focus({ preventScroll: true })
  open.section.scrollIntoView({ block: 'nearest' })
}

async function openAt (link) {
  if (open?.typed) {
    say('Save or close this first.')
    return open.section.scrollIntoView({ block: 'nearest' })
  }
  try {
    const page = await fetched(link.href)
    if (!page.main || page.path !== new URL(link.href).pathname) return location.assign(link.href)
    open?.section.remove()
    const section = Object.assign(document.createElement('section'), { className: 'cbc-in-place' })
    open = { section, link: link.getAttribute('href'), changed: open?.changed ?? false, typed: false }
    put(link, section)
    show(page)
  } catch {
    location.assign(link.href)
  }
}

// What a closed section is called, whatever is in it by now.
const title = (summary) => (summary.querySelector('.cbc-fold__title') ?? summary).textContent.trim().split(':')[0]

// What was saved stands on the page behind it: the page is drawn afresh, what was open stays open, and the focus goes back to the link; after a call, to the verdict.
function drawn (fresh) {
  const { link, sheet } = open
  const unfolded = [...main.querySelectorAll('details[open] > summary')].map(title)
  const said = fresh.main.querySelector('.govuk-notification-banner__heading')?.textContent
  fresh.main.querySelector('.govuk-notification-banner')?.remove()
  open = null
  main.replaceChildren(...fresh.main.childNodes)
  for (const summary of main.querySelectorAll('details:not([open]) > summary')) {
    if (unfolded.includes(title(summary))) summary.parentElement.open = true
  }
  initAll({ scope: main })
  const told = Object.assign(document.createElement('p'), { className: 'cbc-saved', textContent: said ?? 'Saved.' })
  told.setAttribute('role', 'status')
  const links = sheet ? [] : [...main.querySelectorAll('a[data-in-place]')]
  const again = links.find((each) => each.getAttribute('href') === link && each.checkVisibility({ visibilityProperty: true }))
  const verdict = main.querySelector('#verdict')
  if (again) {
    put(again, told)
    again.focus({ preventScroll: true })
  } else if (verdict) { // a call is over, or its question stands no longer there: what it came to
    verdict.setAttribute('tabindex', '-1')
    verdict.after(told)
    verdict.focus({ preventScroll: true })
  } else return main.focus()
  told.scrollIntoView({ block: 'nearest' })
}

async function shut () {
  if (open.sheet && !await open.sheet.settle() && !open.warned) {
    open.warned = true
    return say('Not all of it is saved: no answer from the service. Close it again to leave that out.')
  }
  const { section, link, changed } = open
  if (changed) return fetched(location.href).then((page) => page.main ? drawn(page) : location.reload(), () => location.reload())
  section.remove()
  open = null
  main.querySelector(`a[data-in-place][href="${CSS.escape(link)}"]`)?.focus()
}

async function send (form, button) {
  const address = form.getAttribute('action') || open.address
  let page, here
  try {
    page = await fetched(address, new URLSearchParams(new FormData(form, button)))
    // A sheet of the family is a page of its own: they may see the screen.
    if (page.main?.querySelector('[data-own-page]')) return location.assign(page.url)
    // The form again, with what was wrong in it; a list with room for the next; or, where the session had ended, the sign-in that keeps what was typed.
    // An answered question leads on to the next; here the next stands on the page behind it.
    const isAnswered = isQuestion(open.section.dataset.of) && isQuestion(page.path) && page.path !== open.section.dataset.of
    if (!isAnswered && !isWhole(page.path) && page.main?.querySelector('form')) {
      open.changed ||= !page.main.querySelector('.govuk-error-summary')
      return show(page)
    }
    if (!isAnswered && !isWhole(page.path)) return say('Not saved. What you typed is still here. Save again, or open the form as a page of its own.')
    here = page.path === location.pathname ? page : await fetched(location.href)
  } catch {
    return say('Not saved: no answer from the service. What you typed is still here. Save again.')
  }
  const told = page.main.querySelector('.govuk-notification-banner')
  if (told && here !== page) here.main.prepend(told)
  drawn(here)
}

main.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]')
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return
  const inside = open?.section.contains(link)
  if (inside && open.sheet && !link.pathname.includes('/sheets/')) return // to a page of its own: the browser asks where a line is not saved
  if (!inside && !link.matches('[data-in-place]')) return
  if (inside && (!link.pathname.startsWith('/cases/') || link.origin !== location.origin || link.hash || (isWhole(link.pathname) && link.pathname.includes('/assessments/') && link.pathname !== location.pathname))) return
  event.preventDefault()
  if (!inside) return busy(() => openAt(link))
  if (isWhole(link.pathname)) return busy(shut)
  busy(async () => {
    await open.sheet?.settle()
    await fetched(link.href).then(show).catch(() => location.assign(link.href))
  })
})
main.addEventListener('input', () => {
  if (!open?.section.contains(document.activeElement)) return
  open.typed = true
  open.changed ||= Boolean(open.sheet) // its lines are saved as they are chosen
})
main.addEventListener('submit', (event) => {
  if (event.defaultPrevented || !open?.section.contains(event.target)) return
  event.preventDefault()
  busy(() => send(event.target, event.submitter))
})
window.addEventListener('beforeunload', (event) => { if (open?.typed && !open.sheet) event.preventDefault() })
