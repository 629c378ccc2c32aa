// A line of the sheet is saved as it is chosen. Without this, and wherever a line could not be saved, the button at the end saves all of it.
const PAUSE = 800 // milliseconds: a second thought is no entry
const AGAIN = 5000

// Of the sheet in ``root``, which is a page or opened on the result; ``own`` is its address. Gives back what saves at once whatever still waits.
export function keepLines (root, own) {
  const script = root.querySelector('#sheet-lines')
  if (!script) return null
  const form = root.querySelector('.cbc-sheet form')
  const address = script.dataset.lines
  const status = form.querySelector('[data-saved]')
  const refused = new Set() // the lines that were not saved because of who speaks: sent again when that is put right
  const waits = new Map() // the lines that were chosen and are not saved yet, each with when it was chosen
  let sending = null
  let leaving = false

  const sourceOf = (data) => [...data].filter(([name]) => /^(csrf_token|key|alone|paper|grade|person|role|how|on-(day|month|year))$/.test(name))

  function message (line) {
    const names = new Set([...line.querySelectorAll('[name]')].map((box) => box.name))
    const data = new FormData(form)
    return new URLSearchParams([...sourceOf(data), ...[...data].filter(([name]) => names.has(name))])
  }

  function wrong (place, said) {
    let shown = place.querySelector(':scope > .cbc-not-saved')
    if (!said) return shown?.remove()
    if (!shown) {
      shown = document.createElement('p')
      shown.className = 'govuk-error-message cbc-not-saved'
      shown.setAttribute('role', 'alert')
      place.prepend(shown)
    }
    shown.textContent = said
  }

  function tell (line, problems) {
    for (const row of line.querySelectorAll('.cbc-ans')) {
      const said = Object.entries(problems).find(([name]) => name === row.dataset.row || name.startsWith(`${row.dataset.row}.`))
      wrong(row, said?.[1])
      if (said && row.querySelector('.cbc-slip')) row.querySelector('.cbc-slip').hidden = !/slip/.test(said[1])
    }
    const others = Object.entries(problems).filter(([name]) => !/^[A-Z]{2}[0-9]{2}-/.test(name)).map(([, said]) => said)
    wrong(form.querySelector('.cbc-source'), others.join(' '))
  }

  async function send (line) {
    waits.delete(line)
    status.textContent = 'Saving'
    try {
      const answer = await fetch(address, { method: 'POST', body: message(line), headers: { Accept: 'application/json' }, redirect: 'error' })
      const told = answer.headers.get('Content-Type')?.startsWith('application/json') ? await answer.json() : null
      if (!told) throw new Error('no answer that can be read')
      tell(line, told.problems ?? {})
      if (told.problems) refused.add(line)
      else refused.delete(line)
      status.textContent = told.saved ? `Saved ${told.saved}` : 'Not saved: see beside it. What you chose is still here.'
    } catch {
      waits.set(line, Date.now() + AGAIN)
      status.textContent = 'Not saved yet: no answer from the service. What you chose is still here, and it is tried again.'
    }
  }

  function sendNext (now) {
    const next = [...waits].find(([, at]) => at <= now)
    if (next) sending = send(next[0]).finally(() => { sending = null })
    return sending
  }

  // Everything that waits is sent once, without waiting longer; what finds no answer stays, and says so.
  async function settle () {
    await sending
    for (const line of [...waits.keys()]) await send(line)
    return waits.size === 0
  }

  function count () {
    const isLeft = (row) => ![...row.querySelectorAll('.cbc-pick input')].some((box) => box.checked) &&
      ![...row.querySelectorAll('input[type=text]')].some((box) => box.value.trim())
    const rows = [...form.querySelectorAll('.cbc-ans')]
    const left = rows.filter(isLeft)
    const needed = left.filter((row) => row.closest('[data-keys]'))
    form.querySelector('[data-gaps]').textContent = `${left.length} of ${rows.length} not asked; ${needed.length} needed before keys.`
  }

  form.addEventListener('change', (event) => {
    if (event.target.closest('.cbc-source')) {
      for (const line of refused) waits.set(line, Date.now())
      return refused.clear()
    }
    const line = event.target.closest('.cbc-ask')
    if (!line) return
    waits.set(line, Date.now() + PAUSE)
    count()
  })
  // The words that go with a number or a day open while it is typed, so that the next Tab leads into them.
  form.addEventListener('input', (event) => event.target.closest('.cbc-ans')?.classList.add('cbc-ans--told'))
  form.addEventListener('click', (event) => {
    const why = event.target.closest('[data-words]')?.parentElement.querySelector('.cbc-why')
    if (!why) return
    why.classList.add('cbc-why--open', 'cbc-why--words')
    why.querySelector('textarea').focus()
  })
  // A question is added where it stands: nothing typed so far is sent away and comes back. Without an answer the page is sent as it is.
  async function add (button) {
    const main = form.closest('main')
    main.setAttribute('aria-busy', 'true')
    try {
      const answer = await fetch(own, { method: 'POST', body: new URLSearchParams(new FormData(form, button)) })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const [line] = [...page.querySelectorAll('.cbc-ask')].filter((each) => !form.querySelector(`#${each.id}`))
      if (!line) throw new Error('nothing is added')
      const more = form.querySelector('.cbc-more')
      more.before(line)
      more.querySelector('option:checked').remove()
      more.querySelector('select').value = ''
      count()
      line.querySelector('input:not([type=hidden]), select')?.focus()
    } catch {
      leaving = true
      form.requestSubmit(button)
    } finally {
      main.removeAttribute('aria-busy')
    }
  }

  form.addEventListener('submit', (event) => {
    if (event.submitter?.value !== 'add' || leaving) {
      leaving = true
      return
    }
    event.preventDefault()
    add(event.submitter)
  })
  const online = () => { for (const line of waits.keys()) waits.set(line, 0) }
  const warns = (event) => { if (waits.size && !leaving) event.preventDefault() }
  window.addEventListener('pageshow', () => { leaving = false })
  window.addEventListener('online', online)
  window.addEventListener('beforeunload', warns)
  const timer = setInterval(() => {
    if (!form.isConnected) {
      clearInterval(timer)
      window.removeEventListener('online', online)
      return window.removeEventListener('beforeunload', warns)
    }
    if (!sending && !leaving) sendNext(Date.now())
  }, 200)
  return { settle, stay: () => { leaving = false } }
}

keepLines(document, location.href)
