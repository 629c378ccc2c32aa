// Keeps the page of a visit on the phone: that page, its scripts and its look, and nothing of anybody. It answers for that one address alone.
// The key of what is open is held in its memory, so that the page can be loaded again without a connection; nothing of it is ever stored.
const SHELL = 'visit-shell'
const PATIENCE = 4000 // milliseconds: after that the page of the phone is shown, and not waited for
const page = new URL('./', self.registration.scope).href
const keys = new Map()

async function fresh (request) {
  const stop = new AbortController()
  const wait = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const answer = await fetch(request, { signal: stop.signal })
    if (answer.ok) return answer
    throw new Error('no page')
  } catch {
    return (await caches.match(page, { ignoreVary: true })) ?? Response.error()
  } finally {
    clearTimeout(wait)
  }
}

async function keep (addresses) {
  const shell = await caches.open(SHELL)
  const wanted = new Set([page, ...addresses])
  for (const each of await shell.keys()) if (!wanted.has(each.url)) await shell.delete(each, { ignoreVary: true })
  for (const each of wanted) {
    const answer = await fetch(each, { cache: 'no-cache' })
    if (answer.ok && !answer.redirected) await shell.put(each, answer)
  }
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  if (request.mode === 'navigate') {
    if (request.url.split('#')[0] === page) event.respondWith(fresh(page))
    return
  }
  if (!new URL(request.url).pathname.includes('/static/')) return // what is of a case is never answered from here
  event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)))
})
self.addEventListener('message', (event) => {
  const { do: what, visit, key, addresses } = event.data
  if (what === 'keep') event.waitUntil(keep(addresses).catch(() => {}))
  if (what === 'hold') keys.set(visit, key)
  if (what === 'forget') keys.clear()
  if (what === 'give') event.ports[0].postMessage(keys.get(visit) ?? null)
})
