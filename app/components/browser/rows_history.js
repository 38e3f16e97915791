// What was done to a table's rows, so that it can be taken back, and done again: rows added, moved, removed, pasted
// over, and what was typed, a step for each visit to a cell. The browser's own undo forgets what rows that were drawn
// anew held, and would take the steps back out of their order.

const MOST_STEPS = 100

class RowsHistory {
  constructor(body) {
    this.body = body
    this.past = []
    this.future = []
  }

  // Does something to the rows; `cell` gets the focus when it is taken back.
  step(cell, act) {
    const rows = [...this.body.rows]
    const before = new Map([...this.body.querySelectorAll("input")].map((input) => [input, input.value]))
    act()
    const texts = new Map([...before].filter(([input, text]) => input.value !== text))
    this.keep({ cell, rows, texts })
    if (this.visited) this.visit(this.visited.cell)
  }

  visit(cell) {
    this.visited = { cell, text: cell.value, kept: false }
  }

  typed(cell) {
    if (this.visited?.cell !== cell || this.visited.kept) return
    this.visited.kept = true
    this.keep({ cell, rows: null, texts: new Map([[cell, this.visited.text]]) })
  }

  keep(step) {
    this.past = [...this.past, step].slice(-MOST_STEPS)
    this.future = []
    this.tell()
  }

  // Ctrl+Z takes back the last decision where nothing else can be taken back: that something can must be seen outside.
  tell() {
    this.body.toggleAttribute("data-undo", this.past.length > 0)
  }

  // Whether something was taken back, or done again.
  back() {
    return this.go(this.past, this.future)
  }

  forth() {
    return this.go(this.future, this.past)
  }

  go(from, to) {
    while (from.length) {
      const step = from.pop()
      if (!this.says(step)) continue // typed and deleted again: a key that does nothing would puzzle
      to.push(this.apply(step))
      this.tell()
      return true
    }
    this.tell()
    return false
  }

  says({ rows, texts }) {
    const moved = rows && (rows.length !== this.body.rows.length || rows.some((row, i) => this.body.rows[i] !== row))
    return moved || [...texts].some(([input, text]) => input.value !== text)
  }

  // Gives the step that leads back.
  apply({ cell, rows, texts }) {
    const inverse = { cell, rows: rows && [...this.body.rows], texts: new Map([...texts.keys()].map((each) => [each, each.value])) }
    const place = inverse.rows?.indexOf(cell?.closest("tr"))
    if (rows) this.body.replaceChildren(...rows)
    for (const [input, text] of texts) input.value = text
    const next = cell?.isConnected ? cell : this.body.rows[Math.min(Math.max(place, 0), rows.length - 1)]?.querySelector("input")
    if (next) { next.focus(); this.visit(next) }
    return inverse
  }
}
