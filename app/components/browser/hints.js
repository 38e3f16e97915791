// What an entry means, at the end of the field it is typed into: the day in full, the amount, or that it is none. The
// server tells it when it keeps the draft.

class Hints {
  constructor(viewer) {
    this.viewer = viewer
    this.told = {}
  }

  open(told) {
    for (const old of document.querySelectorAll("[data-understood]")) this.clear(old) // Streamlit uses elements again
    this.told = {}
    this.take(told)
  }

  of(field) {
    return this.told[field]
  }

  take(told) {
    Object.assign(this.told, told)
    for (const name of Object.keys(told)) this.mark(name)
  }

  mark(name) {
    const field = this.viewer.fields.get(name)
    const holder = this.viewer.link.holderOf(name)
    if (!(name in this.told) || !field || !holder) return
    const { text, wrong } = this.told[name]
    const words = this.wordsFor(field, text, wrong)
    if (words) Object.assign(holder.dataset, { understood: words, wrong: Boolean(wrong) })
    else this.clear(holder)
  }

  // Somebody types: what was told no longer holds. Whether anything was.
  drop(name) {
    if (!(name in this.told)) return false
    delete this.told[name]
    const holder = this.viewer.link.holderOf(name)
    if (holder) this.clear(holder)
    return true
  }

  clear(holder) {
    delete holder.dataset.understood
    delete holder.dataset.wrong
  }

  // Only what the entry itself does not say already; a masked number stands in its own field alone.
  wordsFor(field, text, wrong) {
    if (wrong) return "not understood"
    const typed = this.viewer.drafts.entries[field.name]?.entry.trim()
    const plain = field.sensitive || field.kind === "choice" || !text || text === typed
    return plain ? "" : "= " + text
  }
}
