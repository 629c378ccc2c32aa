// The drawn map becomes one with tiles, where the council has configured them. Everything on it is in the table above it.
const holder = document.querySelector('.cbc-tiles')
const closed = holder?.closest('details:not([open])')

function draw () {
  const spots = JSON.parse(holder.dataset.spots)
  const reach = (spot) => Math.max(spot.radius_m, 20)
  holder.hidden = false // it needs its size before anything is placed on it
  const map = window.L.map(holder, { scrollWheelZoom: false })
  const bounds = spots.map((spot) => window.L.latLng(spot.latitude, spot.longitude).toBounds(2 * reach(spot)))
  map.fitBounds(bounds.reduce((all, one) => all.extend(one), window.L.latLngBounds(bounds[0])).pad(0.2))
  window.L.tileLayer(holder.dataset.tiles, { attribution: holder.dataset.attribution, maxZoom: 19 }).addTo(map)
  spots.forEach((spot, at) => {
    window.L.circle([spot.latitude, spot.longitude], {
      radius: reach(spot), color: at === 0 ? '#942514' : '#1f4e5f', weight: 2, fillOpacity: 0.15
    }).bindTooltip(document.createTextNode(`${spot.mark} ${spot.label}`)).addTo(map)
  })
  document.querySelector('.cbc-map')?.setAttribute('hidden', '')
}

if (holder && window.L) {
  if (closed) closed.addEventListener('toggle', draw, { once: true }) // what is closed has no size, and asks no tiles
  else draw()
}
