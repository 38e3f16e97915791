// What keys do on the review screen. Streamlit has shortcuts of its own for Approve, Save and Skip: they are let through
// where the values are, and once the server has what was typed.

const POPOVER = '[data-testid="stPopoverBody"]'
const TWICE_WITHIN_MS = 700
const NOTHING = () => {}

class Keys {
  constructor(viewer) {
    this.viewer = viewer
    this.listeners = [["keydown", (event) => this.pressed(event)], ["click", (event) => this.clicked(event)]]
    for (const [name, listener] of this.listeners) document.addEventListener(name, listener, true)
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener, true)
  }

  pressed(event) {
    if (!this.viewer.data) return
    const { link } = this.viewer
    const target = event.composedPath()[0]
    const inInput = target instanceof Element && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    if (inInput && !link.isOver(target)) link.awaiting += 1 // the person types: the focus stays there
    if (event.key === "Tab") link.passOverHelp()
    const action = this.actionOf(event, target, inInput)
    if (!action) return
    event.preventDefault()
    event.stopImmediatePropagation()
    action()
  }

  actionOf(event, target, inInput) {
    const { viewer } = this
    const key = (event.key ?? "").toLowerCase() // a browser that fills a form in names no key
    const ctrl = event.ctrlKey || event.metaKey
    const decides = ctrl ? key === "enter" || key === "s" : event.altKey && key === "n"
    if (key === "f1" || (key === "?" && !inInput)) return () => viewer.help.toggle()
    if (viewer.help.dialog.open || document.querySelector(POPOVER)) return decides ? NOTHING : null
    const beside = inInput && viewer.link.buttonBeside(target)
    if (beside && key === "enter" && !event.isComposing) return () => this.send(beside, target)
    if (beside && decides) return NOTHING
    if (decides) return this.beforeDeciding(event, target)
    if (key === "f4" && !event.altKey) return () => viewer.zoomToField()
    if (ctrl && key === "z" && !event.shiftKey) return this.undoOf(event, target, inInput)
    if (ctrl) return null
    return event.altKey ? this.altAction(key) : this.stepOf(event, target)
  }

  // The server must have what was typed before it is told to store it; a key that is held down approves one document.
  beforeDeciding(event, target) {
    if (event.key === "Enter" && (event.repeat || this.isPressedTwice(event))) return NOTHING
    return event.altKey || !this.unsent() ? null : () => this.after(target, event)
  }

  // The second of two quick presses would approve the document that has just come, unseen.
  isPressedTwice(event) {
    if (!event.isTrusted) return false // our own, after what was typed has been sent
    const before = this.decidedAt
    this.decidedAt = performance.now()
    return this.decidedAt - before < TWICE_WITHIN_MS
  }

  altAction(key) {
    const { viewer } = this
    return {
      z: () => viewer.restore("stored"),
      r: () => viewer.pages.rotate(),
      m: () => viewer.toggleMasks(),
      x: () => viewer.link.goToInput("reject"),
      c: () => viewer.link.goToInput("comment"),
      arrowdown: viewer.isDate(viewer.shown) ? () => viewer.openCalendar() : null,
    }[key] ?? null
  }

  // Enter leads from field to field; of a list that is open it takes the choice, in a table it leads down.
  stepOf(event, target) {
    const field = this.viewer.link.fieldOf(event.target)
    if (!field || event.key !== "Enter" || target.tagName !== "INPUT") return null
    if (target !== event.target || target.getAttribute("aria-expanded") === "true") return null
    return () => this.viewer.link.step(field, event.shiftKey ? -1 : 1, new Set(this.viewer.data.doubtful))
  }

  // In a field that was not touched there is nothing to undo: then the last decision is taken back.
  undoOf(event, target, inInput) {
    const name = this.viewer.link.fieldOf(event.target) // of a cell: the table that it is in
    const inRows = target.closest?.("[data-undo]") // its own steps; not each of them changes what is kept
    const touched = inInput && (inRows || (name ? this.viewer.drafts.has(name) : target.value !== ""))
    const taker = document.querySelector(".st-key-undo-last button")
    return touched || !taker ? null : () => taker.click()
  }

  // Streamlit takes a text over when its input is left.
  send(button, input) {
    input.blur()
    requestAnimationFrame(() => button.click())
  }

  unsent() {
    return this.viewer.drafts.dirty || this.viewer.drafts.under || this.viewer.unsent.pending()
  }

  // Without a connection it is asked again a while later.
  async flush() {
    const { drafts, unsent } = this.viewer
    await drafts.flush()
    await unsent.flush()
    if (drafts.failed || unsent.failed) await new Promise((goOn) => setTimeout(goOn, AGAIN_AFTER_MS))
  }

  async after(target, event) {
    const { key, code, keyCode, ctrlKey, metaKey } = event // Streamlit goes by the key's old number
    await this.flush()
    const again = { key, code, keyCode, ctrlKey, metaKey, bubbles: true, cancelable: true, composed: true }
    target.dispatchEvent(new KeyboardEvent("keydown", again))
  }

  clicked(event) {
    const pressed = event.target instanceof Element && event.target.closest("[class*='st-key-review-actions'] button")
    if (!pressed || !this.viewer.data || !this.unsent()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.flush().then(() => pressed.click())
  }
}
