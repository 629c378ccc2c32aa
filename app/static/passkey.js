// Passkeys: a form that shows itself where the browser can do it, asks the device, and sends its answer as any form is sent.
// Without this, or where the device says no, there are the password and the codes.

async function ask (form) {
  const answer = await fetch(form.dataset.passkey, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
  if (!answer.ok || answer.redirected) throw new Error('not asked')
  const options = await answer.json()
  return form.dataset.making
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

function begin (form) {
  const said = form.querySelector('[data-said]')
  const button = form.querySelector('button')
  form.hidden = false
  form.addEventListener('submit', async event => {
    if (form.elements.credential.value) return
    event.preventDefault()
    said.textContent = ''
    button.disabled = true
    try {
      form.elements.credential.value = JSON.stringify((await ask(form)).toJSON())
      form.submit()
    } catch {
      said.textContent = form.dataset.making
        ? 'No passkey was made. Try again, or leave it: nothing was changed.'
        : 'No passkey was used. Try again, or use your password.'
      button.disabled = false
      button.focus()
    }
  })
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll('form[data-passkey]')) begin(form)
}
