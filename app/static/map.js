// The drawn map becomes one with tiles, where the council has configured them. Everything on it is in the table above it.
const holder = document.querySelector('.cbc-tiles')
if (holder && window.L) {
  const spots = JSON.parse(holder.dataset.spots)
  const map = window.L.map(holder, { scrollWheelZoom: false, attributionControl: true })
  window.L.tileLayer(holder.dataset.tiles, { attribution: holder.dataset.attribution, maxZoom: 19 }).addTo(map)
  const circles = spots.map((spot, at) => window.L.circle([spot.latitude, spot.longitude], {
    radius: Math.max(spot.radius_m, 20), color: at === 0 ? '#942514' : '#1f4e5f', weight: 2, fillOpacity: 0.15
  }).bindTooltip(`${spot.mark} ${spot.label}`).addTo(map))
  map.fitBounds(window.L.featureGroup(circles).getBounds().pad(0.2))
  holder.hidden = false
  document.querySelector('.cbc-map')?.setAttribute('hidden', '')
}
