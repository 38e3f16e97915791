// The reason to reject and the comment, while they are typed and not sent: they go to the server a moment later, so that
// a reload or a lost connection loses neither. Unlike drafts they are of no version of the document.

const UNSENT = /^st-key-(reject-reason|comment)-([0-9a-f-]{36})$/
const UNSENT_AS = { "reject-reason": "reason", comment: "comment" }

class Unsent {
  constructor(onState) {
    this.onState = onState // called with a state as of drafts, and the document if it is of one
    this.waiting = new Map() // document -> what the server has not got yet
    this.onInput = (event) => this.typed(event)
    this.onClick = (event) => this.clicked(event)
    this.onLeave = () => this.flush({ keepalive: true })
    this.warn = (event) => { if (this.failed && this.pending()) event.preventDefault() }
    document.addEventListener("input", this.onInput)
    document.addEventListener("click", this.onClick, true)
    window.addEventListener("pagehide", this.onLeave)
    window.addEventListener("beforeunload", this.warn)
  }

  close() {
    this.onLeave()
    document.removeEventListener("input", this.onInput)
    document.removeEventListener("click", this.onClick, true)
    window.removeEventListener("pagehide", this.onLeave)
    window.removeEventListener("beforeunload", this.warn)
  }

  // Whether the server has yet to get something.
  pending() {
    return Boolean(this.under) || this.waiting.size > 0
  }

  typed(event) {
    const holder = event.target instanceof Element && event.target.closest('[class*="st-key-"]')
    const [, what, doc] = [...(holder?.classList ?? [])].map((each) => UNSENT.exec(each)).find(Boolean) ?? []
    if (!what) return
    this.waiting.set(doc, { ...this.waiting.get(doc), [UNSENT_AS[what]]: event.target.value })
    this.onState("saving", doc)
    this.later(DRAFT_AFTER_MS)
  }

  later(ms) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), ms)
  }

  // One request after the other, so that an older state never follows a newer one; but who leaves can't wait.
  async flush(leaving) {
    clearTimeout(this.timer)
    while (this.under && !leaving) await this.under
    if (!this.waiting.size) return
    const all = [...this.waiting].map(([doc, words]) => this.send(doc, words, leaving))
    this.waiting = new Map()
    this.under = Promise.all(all).then(() => { this.under = null })
    await this.under
  }

  send(doc, words, options) {
    return send(doc + "/unsent", "PUT", words, options)
      .then((answer) => this.answered(doc, words, answer.status), () => this.answered(doc, words, 0))
  }

  answered(doc, words, status) {
    this.failed = status === 0 || status >= 500
    if (this.failed) {
      this.waiting.set(doc, { ...words, ...this.waiting.get(doc) })
      this.later(AGAIN_AFTER_MS)
    } else if (this.waiting.has(doc)) return // it went on meanwhile
    const kept = Object.values(words).some(Boolean) ? "saved" : ""
    this.onState(status === 204 ? kept : this.failed ? "lost" : "refused", doc)
  }

  // What is sent is dropped on the server: nothing of it may get there afterwards.
  clicked(event) {
    const pressed = event.target instanceof Element && event.target.closest('[class*="st-key-beside-"] button')
    if (!pressed) return
    if (!this.pending()) return this.onState("")
    event.preventDefault()
    event.stopImmediatePropagation()
    this.flush().then(() => { if (!this.pending()) pressed.click() })
  }
}
