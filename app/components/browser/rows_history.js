// What was done to a table's rows (added, moved, removed, pasted over), so that it can be taken back. What is typed
// into a cell the browser takes back by itself.

const MOST_STEPS = 100

class RowsHistory {
  constructor(body) {
    this.body = body
    this.steps = []
  }

  // Does something to the rows; `cell` gets the focus when it is taken back.
  step(cell, act) {
    const rows = [...this.body.rows]
    const texts = this.texts()
    act()
    this.steps = [...this.steps, { cell, rows, texts, after: this.texts() }].slice(-MOST_STEPS)
  }

  // Whether something was taken back; not while what was typed since then is still there.
  back() {
    const last = this.steps.at(-1)
    const now = this.texts()
    if (!last || now.size !== last.after.size || [...now].some(([input, text]) => last.after.get(input) !== text)) return false
    this.steps.pop()
    this.body.replaceChildren(...last.rows)
    for (const [input, text] of last.texts) input.value = text
    last.cell?.focus()
    return true
  }

  texts() {
    return new Map([...this.body.querySelectorAll("input")].map((input) => [input, input.value]))
  }
}
