// What a phone keeps of a visit: each piece closed with AES-GCM under a key that is in memory only. Beside them stand the identifiers
// of the visit and the moment it was begun on this phone; no name, no address, nothing that was chosen.
const NAME = 'visits'
const words = new TextEncoder()

function asked (request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

let opened
function store () {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('visits', { keyPath: 'visit' })
      request.result.createObjectStore('pieces', { keyPath: ['visit', 'piece'] })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

async function within (tables, mode, work) {
  const deed = (await store()).transaction(tables, mode)
  const ended = new Promise((resolve, reject) => {
    deed.oncomplete = resolve
    deed.onabort = deed.onerror = () => reject(deed.error)
  })
  const found = await work(...tables.map((name) => deed.objectStore(name)))
  await ended
  return found
}

export const listed = () => within(['visits'], 'readonly', (visits) => asked(visits.getAll()))
export const noted = (visit, of, begun) => within(['visits'], 'readwrite', (visits) => asked(visits.put({ visit, of, begun })))
export const keyOf = (base64) => crypto.subtle.importKey('raw', Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), 'AES-GCM', false, ['encrypt', 'decrypt'])

// Which piece of which visit it is, is closed in with it: none can be put in the place of another.
const beside = (visit, piece) => words.encode(`${visit}/${piece}`)

export async function put (key, visit, piece, content) {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const plain = typeof content === 'string' ? words.encode(content) : content
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: beside(visit, piece) }, key, plain)
  await within(['pieces'], 'readwrite', (pieces) => asked(pieces.put({ visit, piece, iv, bytes })))
}

export async function take (key, visit, piece) {
  const found = await within(['pieces'], 'readonly', (pieces) => asked(pieces.get([visit, piece])))
  if (!found) return null
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: found.iv, additionalData: beside(visit, piece) }, key, found.bytes))
}

export async function takeText (key, visit, piece) {
  const found = await take(key, visit, piece)
  return found && new TextDecoder().decode(found)
}

export const drop = (visit, piece) => within(['pieces'], 'readwrite', (pieces) => asked(pieces.delete([visit, piece])))

// All of a visit; and where it was the last, the store itself, the page that was kept and its worker: the browser is as empty as before.
export async function erase (visit) {
  const left = await within(['visits', 'pieces'], 'readwrite', async (visits, pieces) => {
    await asked(visits.delete(visit))
    await asked(pieces.delete(IDBKeyRange.bound([visit], [visit, []])))
    return asked(visits.count())
  })
  if (left) return
  ;(await store()).close()
  opened = undefined
  await asked(indexedDB.deleteDatabase(NAME))
  for (const name of await caches.keys()) await caches.delete(name)
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister()
}
