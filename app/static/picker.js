// The name of a service is looked up in the directory as it is typed. Without this it is a plain box, and the page to find one stands above.
const PAUSE = 250 // milliseconds: nobody reads a list that changes with each letter

export function lookUp (root) {
  const picker = root.querySelector('#picker')
  if (!picker) return
  const box = name => root.querySelector(`[name="${name}"]`)
  const name = box('name')
  const offered = root.querySelector('#offered')
  const status = root.querySelector('#looked')
  let found = new Map() // by what is offered, the entry
  let wait = 0
  let asked = 0

  function fill (entry) {
    name.value = entry.words
    box('postcode').value = entry.postcode
    box('directory_ref').value = entry.directory_ref
    const known = root.querySelector('[name="open_known"][value="yes"]')
    if (known) known.checked = entry.open_known === 'yes'
    for (const day of root.querySelectorAll('[name="open_days"]')) day.checked = (entry.open_days ?? []).map(String).includes(day.value)
    status.textContent = `Filled in from the directory: ${entry.words}, ${entry.postcode}. Ask whether it is the one they use now.`
  }

  async function look () {
    const mine = ++asked
    const message = new URLSearchParams({ csrf_token: box('csrf_token').value, kind: box('kind').value, words: name.value })
    try {
      const answer = await fetch(picker.dataset.look, { method: 'POST', body: message, headers: { Accept: 'application/json' }, redirect: 'error' })
      const told = (await answer.json()).found ?? []
      if (mine !== asked) return
      found = new Map(told.map(entry => [`${entry.words}, ${entry.beside}`, entry]))
      offered.replaceChildren(...[...found.keys()].map(words => Object.assign(document.createElement('option'), { value: words })))
      status.textContent = found.size ? `${found.size} found in the directory.` : ''
    } catch {
      status.textContent = '' // the box stays what it is without this
    }
  }

  name.setAttribute('list', 'offered')
  name.setAttribute('autocomplete', 'off')
  name.addEventListener('input', () => {
    clearTimeout(wait)
    const chosen = found.get(name.value)
    if (chosen) return fill(chosen)
    box('directory_ref').value = '' // typed over: it is not the entry that was chosen before
    if (name.value.trim().length >= 3 && box('kind').value) wait = setTimeout(look, PAUSE)
  })
}

lookUp(document)
