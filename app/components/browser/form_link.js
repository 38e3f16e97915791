// The link between the pages and Streamlit's form beside them: focus both ways, what is typed, the keys.

const FOCUS_WITHIN_MS = 4000
const TRIES = 3
const TICKED = "Yes"
const NOT_TICKED = "No"
const FRAMES_UNTIL_SETTLED = 20 // Streamlit sets a field's value after the field is there

class FormLink {
  constructor(viewer) {
    this.viewer = viewer
    this.prefix = "st-key-none"
    this.awaiting = 0
    this.listeners = [
      ["focusin", (event) => this.focused(event), false],
      ["input", (event) => this.typed(event), false],
      ["focusout", (event) => this.chosen(event), false],
      ["pointerdown", () => { this.awaiting += 1 }, true],
      ["fuse:rows", (event) => this.viewer.rowsChanged(event.detail), false],
      ["fuse:row-entered", (event) => this.rowEntered(event.detail), false],
    ]
    for (const [name, listener, capture] of this.listeners) document.addEventListener(name, listener, capture)
  }

  close() {
    for (const [name, listener, capture] of this.listeners) document.removeEventListener(name, listener, capture)
    this.awaiting += 1
  }

  open(prefix) {
    this.prefix = prefix
  }

  holders() {
    return [...document.querySelectorAll('[class*="' + this.prefix + '"]')]
  }

  fields() {
    return [...new Set(this.holders().map((holder) => this.fieldOf(holder)))].filter(Boolean)
  }

  fieldOf(target) {
    const holder = target instanceof Element && target.closest('[class*="' + this.prefix + '"]')
    const name = holder && [...holder.classList].find((each) => each.startsWith(this.prefix))
    return name ? name.slice(this.prefix.length) : null
  }

  // Whether an input belongs to a form that is being replaced.
  isOver(input) {
    return input.closest('[class*="st-key-field-"]') !== null && this.fieldOf(input) === null
  }

  holderOf(field) {
    return document.querySelector("." + CSS.escape(this.prefix + field))
  }

  inputOf(field) {
    const holder = this.holderOf(field)
    if (!holder) return null
    const plain = holder.querySelector("input, textarea")
    if (plain) return plain
    const inner = [...holder.querySelectorAll("*")].find((each) => each.shadowRoot)
    return inner?.shadowRoot.querySelector("[aria-invalid]") ?? inner?.shadowRoot.querySelector("input, button") ?? null
  }

  // The reason to reject and the comment have a button of their own beside them.
  buttonBeside(input) {
    if (input.getRootNode() !== document || this.fieldOf(input) !== null || this.isOver(input)) return null
    return input.closest('[class*="st-key-beside-"]')?.querySelector("button") ?? null
  }

  goToInput(what) {
    const input = () => document.querySelector(".st-key-beside-" + what + " input")
    document.activeElement?.blur() // what is typed meanwhile must not go into a value
    input()?.closest("details:not([open])")?.querySelector("summary").click()
    let left = FRAMES_UNTIL_SETTLED // what is folded takes a moment to open
    const look = () => {
      input()?.focus()
      if (document.activeElement !== input() && (left -= 1)) requestAnimationFrame(look)
    }
    look()
  }

  // Tab goes from field to field; what the buttons between them say stands in the card of the field.
  passOverHelp() {
    for (const each of document.querySelectorAll(".st-key-values [data-testid='stTooltipIcon'] button")) each.tabIndex = -1
  }

  isChoice(input) {
    return input.getAttribute("role") === "combobox"
  }

  focused(event) {
    const field = this.fieldOf(event.target)
    if (!field) return
    if (!this.entering) this.awaiting += 1 // the person chose a field: theirs it is
    if (!event.target.shadowRoot) this.viewer.fieldFocused(field) // a table tells of its rows itself
  }

  rowEntered({ field, row, cell }) {
    if (!this.entering) this.awaiting += 1
    this.viewer.fieldFocused(field, row, cell)
  }

  typed(event) {
    const field = this.fieldOf(event.target)
    if (field && event.target.tagName === "INPUT" && !this.isChoice(event.target)) {
      this.viewer.valueTyped(field, this.textOf(event.target))
    }
  }

  textOf(input) {
    if (input.type !== "checkbox") return input.value
    return input.checked ? TICKED : NOT_TICKED
  }

  // What was chosen from a list is seen when the list is left.
  chosen(event) {
    const field = this.fieldOf(event.target)
    if (!field || event.target.tagName !== "INPUT" || !this.isChoice(event.target)) return
    requestAnimationFrame(() => this.viewer.valueChosen(field, event.target.value))
  }

  write(field, text) {
    const input = this.inputOf(field)
    if (!input || !this.holderOf(field).contains(input) || input.disabled) return false
    input.focus()
    if (input.type !== "checkbox") typeInto(input, text)
    else if (this.textOf(input) !== text) input.click()
    return true
  }

  choose(field, label) {
    if (label) return this.take(field, label, TRIES)
    this.holderOf(field)?.querySelector('[aria-label="Clear value"]')?.click()
    return true
  }

  // A choice counts once it is taken from its list, which opens some frames after its name is typed; and a form that is
  // still being drawn can undo what was typed.
  take(field, label, tries) {
    // First nothing: Streamlit takes what is put in between for all that was typed.
    if (!this.write(field, "") || !this.write(field, label)) return false
    const mine = (this.awaiting += 1)
    let frames = 0
    const look = () => {
      const input = this.inputOf(field)
      if (!input || mine !== this.awaiting) return
      frames += 1
      if (input.getAttribute("aria-expanded") === "true") {
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))
      } else if (input.value !== label) {
        if (tries > 1) this.take(field, label, tries - 1)
        return
      }
      if (frames < FRAMES_UNTIL_SETTLED) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    return true
  }

  enter(field) {
    const input = this.inputOf(field)
    this.viewer.fieldFocused(field)
    if (!input) return false
    this.entering = true
    input.focus()
    this.entering = false
    if (input.select && !this.isChoice(input)) input.select()
    return true
  }

  // The form comes after the viewer, and Streamlit sets its values after that; the focus holds once both are there.
  giveFocus(field) {
    this.awaiting += 1
    const mine = this.awaiting
    const begun = performance.now()
    let settled = 0
    let last = null
    const look = () => {
      if (mine !== this.awaiting || performance.now() - begun > FOCUS_WITHIN_MS) return
      const input = this.inputOf(field)
      if (input) {
        const same = input.getRootNode().activeElement === input && input.value === last
        if (!same) { this.enter(field); last = input.value; settled = 0 }
        settled += 1
        if (settled > FRAMES_UNTIL_SETTLED) return
      }
      requestAnimationFrame(look)
    }
    look()
  }

  // To the next field that needs a look, or back; where none is left, to the next field. At the end it starts again.
  step(field, direction, doubtful) {
    const all = this.fields()
    const from = all.indexOf(field)
    const order = all.map((_, i) => all[(from + direction * (i + 1) + all.length * 2) % all.length])
    for (const name of [...order.filter((each) => doubtful.has(each) && each !== field), ...order]) {
      if (name !== field && this.enter(name)) return
    }
  }
}
