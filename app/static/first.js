// The first screen: people are offered by their names, and an age stands beside each date, so that a slip is seen at once.
// Without this the lines are offered by their numbers, and everything is saved the same.
import { initAll } from './vendor/govuk-frontend.min.js'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function dayOf (typed) {
  const parts = typed.trim().split(/[\s/.,-]+/)
  if (parts.length !== 3) return null
  if (/^[0-9]{4}$/.test(parts[0])) parts.reverse()
  const day = parseInt(parts[0], 10)
  const month = /^[0-9]{1,2}$/.test(parts[1]) ? Number(parts[1]) : MONTHS.indexOf(parts[1].slice(0, 3).toLowerCase()) + 1
  if (!/^([0-9]{2}|[0-9]{4})$/.test(parts[2]) || !day || !month) return null
  const now = new Date().getFullYear()
  let year = Number(parts[2])
  if (year < 100) year += year + 2000 <= now + 10 ? 2000 : 1900
  const found = new Date(year, month - 1, day)
  return found.getMonth() === month - 1 ? found : null
}

function ageOf (born) {
  const now = new Date()
  const days = Math.floor((now - born) / 86400000)
  if (days < 0) return ''
  let months = (now.getFullYear() - born.getFullYear()) * 12 + now.getMonth() - born.getMonth()
  if (now.getDate() < born.getDate()) months -= 1
  if (months >= 24) return `${Math.floor(months / 12)} years`
  if (days >= 7 * 16) return `${months} months`
  const weeks = Math.floor(days / 7)
  return weeks >= 1 ? `${weeks} week${weeks === 1 ? '' : 's'}` : `${days} day${days === 1 ? '' : 's'}`
}

function show (at) {
  const box = name => document.getElementById(`p${at}.${name}`)
  const name = box('name').value.trim() || `Person ${at}`
  const kind = box('tie').selectedOptions[0].dataset.kind
  for (const option of document.querySelectorAll(`option[value="p${at}"]`)) {
    option.textContent = name
    option.hidden = option.disabled = !option.selected && (kind === 'unborn' || !(kind || box('name').value.trim()))
  }
  for (const words of document.querySelectorAll(`[data-person="${at}"]`)) {
    words.textContent = name
    const label = words.closest('label')
    label.hidden = kind !== 'adult' && !label.querySelector('input').checked
  }
  const born = dayOf(box('born').value)
  document.getElementById(`age-${at}`).textContent = born && box('tie').value !== 'unborn' ? ageOf(born) : ''
}

function showAbout () {
  // With one adult there is nobody to choose between.
  for (const group of document.querySelectorAll('.cbc-pick:has([data-person])')) {
    const left = [...group.querySelectorAll('label')].filter(label => !label.hidden)
    group.hidden = left.length < 2 && !group.querySelector('input:checked')
  }
}

function begin () {
  for (let at = 1; document.getElementById(`p${at}.name`); at += 1) {
    show(at)
    document.getElementById(`line-${at}`).addEventListener('input', () => { show(at); showAbout() })
  }
  showAbout()
}
begin()

// More lines come where they stand, and everything that is typed stays. Without an answer the page is sent as it is.
const main = document.querySelector('main')
let plainly = false
main.addEventListener('submit', async (event) => {
  const button = event.submitter
  if (button?.name !== 'more' || plainly) return
  event.preventDefault()
  main.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(button.formAction, { method: 'POST', body: new URLSearchParams(new FormData(event.target, button)) })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('main')
    const first = [...fresh.querySelectorAll('.cbc-person')].find((line) => !document.getElementById(line.id))
    if (!first) throw new Error('no line is added')
    main.replaceChildren(...fresh.childNodes)
    initAll({ scope: main })
    begin()
    first.querySelector('input').focus()
  } catch {
    plainly = true
    event.target.requestSubmit(button)
  } finally {
    main.removeAttribute('aria-busy')
  }
})
