// A table's rows: cells that are inputs, rows that can be added, moved and removed, and sums checked as one types.
// Changes leave as `fuse:rows` events: the viewer keeps them as a draft, which is what Save and Approve store.

const EDITORS = new WeakMap()
const CENT = 0.005
const CLEAR = 0.8 // how clearly a cell must have been read to be taken without a mark
const AMOUNT = /\d[\d.,]*|\.\d{1,2}(?![\d.,])/

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
    this.listeners = [
      ["fuse:restore", (event) => { if (event.detail.field === this.data.field) this.restore() }],
      ["fuse:marked", (event) => { if (event.detail.field === this.data.field) this.takeMarked(event.detail.text) }],
      ["fuse:row", (event) => { if (event.detail.field === this.data.field) this.goTo(event.detail.row) }],
      ["input", () => { if (this.data?.rule) this.check() }], // the opening balance stands in the form
    ]
    for (const [name, listener] of this.listeners) document.addEventListener(name, listener)
    root.addEventListener("keydown", (event) => this.pressed(event))
    root.addEventListener("paste", (event) => this.pasted(event))
    root.addEventListener("focusin", (event) => this.entered(event.target))
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener)
  }

  show(data) {
    const fresh = !this.data || this.data.token !== data.token
    this.data = data
    if (fresh) {
      this.fill(data.rows, false)
      this.markCells(data)
    }
    this.markWrong(data.wrong)
  }

  // The cell that must be mended: the viewer gives it the focus. It is no longer wrong once something is typed there.
  markWrong(wrong) {
    for (const input of this.root.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid")
    const row = wrong && [...this.body.rows].filter((each) => isFilled(this.valuesOf(each)))[wrong.row]
    row?.querySelector('[data-column="' + wrong.column + '"]').setAttribute("aria-invalid", "true")
  }

  // Cells that were not read clearly. Only those that still say what is stored.
  async markCells({ doc, field, token, stored }) {
    if (!stored.length) return
    const answer = await send(doc + "/tables/" + field + "/cells", "GET").catch(() => null) // a hint, not worth a message
    if (!answer?.ok) return
    const { rows } = await answer.json()
    if (this.data.token !== token) return
    for (const row of this.body.rows) {
      for (const input of row.querySelectorAll("input")) {
        const { column } = input.dataset
        const clarity = rows[row.place]?.[column]
        if (clarity === undefined || (stored[row.place]?.[column] ?? null) !== this.valueOf(input)) continue
        input.clarity = clarity
        input.classList.toggle("unclear", clarity < CLEAR)
        input.title = "Read with " + percent(clarity)
      }
    }
  }

  fill(rows, tell) {
    const table = element("table")
    const head = element("tr")
    head.append(element("th", "number", ""))
    for (const column of this.data.columns) head.append(element("th", column.money ? "money" : "", column.label))
    head.append(element("th", "", ""))
    const top = element("thead")
    top.append(head)
    this.body = element("tbody")
    this.history = new RowsHistory(this.body)
    table.append(top, this.body)
    rows.forEach((values, index) => {
      const row = this.makeRow(values)
      row.place = index // which of the places on the page it stands for, wherever it is moved
      this.body.append(row)
    })
    this.foot = element("div", "foot")
    this.said = element("span", "said")
    this.said.setAttribute("role", "status")
    this.foot.append(button("+ Add a row", "Add a row at the end (Alt+Insert: below this one)", () => this.add(null)), this.said)
    const scroller = element("div", "scroller")
    scroller.append(table)
    this.root.replaceChildren(scroller, this.foot)
    this.number()
    if (tell) this.changed()
    else this.check()
  }

  restore() {
    this.fill(this.data.stored, true)
    this.body.querySelector("input")?.focus()
  }

  makeRow(values) {
    const row = element("tr")
    row.append(element("td", "number"))
    for (const column of this.data.columns) {
      const cell = element("td")
      const input = element("input", column.money ? "money" : "")
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
    return column.money && typeof value === "number" ? shownMoney(value, 6) : String(value)
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
    input.classList.toggle("unclear", input.clarity < CLEAR && input.value === input.known.text)
    this.changed()
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
    this.check()
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

  undone(event) {
    if (event.key.toLowerCase() !== "z" || event.shiftKey || !this.history.back()) return
    event.preventDefault()
    this.changed()
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
    if (target.dataset.column) this.lastCell = target
    const row = target.closest("tr")?.place
    const cell = target.clarity === undefined ? "" : target.getAttribute("aria-label") + ": read with " + percent(target.clarity)
    document.dispatchEvent(new CustomEvent("fuse:row-entered", { detail: { field: this.data.field, row, cell } }))
  }

  goTo(place) {
    const row = [...this.body.rows].find((each) => each.place === place)
    row?.querySelector("input").focus()
  }

  takeMarked(text) {
    if (!this.lastCell?.isConnected) return
    typeInto(this.lastCell, text)
  }

  // ---- sums

  check() {
    for (const row of this.body.rows) { row.classList.remove("breaks"); row.title = "" }
    const { rule } = this.data
    const said = !rule ? "" : rule.kind === "balance" ? this.checkBalance(rule) : this.checkProduct(rule)
    this.said.textContent = said.text ?? ""
    this.said.className = "said " + (said.wrong ? "wrong" : "right")
  }

  cell(row, name) {
    return parsedMoney(row.querySelector('[data-column="' + name + '"]')?.value ?? "")
  }

  breaks(row, why) {
    row.classList.add("breaks")
    row.title = why
  }

  // Each balance is the one before plus what has been moved since.
  checkBalance({ amount, balance, opening, closing }) {
    const formValue = (field) => parsedMoney(document.querySelector("." + CSS.escape(this.data.prefix + field) + " input")?.value ?? "")
    let before = formValue(opening)
    let wrong = 0
    let checked = 0
    for (const row of this.body.rows) {
      const moved = this.cell(row, amount)
      const stated = this.cell(row, balance)
      if (moved !== null && before !== null) before += moved
      if (stated === null) continue
      if (before !== null) {
        checked += 1
        if (Math.abs(before - stated) > CENT) {
          wrong += 1
          this.breaks(row, "The balance should be " + shownMoney(before) + ": it is " + shownMoney(stated - before) + " off.")
        }
      }
      before = stated
    }
    const end = formValue(closing)
    if (wrong) return { wrong: true, text: wrong + (wrong === 1 ? " row breaks" : " rows break") + " the running balance (marked)." }
    if (before !== null && end !== null && this.body.rows.length && Math.abs(before - end) > CENT) {
      return { wrong: true, text: "The rows lead to " + shownMoney(before) + ", the closing balance is " + shownMoney(end) + ": " + shownMoney(before - end) + " off." }
    }
    if (end !== null && before !== null && this.body.rows.length) return { text: "The rows lead to the closing balance." }
    return checked ? { text: "The running balance is right in " + checked + " rows." } : {}
  }

  checkProduct({ quantity, price, amount, total }) {
    let wrong = 0
    let sum = 0
    for (const row of this.body.rows) {
      const [n, each, whole] = [quantity, price, amount].map((name) => this.cell(row, name))
      if (whole !== null) sum += whole
      if (n === null || each === null || whole === null || Math.abs(n * each - whole) <= Math.max(CENT, Math.abs(n) * CENT)) continue
      wrong += 1
      this.breaks(row, shownMoney(n) + " × " + shownMoney(each) + " is " + shownMoney(n * each) + ", not " + shownMoney(whole) + ".")
    }
    if (wrong) return { wrong: true, text: wrong + (wrong === 1 ? " row is" : " rows are") + " not quantity × price (marked)." }
    return this.body.rows.length ? { text: "The rows add up to " + shownMoney(sum) + "." } : {}
  }
}

function percent(share) {
  return Math.round(share * 100) + " %"
}

function isFilled(values) {
  return Object.values(values).some((value) => value !== null && value !== "")
}

// As `pipeline.money.parse_money` understands it when the rows are stored.
function parsedMoney(text) {
  const [found] = AMOUNT.exec(text.replace(/[\s'’]/g, "")) ?? []
  if (!found) return null
  const mark = Math.max(found.lastIndexOf("."), found.lastIndexOf(","))
  const isDecimal = mark >= 0 && (found.length - mark - 1 !== 3 || found.slice(0, mark) === "0")
  const whole = (isDecimal ? found.slice(0, mark) : found).replace(/[.,]/g, "")
  const value = Number.parseFloat(isDecimal ? whole + "." + found.slice(mark + 1) : whole)
  return /[-−–(]|DR/i.test(text) ? -value : value
}

function shownMoney(value, digits = 2) {
  return (value + 0).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: digits })
}
