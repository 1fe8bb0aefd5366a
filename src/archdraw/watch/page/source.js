'use strict'
// The text of the spec beside its picture: lines, marks of problems, and the way from blocks to lines and back.

const Source = (() => {
  const pane = document.getElementById('lines')
  let spans = {}
  let written = []
  let current = 0
  let chosen = () => {}
  let opened = () => {}

  const option = line => pane.children[line - 1]

  // Writes only the lines that have changed: the place that is read stays where it is.
  function write (text) {
    const lines = text.split(/\r\n|[\n\r\x85\u2028\u2029]/)
    if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop()
    while (pane.children.length > lines.length) pane.lastChild.remove()
    lines.forEach((line, index) => {
      let row = pane.children[index]
      if (!row) {
        row = document.createElement('div')
        row.role = 'option'
        row.id = `line-${index + 1}`
        row.ariaSelected = 'false'
        row.append(document.createElement('span'), document.createElement('code'))
        row.firstChild.textContent = index + 1
        pane.append(row)
      }
      if (row.lastChild.textContent !== line) row.lastChild.textContent = line
    })
    if (current > lines.length) current = 0
  }

  function mark (problems) {
    for (const row of pane.querySelectorAll('.error, .warning')) row.classList.remove('error', 'warning')
    for (const one of problems) option(one.line)?.classList.add(one.severity)
  }

  // Makes `line` the current one and brings it into view.
  function go (line, smooth) {
    option(current)?.setAttribute('aria-selected', 'false')
    current = line
    const row = option(line)
    if (!row) return
    row.setAttribute('aria-selected', 'true')
    pane.setAttribute('aria-activedescendant', row.id)
    const top = row.offsetTop - pane.offsetTop
    if (top < pane.scrollTop + 20 || top + row.offsetHeight > pane.scrollTop + pane.clientHeight - 20) {
      pane.scrollTop = top - pane.clientHeight / 3
    }
  }

  function clear () {
    option(current)?.setAttribute('aria-selected', 'false')
    pane.removeAttribute('aria-activedescendant')
    current = 0
  }

  // The place [line, column] of a block: that of the innermost block around it that has one.
  function placeOf (path) {
    for (let name = path; name; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
      if (spans[name]) return spans[name]
    }
    return null
  }

  // What the innermost expression around a line made; as archdraw.spec.places.Places.paths.
  function pathsAt (line, column) {
    const around = written.filter(one => one[0] <= line && line <= one[2] && one[3].length)
    const here = around.filter(one => one[0] === line)
    const before = here.filter(one => one[1] <= column)
    const from = before.length ? before : here.length ? here : around
    if (!from.length) return []
    if (here.length && !before.length) return here.flatMap(one => one[3])
    return from.reduce((best, one) => one[0] > best[0] || (one[0] === best[0] && one[1] >= best[1]) ? one : best)[3]
  }

  pane.addEventListener('click', event => {
    const row = event.target.closest('[role=option]')
    if (row) chosen([...pane.children].indexOf(row) + 1)
  })
  pane.addEventListener('dblclick', () => opened(current))
  pane.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -1e6, End: 1e6 }[event.key]
    if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
      chosen(Math.min(pane.children.length, Math.max(1, current + step)))
      event.preventDefault()
    } else if (event.key === 'Enter' && current) opened(current)
  })

  return {
    write, mark, go, clear, placeOf, pathsAt,
    places (data) { spans = data.spans; written = data.written },
    forget () { spans = {}; written = [] },
    onChoose (act) { chosen = act },
    onOpen (act) { opened = act },
    get current () { return current }
  }
})()
