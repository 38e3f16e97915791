// What is typed and not stored goes to the server a moment later, so that a reload or a lost connection loses nothing.

const DRAFT_AFTER_MS = 400
const AGAIN_AFTER_MS = 3000
const MOST_AT_LEAVE = 60000 // of letters; browsers take 64 KiB with them when they leave a page

class Drafts {
  constructor(onState, onKept, onOvertaken) {
    this.onState = onState // called with "", "saving", "saved", "lost", "stale", "refused", "gone"
    this.onKept = onKept // called with what the entries mean that are still as they were sent
    this.onOvertaken = onOvertaken // called when more was kept of an older version than the form knows of
    this.entries = {}
    this.onLeave = () => this.flush(true)
    window.addEventListener("pagehide", this.onLeave)
    this.warn = (event) => { if (this.dirty && this.failed) event.preventDefault() }
    window.addEventListener("beforeunload", this.warn)
  }

  close() {
    this.leave()
    this.doc = null
    window.removeEventListener("pagehide", this.onLeave)
    window.removeEventListener("beforeunload", this.warn)
    clearTimeout(this.timer)
  }

  open(doc, version, entries) {
    if (doc !== this.doc || version !== this.version) this.leave()
    clearTimeout(this.timer)
    this.doc = doc
    this.version = version
    this.entries = { ...entries }
    this.dirty = this.failed = this.stale = this.gone = false
    this.onState(Object.keys(entries).length ? "saved" : "")
  }

  // What was typed last into a form that another takes the place of at once.
  async leave() {
    if (!this.dirty && !this.under) return
    const { doc, under } = this
    const last = this.request(true)
    await under
    for (;;) {
      const status = await send(doc + "/draft", "PUT", last).then((answer) => answer.status, () => 0)
      if (status && status < 500) break
      await new Promise((goOn) => setTimeout(goOn, AGAIN_AFTER_MS))
    }
    if (doc === this.doc) this.onOvertaken()
  }

  // What was typed over a state that may be past is kept all the same: it is offered again in the newer one.
  request(evenIfChanged) {
    return { version: this.version, entries: { ...this.entries }, even_if_changed: evenIfChanged }
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

  // Sends what is new; one request at a time, so that an older state never follows a newer one. Whoever leaves can't
  // wait, and does not hear any more that somebody else was faster.
  async flush(leaving) {
    clearTimeout(this.timer)
    if (this.under && !leaving) await this.under
    if (!this.dirty) return
    this.dirty = false
    this.under = this.transfer(this.doc, this.request(Boolean(leaving || this.stale)), leaving)
    await this.under
    if (this.stale && !this.failed) await this.flush(leaving)
  }

  async transfer(doc, sent, leaving) {
    const keepalive = Boolean(leaving) && JSON.stringify(sent).length < MOST_AT_LEAVE
    const [status, told] = await send(doc + "/draft", "PUT", sent, { keepalive })
      .then(async (answer) => [answer.status, answer.ok ? (await answer.json()).understood : {}])
      .catch(() => [0, {}]) // an answer that breaks off is none
    this.under = null
    this.answered(doc, status, told, sent)
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
    if (this.gone) return "gone"
    if (status !== 200 && status !== 409) return "refused"
    if (this.stale) return "stale"
    return Object.keys(this.entries).length ? "saved" : ""
  }
}
