// A visit on a phone: what is seen is chosen, written and photographed without a connection, kept closed, and sent once.
import * as kept from './visit_store.js'

const main = document.querySelector('main')
const told = main.querySelector('[data-told]')
const place = main.querySelector('[data-open]')
const account = document.querySelector('[data-account]')
const HEX = /^#([0-9a-f]{32})\/([0-9a-f]{32})$/
const DAYS = 7
const LONGEST_SIDE = 1600
const MOST = 12 // photographs of a visit
const AGAIN = 8000 // milliseconds until what was not answered is tried again
const BEAT = 20000 // how often the worker is told that the visit is still open: it forgets the key half a minute after the last time
let open = null // the visit that is open: identifiers, key, form, photographs, and whether it is being sent

const made = (tag, more = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), more)
  element.append(...inside)
  return element
}
const line = (said) => made('p', { className: 'govuk-body', textContent: said })
const link = (href, said) => made('a', { className: 'govuk-link', href, textContent: said })
const button = (said, more, work) => {
  const made_ = made('button', { type: 'button', className: `govuk-button ${more}`, textContent: said })
  made_.addEventListener('click', work)
  return made_
}
const address = (of, visit, what) => `${main.dataset.cases}/${of}/visits/${visit}/${what}`

function say (...inside) {
  told.replaceChildren(made('div', { className: 'govuk-inset-text' }, ...inside.map((each) => typeof each === 'string' ? line(each) : each)))
}

// What the service says; null where there is no connection. Who is not signed in any more is led to the sign-in.
async function ask (where, how = {}) {
  let answer
  try {
    answer = await fetch(where, { redirect: 'manual', ...how })
  } catch {
    return null
  }
  if (answer.type === 'opaqueredirect' || answer.status === 401) return { status: 401 }
  const isRead = answer.headers.get('Content-Type')?.startsWith('application/json')
  return { status: answer.status, ...(isRead ? await answer.json() : {}) }
}

// ---- the worker: it keeps the page, and holds the key while the page is loaded again

async function worker () {
  if (!navigator.serviceWorker) return null
  await navigator.serviceWorker.register(main.dataset.worker)
  return (await navigator.serviceWorker.ready).active
}

async function keepThePage () {
  const parts = performance.getEntriesByType('resource').map((each) => each.name)
  const addresses = [...new Set([...parts, import.meta.url])].filter((each) => new URL(each).origin === location.origin && new URL(each).pathname.includes('/static/'))
  ;(await worker())?.postMessage({ do: 'keep', addresses })
}

async function heldByWorker (visit) {
  const there = (await navigator.serviceWorker?.getRegistration())?.active
  if (!there) return null
  const channel = new MessageChannel()
  const answer = new Promise((resolve) => {
    channel.port1.onmessage = (event) => resolve(event.data)
    setTimeout(() => resolve(null), 2000)
  })
  there.postMessage({ do: 'give', visit }, [channel.port2])
  return answer
}

const forget = async () => (await navigator.serviceWorker?.getRegistration())?.active?.postMessage({ do: 'forget' })

// ---- opening

async function begin () {
  const there = await kept.listed()
  const [, of, visit] = location.hash.match(HEX) ?? []
  const known = there.find((each) => each.visit === visit)
  if (visit && !known && navigator.onLine) return start(of, visit, null)
  if (known) return start(known.of, known.visit, known.begun)
  if (there.length === 1) return start(there[0].of, there[0].visit, there[0].begun)
  if (!there.length) return say('No visit is on this phone.', link(main.dataset.home, 'Go to your work'))
  say(`${there.length} visits on this phone are not sent.`, made('ul', { className: 'govuk-list govuk-list--bullet' }, ...there.map((each) =>
    made('li', {}, link(`#${each.of}/${each.visit}`, `Begun ${new Date(each.begun).toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' })}`)))))
}

async function start (of, visit, begun) {
  const answer = await ask(address(of, visit, 'key'))
  if (answer === null || answer.status >= 500) {
    const key = await heldByWorker(visit)
    if (key) return show(of, visit, key, '', '')
    return locked(begun)
  }
  if (answer.status === 401) {
    await forget()
    return say('Sign in again to open what is on this phone. It is closed until then, and nothing is lost.', link(main.dataset.signIn, 'Sign in'))
  }
  if (answer.status === 410) return ended(visit, answer)
  if (answer.status !== 200) {
    await forget()
    account.hidden = true
    return say(answer.problem ?? 'This visit cannot be opened: you may not see its case any more. What is on this phone stays closed, and is gone after seven days.', link(main.dataset.home, 'Go to your work'))
  }
  await show(of, visit, await kept.keyOf(answer.key), answer.csrf, answer.until)
}

function locked (begun) {
  const age = begun ? (Date.now() - begun) / 86400000 : 0
  const days = age > DAYS ? 'It was kept for seven days, and can be read no more. ' : ''
  say(`${days}There is no connection, and what is on this phone is closed. It opens when there is a connection and you are signed in; nothing of it is lost.`,
    button('Try again', 'govuk-button--secondary', () => location.reload()))
}

async function ended (visit, answer) {
  await forget()
  await kept.erase(visit)
  place.replaceChildren()
  open = null
  say(answer.problem, answer.result ? link(answer.result, 'See the result') : link(main.dataset.home, 'Go to your work'))
}

async function show (of, visit, key, csrf, until) {
  let sheet = await kept.takeText(key, visit, 'sheet')
  if (!sheet) {
    const answer = await ask(address(of, visit, 'sheet'))
    if (answer?.status !== 200) return say('The questions of this visit could not be fetched. Try again where there is a connection.')
    sheet = JSON.stringify({ html: answer.html, on: answer.on })
    await kept.noted(visit, of, Date.now())
    await kept.put(key, visit, 'sheet', sheet)
  }
  open = { of, visit, key, csrf, until, photographs: new Map(), sending: false, again: 0 }
  hold()
  drawn(JSON.parse(sheet))
  await filled()
  for (const box of document.querySelectorAll('[name=csrf_token]')) box.value = csrf
  account.hidden = !csrf
  keepThePage()
  if (await kept.take(key, visit, 'tried')) return send() // it may have arrived, or not
  status()
}

async function hold () {
  const there = await worker()
  if (open) there?.postMessage({ do: 'hold', visit: open.visit, key: open.key })
}

// ---- the sheet

function drawn ({ html, on }) {
  const form = made('form', { noValidate: true, className: 'cbc-sheet' })
  form.append(...new DOMParser().parseFromString(html, 'text/html').body.childNodes)
  for (const row of form.querySelectorAll('.cbc-ans')) row.append(camera(row))
  for (const slip of form.querySelectorAll('.cbc-slip')) slip.remove()
  const day = made('fieldset', { className: 'govuk-fieldset' }, made('legend', { className: 'govuk-fieldset__legend govuk-fieldset__legend--s', textContent: 'When did you see it?' }))
  const parts = made('div', { className: 'govuk-date-input', id: 'on' })
  for (const [at, part] of ['day', 'month', 'year'].entries()) {
    const id = `on-${part}`
    parts.append(made('div', { className: 'govuk-date-input__item' }, made('label', { className: 'govuk-label govuk-date-input__label', htmlFor: id, textContent: part[0].toUpperCase() + part.slice(1) }),
      made('input', { className: `govuk-input govuk-date-input__input govuk-input--width-${at === 2 ? 4 : 2}`, id, name: id, type: 'text', inputMode: 'numeric', autocomplete: 'off', value: String(on[at]) })))
  }
  day.append(parts)
  const ending = made('div', { className: 'cbc-visit__end' },
    made('button', { type: 'submit', className: 'govuk-button', textContent: 'Send the visit' }),
    button('Give the visit up', 'govuk-button--secondary', giveUp))
  form.prepend(made('p', { className: 'govuk-body', textContent: 'Choose only what you saw yourself; choose nothing where you did not look. Write no name and no address.' }), made('div', { className: 'govuk-form-group' }, day))
  form.append(ending)
  const bar = made('div', { className: 'cbc-gaps cbc-visit__bar' }, made('p', { className: 'govuk-body govuk-!-margin-bottom-0', role: 'status' }))
  place.replaceChildren(bar, form)
  open.form = form
  form.addEventListener('input', () => { clearTimeout(open.wait); open.wait = setTimeout(save, 250) })
  form.addEventListener('change', save)
  form.addEventListener('click', (event) => {
    if (!event.target.closest('[data-words]')) return
    const why = event.target.closest('.cbc-ans').querySelector('.cbc-why')
    why.classList.add('cbc-why--open', 'cbc-why--words')
    why.querySelector('textarea').focus()
  })
  form.addEventListener('submit', (event) => { event.preventDefault(); send() })
}

const boxes = () => [...new FormData(open.form)].filter(([name, value]) => typeof value === 'string' && value.trim() && !name.endsWith('.photo'))

async function save () {
  clearTimeout(open.wait)
  if (open.again && !open.form.inert) { // more is written: what goes out is pressed anew
    clearTimeout(open.again)
    open.again = 0
  }
  await kept.put(open.key, open.visit, 'answers', JSON.stringify(boxes()))
  status()
}

async function filled () {
  const found = JSON.parse(await kept.takeText(open.key, open.visit, 'answers') ?? '[]')
  for (const [name, value] of found) {
    for (const box of open.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (box.type === 'radio' || box.type === 'checkbox') box.checked ||= box.value === value
      else box.value = value
      if (box.tagName === 'TEXTAREA') box.closest('.cbc-why')?.classList.add('cbc-why--open')
      if (box.checked || box.tagName === 'TEXTAREA') box.closest('details')?.setAttribute('open', '')
    }
  }
  for (const { name, row } of JSON.parse(await kept.takeText(open.key, open.visit, 'photographs') ?? '[]')) {
    const bytes = await kept.take(open.key, open.visit, name)
    if (bytes) await pictured(name, row, bytes)
  }
}

function status (said) {
  const count = open.photographs.size
  const seen = new Set(boxes().map(([name]) => name).filter((name) => /^[A-Z]{2}\d\d-/.test(name) && !name.endsWith('.seen')).map((name) => name.split('.')[0])).size
  const what = `${seen} answered, ${count} photograph${count === 1 ? '' : 's'}: kept on this phone, not sent.`
  place.querySelector('[role=status]').textContent = said ?? (open.until ? `${what} Send before ${open.until}.` : `${what} No connection: that is all right.`)
}

// ---- photographs

function camera (row) {
  const id = `${row.dataset.row}.photo`
  const whom = row.querySelector('[aria-label]')?.getAttribute('aria-label').replace(/: why$/, '') ?? ''
  const input = made('input', { type: 'file', id, accept: 'image/jpeg,image/png,image/webp', className: 'govuk-visually-hidden cbc-visit__file' })
  input.setAttribute('capture', 'environment')
  input.addEventListener('change', () => taken(row, input))
  return made('div', { className: 'cbc-visit__camera' },
    input,
    made('label', { className: 'govuk-label', htmlFor: id }, 'Take a photograph', made('span', { className: 'govuk-visually-hidden', textContent: ` of what you saw: ${whom}` })),
    made('ul', { className: 'cbc-photographs' }))
}

async function taken (row, input) {
  const [file] = input.files
  if (!file) return
  wrong(row, '')
  try {
    if (open.photographs.size >= MOST) return wrong(row, `A visit takes up to ${MOST} photographs. Take some off.`)
    const bytes = await smaller(file)
    const name = `photograph-${crypto.randomUUID()}`
    await kept.put(open.key, open.visit, name, bytes)
    await pictured(name, row.dataset.row, bytes)
    await listPhotographs()
  } catch {
    wrong(row, 'This is not a photograph that can be read: take it again, or choose a picture in JPEG, PNG or WebP form.')
  } finally {
    input.value = ''
    status()
  }
}

const listPhotographs = () => kept.put(open.key, open.visit, 'photographs', JSON.stringify([...open.photographs].map(([name, { row }]) => ({ name, row }))))

// Drawn anew here already, so that where it was taken does not even reach the store of the phone.
async function smaller (file) {
  const seen = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LONGEST_SIDE / Math.max(seen.width, seen.height))
  const canvas = made('canvas', { width: Math.max(1, Math.round(seen.width * scale)), height: Math.max(1, Math.round(seen.height * scale)) })
  canvas.getContext('2d').drawImage(seen, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85))
  return new Uint8Array(await blob.arrayBuffer())
}

async function pictured (name, row, bytes) {
  const seen = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }))
  const canvas = made('canvas', { width: 160, height: Math.max(1, Math.round(160 * seen.height / seen.width)) })
  canvas.getContext('2d').drawImage(seen, 0, 0, canvas.width, canvas.height)
  canvas.setAttribute('role', 'img')
  const holder = open.form.querySelector(`[data-row="${CSS.escape(row)}"]`)
  const whom = holder.querySelector('.cbc-visit__camera .govuk-visually-hidden').textContent
  canvas.setAttribute('aria-label', `Photograph${whom}`)
  const off = button('Take it off', 'govuk-button--secondary govuk-!-margin-bottom-1', async () => {
    open.photographs.delete(name)
    await listPhotographs()
    await kept.drop(open.visit, name)
    item.remove()
    status()
  })
  off.append(made('span', { className: 'govuk-visually-hidden', textContent: `: photograph${whom}` }))
  const item = made('li', {}, canvas, off)
  holder.querySelector('.cbc-photographs').append(item)
  holder.closest('details')?.setAttribute('open', '')
  open.photographs.set(name, { row, bytes })
}

// ---- sending

function wrong (row, said) {
  let shown = row.querySelector(':scope > .cbc-not-saved')
  if (!said) return shown?.remove()
  if (!shown) {
    shown = made('p', { className: 'govuk-error-message cbc-not-saved' })
    shown.setAttribute('role', 'alert')
    row.prepend(shown)
  }
  shown.textContent = said
  row.closest('details')?.setAttribute('open', '')
}

// The rows of which something was chosen, whole; and how many were left.
function parcel () {
  const said = boxes()
  const rows = new Set([...said.map(([name]) => name), ...[...open.photographs.values()].map(({ row }) => row)]
    .filter((name) => /^[A-Z]{2}\d\d-/.test(name) && !name.endsWith('.seen')).map((name) => name.split('.')[0]))
  const sent = new FormData()
  for (const [name, value] of said) if (!/^[A-Z]{2}\d\d-/.test(name) || rows.has(name.split('.')[0])) sent.append(name, value)
  sent.append('how', 'face_to_face')
  sent.append('left', String(open.form.querySelectorAll('.cbc-ans').length - rows.size))
  for (const { row, bytes } of open.photographs.values()) sent.append(`${row}.photo`, new Blob([bytes], { type: 'image/jpeg' }), 'photograph.jpg')
  return sent
}

const shut = (is) => {
  open.form.inert = is
  open.form.classList.toggle('cbc-visit__shut', is)
}

async function send () {
  if (open.sending) return
  open.sending = true
  await save()
  for (const row of open.form.querySelectorAll('.cbc-ans')) wrong(row, '')
  const sent = parcel()
  shut(true) // what is sent again must be the same
  status('Sending')
  const fresh = await ask(address(open.of, open.visit, 'key')) // over the session that is now
  if (fresh?.status === 410 && fresh.over !== 'sent') return ended(open.visit, fresh)
  if (fresh === null || fresh.status >= 500) return later(await kept.take(open.key, open.visit, 'tried'))
  open.csrf = fresh.csrf ?? open.csrf
  open.until = fresh.until ?? open.until
  await kept.put(open.key, open.visit, 'tried', 'yes')
  const answer = await ask(address(open.of, open.visit, 'send'), { method: 'POST', body: sent, headers: { 'X-CSRFToken': open.csrf, Accept: 'application/json' } })
  if (answer === null || answer.status >= 500) return later(true)
  open.sending = false
  open.again = 0
  shut(false)
  await kept.drop(open.visit, 'tried')
  if (answer.status === 200) return ended(open.visit, { problem: `Sent ${answer.sent}, with ${answer.photographs} photograph${answer.photographs === 1 ? '' : 's'}. Nothing is left on this phone.${answer.late ? ` ${answer.late}` : ''}`, result: answer.result })
  if (answer.status === 401 || answer.status === 400) {
    status()
    return say('You are not signed in any more. What you wrote is kept on this phone. Sign in, and send it then.', link(main.dataset.signIn, 'Sign in'))
  }
  if (answer.status === 410) return ended(open.visit, answer)
  if (answer.status === 413) return refused({ key: 'The photographs together are too large to be sent at once. Take some off.' }, {})
  if (answer.problems) return refused(answer.problems, answer.seen)
  say(answer.problem ?? 'It was not taken. What you wrote is kept on this phone.', ...(answer.over === 'other' ? [button('Delete it from this phone', 'govuk-button--warning', () => ended(open.visit, { problem: 'Deleted from this phone.' }))] : []))
  status()
}

// No answer. Where it was on its way it may have arrived or not: it is sent again just as it is, and counted once; until then nothing is changed.
function later (isOnItsWay) {
  open.sending = false
  clearTimeout(open.again)
  open.again = setTimeout(send, AGAIN)
  shut(Boolean(isOnItsWay))
  status(isOnItsWay
    ? 'Not known yet whether it arrived: no answer. It is kept on this phone as it is, and sent again when there is a connection; it counts once.'
    : 'Not sent yet: no connection. It is kept on this phone, and sent when there is one. You can go on writing.')
}

async function refused (problems, seen) {
  for (const [name, value] of Object.entries(seen)) {
    const box = open.form.querySelector(`[name="${CSS.escape(name)}"]`)
    if (box) box.value = value
  }
  await save()
  const rest = []
  for (const [name, said] of Object.entries(problems)) {
    const row = open.form.querySelector(`[data-row="${CSS.escape(name.split('.')[0])}"]`)
    if (row) wrong(row, said)
    else rest.push(said)
  }
  say('Not sent: something has to be mended first. What you wrote is still here.', ...rest)
  status()
  const first = open.form.querySelector('.cbc-not-saved')
  if (first) first.scrollIntoView({ block: 'center' })
}

async function giveUp () {
  if (!confirm('Give this visit up? What you chose, wrote and photographed is deleted and cannot be sent.')) return
  const answer = await ask(address(open.of, open.visit, 'give-up'), { method: 'POST', headers: { 'X-CSRFToken': open.csrf } })
  if (answer?.status === 200 || answer?.status === 410) return ended(open.visit, { problem: 'The visit is given up, and nothing of it is left on this phone.' })
  status('Not given up: there is no connection, or you are not signed in. Try again then.')
}

document.querySelector('[data-sign-out]').addEventListener('submit', forget)
window.addEventListener('hashchange', () => location.reload())
window.addEventListener('online', () => {
  if (!open) location.reload()
  else if (open.again) send()
})
setInterval(() => { if (open) hold() }, BEAT)
begin()
