'use strict'
// The page of `archdraw watch`: what the server says is shown, what is chosen stands in the address.

const at = id => document.getElementById(id)
const dark = matchMedia('(prefers-color-scheme: dark)')
let options = null
let stream = null
let asked = ''
let svg = null
let number = 0
let found = [] // the elements of blocks in the order of the picture
let byPath = new Map()
let lit = []
let inFile = ''

// The choices: of the command, unless the address says others.
function chosen () {
  const said = new URLSearchParams(location.hash.slice(1))
  return {
    model: options.single || said.get('model') || '',
    theme: said.get('theme') || options.theme || 'auto',
    view: said.has('view') ? said.get('view') : options.view,
    zoom: Number(said.get('zoom')) || 0,
    source: said.get('source') !== '0'
  }
}

function choose (changes) {
  const usual = { model: options.single, theme: options.theme || 'auto', view: options.view, zoom: 0, source: true }
  const now = { ...chosen(), ...changes }
  const said = new URLSearchParams()
  for (const [name, value] of Object.entries(now)) {
    if (value !== usual[name]) said.set(name, value === true ? '1' : value === false ? '0' : value)
  }
  history.replaceState(null, '', said.size ? `#${said}` : location.pathname)
  follow()
}

// Brings the page to what the address says, and listens to what belongs to it.
function follow () {
  const now = chosen()
  at('list').hidden = Boolean(now.model)
  at('bench').hidden = at('controls').hidden = !now.model
  at('all').hidden = !now.model || Boolean(options.single)
  at('bench').classList.toggle('alone', !now.source)
  at('source').hidden = !now.source
  at('show-source').setAttribute('aria-pressed', String(now.source))
  at('theme').value = now.theme
  if (now.view.startsWith('inset:') && !at('view').querySelector(`[value="${CSS.escape(now.view)}"]`)) {
    at('view').append(new Option(now.view.slice(6), now.view))
  }
  at('view').value = now.view
  zoomed(now.zoom)
  const theme = now.theme === 'auto' ? (dark.matches ? 'dark' : 'light') : now.theme
  const wanted = new URLSearchParams({ model: now.model, theme, view: now.view, keeps: '1' }).toString()
  if (wanted !== asked) listen(wanted, now.model)
}

function listen (wanted, model) {
  stream?.close()
  if (model !== new URLSearchParams(asked).get('model')) {
    at('picture').replaceChildren()
    svg = null
    Source.forget()
    Source.write('')
    Source.clear()
    at('problems').hidden = true
  }
  asked = wanted
  number = 0
  at('name').textContent = model || 'Models'
  document.title = `${model || 'Models'} · archdraw watch`
  at('state').textContent = model ? 'Drawing' : ''
  stream = new EventSource(`events?${wanted}`)
  const hear = (name, act) => stream.addEventListener(name, event => act(JSON.parse(event.data)))
  hear('models', listed)
  hear('picture', pictured)
  hear('places', data => { Source.places(data); light(Source.current ? Source.pathsAt(Source.current) : []) })
  hear('cursor', place => toLine(place.line, place.column, true))
  stream.onerror = () => {
    say('Not connected: is archdraw watch still running?', 'error')
    number = 0
  }
}

function say (text, state) {
  at('state').textContent = text
  at('state').className = state
}

const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`

function listed ({ models }) {
  const rows = models.map(one => {
    const row = document.createElement('li')
    const link = document.createElement('a')
    link.href = `#${new URLSearchParams({ model: one.name })}`
    link.textContent = one.title || one.name
    const file = document.createElement('span')
    file.textContent = one.name
    const state = document.createElement('span')
    state.className = one.errors ? 'error' : one.warnings ? 'warning' : 'fine'
    state.textContent = one.errors === undefined ? 'reading' : one.errors ? count(one.errors, 'error') : one.warnings ? count(one.warnings, 'warning') : 'fine'
    row.append(link, file, state)
    return row
  })
  at('models').replaceChildren(...rows)
  const wrong = models.filter(one => one.errors).length
  at('few').textContent = models.length ? `${count(models.length, 'model')}, ${wrong} with errors` : 'There is no spec in this folder yet.'
  if (!chosen().model) say('', '')
  else if (!models.some(one => one.name === chosen().model)) say('This model is no longer there.', 'error')
}

function pictured (data) {
  if (data.svg && data.number !== number) draw(data.svg)
  else if (data.replace && svg) replace(data.replace)
  number = data.number
  at('picture').classList.toggle('old', !data.current)
  inFile = data.file
  at('file').textContent = data.file
  Source.write(data.text)
  Source.mark(data.problems)
  const errors = data.problems.filter(one => one.severity === 'error').length
  const warnings = data.problems.length - errors
  at('problems').hidden = !data.problems.length
  at('problems').replaceChildren(...data.problems.map(problem))
  const old = svg ? '; this is the last picture without' : ''
  const title = svg?.querySelector('title')?.textContent
  say(data.current ? `Drawn in ${data.milliseconds} ms${warnings ? `, ${count(warnings, 'warning')}` : ''}` : `${count(errors, 'error')}${old}`, data.current ? '' : 'error')
  document.title = `${data.current ? '' : '✗ '}${title || data.file} · archdraw watch`
  requestAnimationFrame(() => setTimeout(() => {
    // After the frame that has it: what a benchmark reads.
    document.documentElement.dataset.drawn = data.milliseconds
    document.documentElement.dataset.cpu = data.cpu
    document.documentElement.dataset.seen = `${data.number} ${performance.timeOrigin + performance.now()}`
  }))
}

function problem (one) {
  const row = document.createElement(one.line ? 'button' : 'div')
  row.className = `problem ${one.severity}`
  row.textContent = one.text
  if (one.line) row.addEventListener('click', () => { toLine(one.line, one.column, true); open(one.line, one.column) })
  return row
}

// As HTML, whose parser takes a third of the time of that of XML and makes the same elements.
function parsed (text) {
  const made = document.createElement('template')
  made.innerHTML = text
  return document.adoptNode(made.content.firstElementChild)
}

function draw (text) {
  const pane = at('picture')
  const [left, top] = [pane.scrollLeft, pane.scrollTop]
  svg = parsed(text)
  pane.replaceChildren(svg)
  zoomed(chosen().zoom)
  if (left || top) pane.scrollTo(left, top)
  index()
}

// Replaces what differs in the picture: all indices are those of the picture that is there.
function replace (parts) {
  const made = parsed(`<svg>${parts.map(one => `<g>${one.markup}</g>`).join('')}</svg>`)
  const places = parts.map(one => {
    const around = one.path.reduce((element, index) => element.children[index], svg)
    return [around, [...around.children].slice(one.first, one.first + one.removed), around.children[one.first + one.removed] || null]
  })
  places.forEach(([around, removed, next], index) => {
    for (const one of removed) one.remove()
    for (const one of [...made.children[index].children]) around.insertBefore(one, next)
  })
  index()
}

// Finds the blocks of the picture, and lights those up that were lit.
function index () {
  found = [...svg.querySelectorAll('[data-path]')]
  byPath = new Map()
  for (const one of found) {
    const path = one.dataset.path
    byPath.set(path, [...(byPath.get(path) || []), one])
  }
  light(lit)
}

// 0 is the width of the pane, 1 the size of the picture.
function zoomed (zoom) {
  at('fit').textContent = zoom ? `${Math.round(zoom * 100)} %` : 'Fit'
  if (!svg) return
  const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number)
  if (zoom) {
    svg.setAttribute('width', width * zoom)
    svg.setAttribute('height', height * zoom)
  } else {
    svg.setAttribute('width', '100%')
    svg.removeAttribute('height')
  }
}

function larger (factor) {
  if (!svg) return
  const now = chosen().zoom || svg.getBoundingClientRect().width / Number(svg.getAttribute('viewBox').split(' ')[2])
  choose({ zoom: Math.round(Math.min(4, Math.max(0.1, now * factor)) * 100) / 100 })
}

// The elements of blocks: themselves, else the outermost of what is in them. Of layers that are alike only one is
// drawn: where any is, the others have none. Where none is, those that they are drawn in.
function elements (paths) {
  const drawn = paths.flatMap(path => byPath.get(path) || outermost(path))
  if (drawn.length) return drawn
  return paths.flatMap(path => {
    let around = path
    while (around && !byPath.has(around)) around = around.slice(0, Math.max(0, around.lastIndexOf('/')))
    return byPath.get(around) || []
  })
}

function outermost (path) {
  const inside = found.filter(one => one.dataset.path.startsWith(`${path}/`))
  const there = new Set(inside.map(one => one.dataset.path))
  return inside.filter(one => {
    const steps = one.dataset.path.split('/')
    return !steps.some((_, index) => index && there.has(steps.slice(0, index).join('/')))
  })
}

function light (paths) {
  lit = paths
  if (!svg) return
  for (const one of svg.querySelectorAll('.lit')) one.remove()
  for (const one of new Set(elements(paths))) {
    const box = one.getBBox()
    if (!box.width && !box.height) continue
    const frame = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    frame.setAttribute('class', 'lit')
    for (const [name, value] of Object.entries({ x: box.x - 5, y: box.y - 5, width: box.width + 10, height: box.height + 10, rx: 8 })) {
      frame.setAttribute(name, value)
    }
    svg.append(frame)
  }
}

function toLine (line, column, scrolls) {
  const paths = Source.pathsAt(line, column)
  Source.go(line)
  light(paths)
  if (scrolls) svg?.querySelector('.lit')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

function toBlock (element) {
  for (let one = element.closest('[data-path]'); one; one = one.parentElement?.closest('[data-path]')) {
    const path = one.dataset.path
    const place = Source.placeOf(path)
    if (!place) continue
    Source.go(place[0])
    light([path])
    say(`${path}: line ${place[0]}`, '')
    at('picture').dataset.chosen = path
    return place
  }
  return null
}

async function open (line, column = 0) {
  const answer = await fetch('open', { method: 'POST', body: JSON.stringify({ file: chosen().model, line, column }) })
  if (!answer.ok) say(await answer.text(), 'error')
}

function nextBlock (step) {
  const last = found.findIndex(one => one.dataset.path === at('picture').dataset.chosen)
  for (let index = last < 0 && step < 0 ? found.length - 1 : last + step; index >= 0 && index < found.length; index += step) {
    if (found[index].dataset.path !== at('picture').dataset.chosen && toBlock(found[index])) {
      found[index].scrollIntoView({ block: 'nearest', inline: 'nearest' })
      return
    }
  }
}

at('picture').addEventListener('click', event => {
  if (event.target.closest('a')) return
  const place = toBlock(event.target)
  if (place) open(...place)
})
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, #lines')) return
  const act = {
    '+': () => larger(1.25), '=': () => larger(1.25), '-': () => larger(0.8), 0: () => choose({ zoom: 0 }),
    n: () => nextBlock(1), p: () => nextBlock(-1)
  }[event.key]
  if (act && svg) act()
  else if (event.key === 'Enter' && event.target === at('picture') && Source.current) open(Source.current)
})
Source.onChoose(line => toLine(line, 0, true))
Source.onOpen(line => open(line))
at('theme').addEventListener('change', () => choose({ theme: at('theme').value }))
at('view').addEventListener('change', () => choose({ view: at('view').value }))
at('larger').addEventListener('click', () => larger(1.25))
at('smaller').addEventListener('click', () => larger(0.8))
at('fit').addEventListener('click', () => choose({ zoom: 0 }))
at('show-source').addEventListener('click', () => choose({ source: !chosen().source }))
dark.addEventListener('change', follow)
addEventListener('hashchange', follow)

fetch('options').then(answer => answer.json()).then(said => {
  options = said
  at('theme').append(new Option('as the browser', 'auto'), ...said.themes.map(name => new Option(name, name)))
  const group = (label, names) => {
    const made = document.createElement('optgroup')
    made.label = label
    made.append(...names.map(name => new Option(name, name)))
    return made
  }
  at('view').append(new Option('as the spec says', ''), group('Views', said.views), group('Pages', said.pages))
  follow()
})
