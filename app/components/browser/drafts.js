// What is typed and not stored goes to the server a moment later, so that a reload or a lost connection loses nothing.

const DRAFT_AFTER_MS = 400
const AGAIN_AFTER_MS = 3000

class Drafts {
  constructor(onState, onKept) {
    this.onState = onState // called with "", "saving", "saved", "lost", "stale"
    this.onKept = onKept // called with what the entries mean that are still as they were sent
    this.entries = {}
    this.onLeave = () => this.flush(true)
    window.addEventListener("pagehide", this.onLeave)
    this.warn = (event) => { if (this.dirty && this.failed) event.preventDefault() }
    window.addEventListener("beforeunload", this.warn)
  }

  close() {
    this.flush(true)
    window.removeEventListener("pagehide", this.onLeave)
    window.removeEventListener("beforeunload", this.warn)
    clearTimeout(this.timer)
  }

  open(doc, version, entries) {
    if (doc !== this.doc || (this.stale && version !== this.version)) this.leave()
    clearTimeout(this.timer)
    this.doc = doc
    this.version = version
    this.entries = { ...entries }
    this.dirty = this.failed = this.stale = this.gone = false
    this.onState(Object.keys(entries).length ? "saved" : "")
  }

  // What was typed last in a document that somebody goes on from at once.
  leave() {
    if (!this.dirty) return
    const { doc } = this
    const last = this.request()
    Promise.resolve(this.under)
      .then(() => send(doc + "/draft", "PUT", last, { keepalive: true }))
      .catch(() => {}) // without a connection nobody gets to another document
  }

  // What was typed over a state that is known to be past is kept all the same: it is offered again in the newer one.
  request() {
    return { version: this.version, entries: { ...this.entries }, even_if_changed: this.stale }
  }

  // `boxes` undefined: the place that was marked stays only as long as the text does.
  put(field, entry, boxes) {
    const before = this.entries[field]
    if (before && before.entry === entry && boxes === undefined) return
    this.entries[field] = { entry, boxes: boxes ?? [] }
    this.later(boxes === undefined ? DRAFT_AFTER_MS : 0)
  }

  has(field) {
    return field in this.entries
  }

  holds(field, entry) {
    return this.entries[field]?.entry === entry
  }

  drop(field) {
    if (!(field in this.entries)) return
    delete this.entries[field]
    this.later(DRAFT_AFTER_MS)
  }

  later(ms) {
    if (this.gone) return
    this.dirty = true
    this.onState("saving")
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), ms)
  }

  // Sends what is new; one request at a time, so that an older state never follows a newer one.
  async flush(leaving) {
    clearTimeout(this.timer)
    if (this.under) await this.under
    if (!this.dirty) return
    const doc = this.doc
    const sent = this.request()
    if (leaving) sent.even_if_changed = true // whoever leaves does not hear that somebody else was faster
    this.dirty = false
    this.under = send(doc + "/draft", "PUT", sent, { keepalive: Boolean(leaving) })
      .then(async (answer) => [answer.status, answer.ok ? (await answer.json()).understood : {}])
      .catch(() => [0, {}]) // an answer that breaks off is none
      .then(([status, told]) => this.answered(doc, status, told, sent))
    await this.under
    this.under = null
    if (this.stale && !this.failed) await this.flush(leaving)
  }

  answered(doc, status, told, sent) {
    if (doc !== this.doc || sent.version !== this.version) return
    const same = ([field]) => this.entries[field] === sent.entries[field]
    this.onKept(Object.fromEntries(Object.entries(told).filter(same)))
    this.failed = status === 0 || status >= 500
    this.gone = status === 404
    const overtaken = status === 409 && !sent.even_if_changed
    if (this.failed || overtaken) this.dirty = true
    if (overtaken) this.stale = true
    if (this.failed) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.flush(), AGAIN_AFTER_MS)
    }
    if (!this.dirty || this.failed || this.stale) this.onState(this.stateAfter(status))
  }

  stateAfter(status) {
    if (this.failed) return "lost"
    if (this.stale || this.gone) return "stale"
    if (!Object.keys(this.entries).length) return ""
    return status === 200 ? "saved" : "refused"
  }
}
