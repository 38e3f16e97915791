// Tells the server that this tab still has the document open, and lets it go when the tab does.

const SPEAK_EVERY_MS = 15000

class Lock {
  constructor(onTold) {
    this.onTold = onTold // called with {holder, since} of somebody else, with {wantedBy}, or with {}
    this.timer = setInterval(() => this.keep(), SPEAK_EVERY_MS)
    this.onLeave = () => this.release(true)
    window.addEventListener("pagehide", this.onLeave)
  }

  close() {
    clearInterval(this.timer)
    window.removeEventListener("pagehide", this.onLeave)
    this.release(false)
  }

  open(doc, session) {
    this.doc = doc
    this.session = session
  }

  async keep() {
    if (!this.session || document.visibilityState === "hidden") return
    const doc = this.doc
    try {
      const answer = await send(doc + "/lock", "POST", { session: this.session })
      if (answer.ok && doc === this.doc) {
        const { mine, holder, since, wanted_by } = await answer.json()
        this.onTold(mine ? { wantedBy: wanted_by } : { holder, since })
      }
    } catch { /* the connection is away; the drafts say so */ }
  }

  // A tab that leaves right after an approval may hold the next document already, unknown to this page.
  release(leaving) {
    if (!this.session) return
    const body = new Blob([JSON.stringify({ session: this.session, leaving })], { type: "application/json" })
    navigator.sendBeacon(api(this.doc + "/unlock"), body)
  }
}
