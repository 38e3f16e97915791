// A table's rows: cells that are inputs, rows that can be added, moved and removed, and sums checked as one types.
// Changes leave as `fuse:rows` events: the viewer keeps them as a draft, which is what Save and Approve store.

const EDITORS = new WeakMap()
const CLEAR = 0.8 // how clearly a cell must have been read to be taken without a mark
const WIDTHS = { money: "5.9rem", date: "5.4rem" } // twelve digits and marks; a day. Words take what is left.
const LEAST_OF_WORDS = "9rem"
const BESIDES = "5.6rem" // the row's number and its buttons

let lastSeen = null // the cell that a person was in last: the form is filled anew when they save

export default function (component) {
  const { data, parentElement } = component
  let editor = EDITORS.get(parentElement)
  if (!editor) {
    editor = new RowsEditor(parentElement.querySelector(".rows"))
    EDITORS.set(parentElement, editor)
  }
  editor.show(data)
  return () => {
    editor.close()
    EDITORS.delete(parentElement)
  }
}

class RowsEditor {
  constructor(root) {
    this.root = root
    this.sums = new RowsSums(this)
    this.listeners = [
      ["fuse:restore", (event) => { if (event.detail.field === this.data.field) this.restore() }],
      ["fuse:marked", (event) => { if (event.detail.field === this.data.field) this.takeMarked(event.detail.text) }],
      ["fuse:row", (event) => { if (event.detail.field === this.data.field) this.goTo(event.detail.row) }],
      ["input", () => { if (this.data?.rule) this.sums.check() }], // the opening balance stands in the form
    ]
    for (const [name, listener] of this.listeners) document.addEventListener(name, listener)
    root.addEventListener("keydown", (event) => this.pressed(event))
    root.addEventListener("paste", (event) => this.pasted(event))
    root.addEventListener("focusin", (event) => this.entered(event.target))
    root.addEventListener("pointerover", (event) => this.explain(event.target))
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener)
  }

  show(data) {
    const fresh = !this.data || this.data.token !== data.token
    this.data = data
    if (fresh) {
      this.fill(data)
      this.fetchCells(data)
    }
    this.markWrong(data.wrong)
    if (fresh && !data.wrong) this.resume(data)
    if (fresh && data.rule) this.sums.checkUntilFilled(data.token, FRAMES_UNTIL_FILLED)
  }

  // The viewer gives the focus to the cell that says whether it is wrong, or to the first. Where the person goes then is
  // theirs to say: see `entered`.
  resume({ doc, field }) {
    if (lastSeen?.doc !== doc || lastSeen.field !== field || !this.body.rows.length) return
    const row = this.body.rows[Math.min(lastSeen.row, this.body.rows.length - 1)]
    row.querySelector('[data-column="' + lastSeen.column + '"]')?.setAttribute("aria-invalid", "false")
  }

  remember(cell) {
    if (!cell?.isConnected) return
    const { doc, field } = this.data
    const before = [...this.body.rows].slice(0, cell.closest("tr").sectionRowIndex)
    const row = before.filter((each) => isFilled(this.valuesOf(each))).length // an empty row is not stored
    lastSeen = { doc, field, row, column: cell.dataset.column }
  }

  // The cell that must be mended: the viewer gives it the focus. It is no longer wrong once something is typed there.
  markWrong(wrong) {
    for (const input of this.root.querySelectorAll("[aria-invalid=true]")) input.removeAttribute("aria-invalid")
    const row = wrong && [...this.body.rows].filter((each) => isFilled(this.valuesOf(each)))[wrong.row]
    row?.querySelector('[data-column="' + wrong.column + '"]').setAttribute("aria-invalid", "true")
  }

  async fetchCells({ doc, field, token, stored }) {
    this.cells = []
    if (!stored.length) return
    const answer = await send(doc + "/tables/" + field + "/cells", "GET").catch(() => null) // a hint, not worth a message
    if (!answer?.ok) return
    const { rows, read } = await answer.json()
    if (this.data.token !== token) return
    this.cells = rows.map((clarity, i) => ({ clarity, read: read[i] }))
    this.markUnclear()
  }

  // How clearly a cell was read is told as long as it says what the machine read there, whoever stored what since.
  clarityOf(input) {
    const cells = this.cells[input.closest("tr")?.place]
    const { column } = input.dataset
    if (!cells || cells.clarity[column] === undefined) return null
    const [read, value] = [cells.read[column], this.valueOf(input)]
    const same = value === read || (typeof read === "number" && parsedMoney(String(value ?? "")) === read)
    return same ? cells.clarity[column] : null
  }

  markUnclear() {
    for (const input of this.body.querySelectorAll("input")) {
      const clarity = this.clarityOf(input)
      input.classList.toggle("unclear", clarity !== null && clarity < CLEAR)
    }
  }

  // Asked when the pointer comes: what is cut depends on the width at that time.
  explain(input) {
    if (!input.dataset?.column) return
    const clarity = this.clarityOf(input)
    const told = [input.scrollWidth > input.clientWidth && input.value, clarity !== null && "Read with " + percent(clarity)]
    const title = told.filter(Boolean).join(" · ")
    if (title) input.title = title
    else input.removeAttribute("title") // then the row's own is shown
  }

  fill({ rows, stored }) {
    const table = element("table")
    table.style.minWidth = "calc(" + [BESIDES, ...this.data.columns.map(({ kind }) => WIDTHS[kind] ?? LEAST_OF_WORDS)].join(" + ") + ")"
    this.body = element("tbody")
    this.history = new RowsHistory(this.body)
    table.append(this.makeHead(), this.body)
    this.body.append(...this.makeRows(rows, placesOf(rows, stored, this.data.columns)))
    this.foot = element("div", "foot")
    this.said = element("span", "said")
    this.said.setAttribute("role", "status")
    this.foot.append(button("+ Add a row", "Add a row at the end (Alt+Insert: below this one)", () => this.add(null)), this.said)
    const scroller = element("div", "scroller")
    scroller.append(table)
    this.root.replaceChildren(scroller, this.foot)
    this.number()
    this.sums.check()
  }

  makeHead() {
    const row = element("tr")
    row.append(element("th", "number", ""))
    for (const { kind, label } of this.data.columns) {
      const head = element("th", kind, label.replace(/\(.*\)/, (aside) => aside.replaceAll(" ", "\u00a0")))
      head.style.width = WIDTHS[kind] ?? ""
      row.append(head)
    }
    row.append(element("th", "tools", ""))
    const top = element("thead")
    top.append(row)
    return top
  }

  // `places`: which of the places on the page each stands for, wherever it is moved.
  makeRows(rows, places) {
    return rows.map((values, index) => Object.assign(this.makeRow(values), { place: places[index] }))
  }

  restore() {
    const { stored } = this.data
    this.history.step(this.lastCell, () => this.body.replaceChildren(...this.makeRows(stored, stored.map((_, i) => i))))
    this.changed()
    this.body.querySelector("input")?.focus()
  }

  makeRow(values) {
    const row = element("tr")
    row.append(element("td", "number"))
    for (const column of this.data.columns) {
      const cell = element("td")
      const input = element("input", column.kind)
      const value = values[column.name]
      input.value = this.shown(column, value)
      input.known = { text: input.value, value: value ?? null }
      input.dataset.column = column.name
      input.placeholder = column.placeholder
      input.autocomplete = "off"
      input.addEventListener("input", () => this.typed(input))
      cell.append(input)
      row.append(cell)
    }
    const tools = element("td", "tools")
    tools.append(
      button("↑", "Move the row up (Alt+↑)", () => this.move(row, -1)),
      button("↓", "Move the row down (Alt+↓)", () => this.move(row, 1)),
      button("✕", "Remove the row (Alt+Delete)", () => this.remove(row)),
    )
    for (const tool of tools.children) tool.tabIndex = -1
    row.append(tools)
    return row
  }

  shown(column, value) {
    if (value === null || value === undefined) return ""
    return column.kind === "money" && typeof value === "number" ? shownMoney(value, 6) : String(value)
  }

  rows() {
    return [...this.body.rows].map((row) => this.valuesOf(row)).filter(isFilled)
  }

  // A cell that was not touched keeps its value as it was, however it is shown.
  valuesOf(row) {
    return Object.fromEntries([...row.querySelectorAll("input")].map((input) => [input.dataset.column, this.valueOf(input)]))
  }

  valueOf(input) {
    return input.value === input.known.text ? input.known.value : input.value.trim() || null
  }

  typed(input) {
    input.removeAttribute("aria-invalid")
    this.history.typed(input)
    this.changed()
    this.explain(input)
  }

  number() {
    [...this.body.rows].forEach((row, index) => {
      row.cells[0].textContent = String(index + 1)
      for (const input of row.querySelectorAll("input")) {
        const column = this.data.columns.find((each) => each.name === input.dataset.column)
        input.setAttribute("aria-label", column.label + ", row " + (index + 1))
      }
    })
  }

  changed() {
    this.number()
    this.sums.check()
    this.markUnclear()
    this.remember(this.lastCell)
    const rows = this.rows()
    const plain = (row) => this.data.columns.map(({ name }) => row[name] ?? null)
    const same = JSON.stringify(rows.map(plain)) === JSON.stringify(this.data.stored.map(plain))
    document.dispatchEvent(new CustomEvent("fuse:rows", { detail: { field: this.data.field, rows, changed: !same } }))
  }

  add(below) {
    const row = this.makeRow({})
    this.history.step(this.lastCell, () => (below ? below.after(row) : this.body.append(row)))
    this.changed()
    row.querySelector("input").focus()
  }

  move(row, by) {
    const focused = this.root.getRootNode().activeElement
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling
    if (!other) return
    this.history.step(this.lastCell, () => (by < 0 ? other.before(row) : other.after(row)))
    focused?.focus()
    this.changed()
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling
    this.history.step(row.querySelector("input"), () => row.remove())
    this.changed()
    next?.querySelector("input").focus()
  }

  pressed(event) {
    const input = event.target
    const row = input.closest("tr")
    if (!row || !this.body.contains(row)) return
    if (event.ctrlKey || event.metaKey) return this.undone(event)
    const action = event.altKey
      ? { ArrowUp: () => this.move(row, -1), ArrowDown: () => this.move(row, 1), Insert: () => this.add(row), Delete: () => this.remove(row) }[event.key]
      : { Enter: () => this.below(input, row, event.shiftKey ? -1 : 1), ArrowDown: () => this.below(input, row, 1), ArrowUp: () => this.below(input, row, -1) }[event.key]
    if (!action) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }

  // The browser's own undo is kept out also where there is nothing to take back: it knows other steps than these.
  undone(event) {
    const key = event.key.toLowerCase()
    if (key !== "z" && key !== "y") return
    event.preventDefault()
    if (key === "z" && !event.shiftKey ? this.history.back() : this.history.forth()) this.changed()
  }

  below(input, row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling
    const cell = other?.querySelector('[data-column="' + input.dataset.column + '"]')
    if (cell) { cell.focus(); cell.select() }
  }

  // Cells copied from a spreadsheet fill from here to the right and down.
  pasted(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "")
    if (!/[\t\n]/.test(text) || !event.target.dataset?.column) return
    event.preventDefault()
    this.history.step(event.target, () => this.put(text, event.target))
    this.changed()
  }

  put(text, cell) {
    const first = this.data.columns.findIndex((column) => column.name === cell.dataset.column)
    let row = cell.closest("tr")
    for (const line of text.split(/\r?\n/)) {
      if (!row) { row = this.makeRow({}); this.body.append(row) }
      const inputs = [...row.querySelectorAll("input")]
      line.split("\t").forEach((each, i) => { if (inputs[first + i]) inputs[first + i].value = each.trim() })
      row = row.nextElementSibling
    }
  }

  entered(target) {
    if (target.dataset.column) this.cameTo(target)
    const row = target.closest("tr")?.place ?? null // null: it has no place on the page
    const clarity = target.dataset.column ? this.clarityOf(target) : null
    const cell = clarity === null ? "" : target.getAttribute("aria-label") + ": read with " + percent(clarity)
    document.dispatchEvent(new CustomEvent("fuse:row-entered", { detail: { field: this.data.field, row, cell } }))
  }

  cameTo(cell) {
    for (const other of this.root.querySelectorAll("[aria-invalid=false]")) if (other !== cell) other.removeAttribute("aria-invalid")
    this.lastCell = cell
    this.history.visit(cell)
    this.remember(cell)
  }

  goTo(place) {
    const row = [...this.body.rows].find((each) => each.place === place)
    row?.querySelector("input").focus()
  }

  takeMarked(text) {
    if (!this.lastCell?.isConnected) return
    this.history.visit(this.lastCell) // a step of its own, not one with what was typed before
    typeInto(this.lastCell, text)
  }
}

// A draft's rows are those that are stored, wherever they are now; one that was changed is in its place if none was added
// or removed.
function placesOf(rows, stored, columns) {
  const text = (row) => JSON.stringify(columns.map(({ name }) => row[name] ?? null))
  const free = stored.map(text)
  const take = (place) => {
    if (place < 0) return null
    free[place] = null
    return place
  }
  const places = rows.map(text).map((each, i) => take(free[i] === each ? i : free.indexOf(each)))
  return places.map((place, i) => place ?? (rows.length === stored.length && free[i] !== null ? take(i) : null))
}

function percent(share) {
  return Math.round(share * 100) + " %"
}

function isFilled(values) {
  return Object.values(values).some((value) => value !== null && value !== "")
}
