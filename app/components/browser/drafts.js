// What is typed and not stored goes to the server a moment later, so that a reload or a lost connection loses nothing.

const DRAFT_AFTER_MS = 400
const AGAIN_AFTER_MS = 3000

class Drafts {
  constructor(onState, onKept) {
    this.onState = onState // called with "", "saving", "saved", "lost", "stale"
    this.onKept = onKept // called with what the entries mean that are still as they were sent
    this.entries = {}
    this.onLeave = () => this.flush({ keepalive: true })
    window.addEventListener("pagehide", this.onLeave)
    this.warn = (event) => { if (this.dirty && this.failed) event.preventDefault() }
    window.addEventListener("beforeunload", this.warn)
  }

  close() {
    this.flush({ keepalive: true })
    window.removeEventListener("pagehide", this.onLeave)
    window.removeEventListener("beforeunload", this.warn)
    clearTimeout(this.timer)
  }

  open(doc, version, entries) {
    if (doc !== this.doc) this.leave()
    clearTimeout(this.timer)
    this.doc = doc
    this.version = version
    this.entries = { ...entries }
    this.dirty = this.failed = this.stale = false
    this.onState(Object.keys(entries).length ? "saved" : "")
  }

  // What was typed last in a document that somebody goes on from at once.
  leave() {
    if (!this.dirty || this.stale) return
    const { doc, version, entries } = this
    Promise.resolve(this.under)
      .then(() => send(doc + "/draft", "PUT", { version, entries }, { keepalive: true }))
      .catch(() => {}) // without a connection nobody gets to another document
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
    if (this.stale) return // nothing of it is taken any more, and Save, which says so, must not wait for that
    this.dirty = true
    this.onState("saving")
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), ms)
  }

  // Sends what is new; one request at a time, so that an older state never follows a newer one.
  async flush(options) {
    clearTimeout(this.timer)
    if (this.under) await this.under
    if (!this.dirty || this.stale) return
    const doc = this.doc
    const sent = { ...this.entries }
    this.dirty = false
    this.under = send(doc + "/draft", "PUT", { version: this.version, entries: sent }, options)
      .then(async (answer) => [answer.status, answer.ok ? (await answer.json()).understood : {}])
      .catch(() => [0, {}]) // an answer that breaks off is none
      .then(([status, told]) => this.answered(doc, status, told, sent))
    await this.under
    this.under = null
  }

  answered(doc, status, told, sent) {
    if (doc !== this.doc) return
    this.onKept(Object.fromEntries(Object.entries(told).filter(([field]) => this.entries[field] === sent[field])))
    this.failed = status === 0 || status >= 500
    this.stale = status === 409 || status === 404
    if (this.failed) {
      this.dirty = true
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.flush(), AGAIN_AFTER_MS)
    }
    const state = status === 200 ? "saved" : this.failed ? "lost" : this.stale ? "stale" : "refused"
    if (!this.dirty || this.failed) this.onState(Object.keys(this.entries).length || this.failed ? state : "")
  }
}
