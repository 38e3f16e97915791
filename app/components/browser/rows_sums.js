// What the rows of a table add up to, reckoned as one types: the running balance, quantity x price, the sum of all.

const CENT = 0.005
const FRAMES_UNTIL_FILLED = 30 // Streamlit sets the form's values after its fields are there
const AMOUNT = /\d[\d.,]*|\.\d{1,2}(?![\d.,])/

class RowsSums {
  constructor(editor) {
    this.editor = editor
  }

  checkUntilFilled(token, frames) {
    if (this.editor.data.token !== token || !this.editor.root.isConnected || !frames) return
    this.check()
    requestAnimationFrame(() => this.checkUntilFilled(token, frames - 1))
  }

  check() {
    for (const row of this.editor.body.rows) { row.classList.remove("breaks"); row.title = "" }
    const { rule } = this.editor.data
    const said = !rule ? "" : rule.kind === "balance" ? this.checkBalance(rule) : this.checkProduct(rule)
    this.editor.said.textContent = said.text ?? ""
    this.editor.said.className = "said " + (said.wrong ? "wrong" : "right")
  }

  cell(row, name) {
    return parsedMoney(row.querySelector('[data-column="' + name + '"]')?.value ?? "")
  }

  breaks(row, why) {
    row.classList.add("breaks")
    row.title = why
  }

  // What stands in the form now; of a field that it does not have, what is stored.
  formValue(field) {
    const input = document.querySelector("." + CSS.escape(this.editor.data.prefix + field) + " input")
    return input ? parsedMoney(input.value) : this.editor.data.amounts[field] ?? null
  }

  // Each balance is the one before plus what has been moved since.
  checkBalance({ amount, balance, opening, closing }) {
    let before = this.formValue(opening)
    let wrong = 0
    let checked = 0
    for (const row of this.editor.body.rows) {
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
    const end = this.formValue(closing)
    if (wrong) return { wrong: true, text: wrong + (wrong === 1 ? " row breaks" : " rows break") + " the running balance (marked)." }
    if (before !== null && end !== null && this.editor.body.rows.length && Math.abs(before - end) > CENT) {
      return { wrong: true, text: "The rows lead to " + shownMoney(before) + ", the closing balance is " + shownMoney(end) + ": " + shownMoney(before - end) + " off." }
    }
    if (end !== null && before !== null && this.editor.body.rows.length) return { text: "The rows lead to the closing balance." }
    return checked ? { text: "The running balance is right in " + checked + " rows." } : {}
  }

  checkProduct({ quantity, price, amount }) {
    let wrong = 0
    let sum = 0
    for (const row of this.editor.body.rows) {
      const [n, each, whole] = [quantity, price, amount].map((name) => this.cell(row, name))
      if (whole !== null) sum += whole
      if (n === null || each === null || whole === null || Math.abs(n * each - whole) <= Math.max(CENT, Math.abs(n) * CENT)) continue
      wrong += 1
      this.breaks(row, shownMoney(n) + " × " + shownMoney(each) + " is " + shownMoney(n * each) + ", not " + shownMoney(whole) + ".")
    }
    if (wrong) return { wrong: true, text: wrong + (wrong === 1 ? " row is" : " rows are") + " not quantity × price (marked)." }
    return this.editor.body.rows.length ? this.checkSum(sum) : {}
  }

  // Rows whose prices have the tax in them add up to the total.
  checkSum(sum) {
    const [subtotal, total, tax] = ["subtotal", "total", "tax"].map((field) => this.formValue(field))
    const net = subtotal ?? (total !== null && tax !== null ? total - tax : null)
    const text = "The rows add up to " + shownMoney(sum)
    if (net === null || [net, total].some((each) => each !== null && Math.abs(each - sum) <= CENT)) return { text: text + "." }
    const off = shownMoney(Math.abs(net - sum)) + (net > sum ? " more" : " less")
    return { wrong: true, text: text + "; the " + (subtotal === null ? "total without tax" : "subtotal") + " is " + shownMoney(net) + " (" + off + ")." }
  }
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
