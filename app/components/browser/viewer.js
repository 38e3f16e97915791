// The review screen's browser part. Streamlit calls the default export again whenever `data` changes; one Viewer lives
// per mount.

const VIEWERS = new WeakMap()
const STATES = {
  saving: "Keeping your draft …", saved: "Draft kept", lost: "Not kept: the connection is lost. Trying again …",
  stale: "Changed meanwhile. What you type is kept; Save shows what is new.",
  refused: "This can't be kept as a draft.", gone: "This document is not there any more.", "": "",
}

const TOLD_FIRST = ["gone", "stale", "refused", "lost", "saving", "saved", ""]

export default function (component) {
  const { data, parentElement } = component
  let viewer = VIEWERS.get(parentElement)
  if (!viewer) {
    viewer = new Viewer(parentElement.querySelector(".viewer"))
    VIEWERS.set(parentElement, viewer)
  }
  viewer.component = component
  viewer.show(data)
  return () => {
    viewer.close()
    VIEWERS.delete(parentElement)
  }
}

class Viewer {
  constructor(root) {
    this.root = root
    this.boxes = new Map()
    const bar = element("div", "bar")
    const body = element("div", "body")
    const rail = element("div", "rail")
    const view = element("div", "sheets")
    const card = element("div", "card")
    this.notice = element("div", "notice")
    this.notice.hidden = true
    view.tabIndex = 0
    view.setAttribute("aria-label", "Pages of the document")
    rail.setAttribute("aria-label", "Small pictures of the pages")
    body.append(rail, view)
    root.replaceChildren(bar, this.notice, body, card)
    this.makeBar(bar)
    this.pages = new Pages(view, rail, (current, count) => this.turned(current, count), () => this.showCard())
    this.selection = new Selection(this.pages, (text, places) => this.marked(text, places))
    this.card = new FieldCard(card, { restore: (which) => this.restore(which), calendar: () => this.openCalendar() })
    this.drafts = new Drafts(
      (state) => this.tellDraft(state), (told) => this.understood(told),
      () => this.component.setTriggerValue("overtaken", this.data.version), // the run that follows lists it
    )
    this.unsent = new Unsent((state, doc) => { if (!doc || doc === this.data?.doc) this.tellDraft(state, "words") })
    this.hints = new Hints(this)
    this.calendar = new Calendar(root, (field, day) => this.dayPicked(field, day))
    this.lock = new Lock((told) => this.lockTold(told))
    this.help = new Help(root)
    this.link = new FormLink(this)
    this.keys = new Keys(this)
  }

  close() {
    for (const part of [this.keys, this.pages, this.drafts, this.unsent, this.lock, this.link]) part.close()
    this.hideMasked()
  }

  makeBar(bar) {
    this.back = button("‹", "Page before", () => this.pages.turnTo(this.pages.current - 1))
    this.count = element("span", "count")
    this.forth = button("›", "Next page", () => this.pages.turnTo(this.pages.current + 1))
    this.draftState = element("span", "draft")
    this.draftState.setAttribute("role", "status")
    const legend = element("span", "legend")
    for (const [level, text] of [["sure", "confident"], ["doubt", "doubtful"], ["human", "by a person"]]) {
      legend.append(element("span", level, text))
    }
    this.zoomText = element("span", "zoom")
    this.hand = button("Hand", "Move the page by dragging", () => {
      this.pages.hand = !this.pages.hand
      this.hand.setAttribute("aria-pressed", String(this.pages.hand))
      this.pages.view.classList.toggle("hand", this.pages.hand)
    })
    bar.append(
      this.back, this.count, this.forth, legend, element("span", "gap"), this.draftState, element("span", "gap"),
      button("⟳", "Turn the page (Alt+R)", () => this.pages.rotate()), this.hand,
      button("−", "Smaller", () => this.pages.setZoom(this.pages.zoom / ZOOM_STEP)), this.zoomText,
      button("+", "Larger", () => this.pages.setZoom(this.pages.zoom * ZOOM_STEP)),
      button("Field", "Zoom to the field's place (F4)", () => this.zoomToField()),
      button("Fit", "Fit the page's width", () => this.pages.setZoom(1)),
      button("?", "Keys (F1)", () => this.help.toggle()),
    )
  }

  show(data) {
    const another = !this.data || this.data.doc !== data.doc
    const fresh = !this.data || this.data.token !== data.token
    const filled = !this.data || this.data.prefix !== data.prefix
    this.data = data
    if (another) {
      this.tellDraft("", "words")
      this.hideMasked()
      this.pages.open(data.doc, data.pages)
      this.selection.open(data.doc)
    }
    if (fresh) {
      this.fields = new Map(data.fields.map((field) => [field.name, field]))
      this.link.open(data.prefix)
      if (filled) {
        this.markedByHand = new Map()
        this.drafts.open(data.doc, data.version, data.drafts)
        this.hints.open(data.understood)
      }
      this.lock.open(data.doc, data.session)
      this.makeBoxes()
      if (another || data.top) this.toTop()
      // After a save the person goes on where they were, unless a field must be mended first.
      const field = data.asked || (!another && this.fields.has(this.shown) && this.shown) || data.first
      this.fieldFocused(field)
      if (field && !data.top) this.link.giveFocus(field)
    }
    this.lockTold(data.holder ?? {})
    if (data.preload) this.pages.fetchAhead(data.preload)
  }

  makeBoxes() {
    for (const box of this.pages.view.querySelectorAll(".box")) box.remove()
    this.boxes = new Map()
    for (const field of this.data.fields) {
      for (const { page, place } of field.boxes) this.addBox(field, page, place, field.level)
    }
  }

  addBox(field, number, [x0, y0, x1, y1], level) {
    const page = this.pages.pages[number - 1]
    if (!page) return
    const row = field.table ? this.boxes.get(field.name)?.length ?? 0 : null
    const box = button("", field.label + " · " + field.mark, () => this.enter(field.name, row), "box " + level)
    box.removeAttribute("title")
    box.tabIndex = -1
    Object.assign(box.style, {
      left: x0 * 100 + "%", top: y0 * 100 + "%", width: (x1 - x0) * 100 + "%", height: (y1 - y0) * 100 + "%",
    })
    if (y0 < 0.04) box.classList.add("top")
    box.append(element("span", "tag", field.label + " · " + field.mark))
    page.leaf.append(box)
    this.boxes.set(field.name, [...(this.boxes.get(field.name) ?? []), box])
  }

  enter(name, row) {
    this.link.enter(name)
    if (row !== null) document.dispatchEvent(new CustomEvent("fuse:row", { detail: { field: name, row } }))
  }

  turned(current, count) {
    this.count.textContent = "Page " + current + " of " + count
    this.back.disabled = current <= 1
    this.forth.disabled = current >= count
    this.zoomText.textContent = Math.round(this.pages.zoom * 100) + " %"
  }

  // `row`: of a table, whose places are its rows' where there are as many; `cell`: what is known of its cell.
  fieldFocused(name, row, cell) {
    for (const box of this.pages.view.querySelectorAll(".box.active")) box.classList.remove("active", "first")
    const all = this.boxes.get(name) ?? []
    const one = all[row] && all.length === this.fields?.get(name)?.rows
    const boxes = one ? [all[row]] : row === undefined ? all : [] // null: of a row that has no place
    boxes.forEach((box, index) => box.classList.add("active", ...(index ? [] : ["first"])))
    if (boxes.length) this.pages.reveal(boxes[0])
    this.shown = name
    this.card.part = { cell, row: one ? row : 0 }
    this.hints.mark(name) // an editor that was not there yet when it was told
    this.showCard()
  }

  showCard() {
    this.card.show(this.fields?.get(this.shown), this.pages.pages, this.hints.of(this.shown))
  }

  zoomToField() {
    const boxes = this.boxes.get(this.shown) ?? []
    const box = boxes.find((each) => each.classList.contains("first")) ?? boxes[0]
    if (!box || this.pages.zoom >= ZOOM_LEAST) this.pages.setZoom(1)
    else this.pages.zoomTo(box)
    if (box) this.pages.reveal(box)
  }

  // ---- what is typed

  valueTyped(name, text, boxes) {
    const field = this.fields.get(name)
    if (!field || field.table) return
    if (text.trim() === field.text && boxes === undefined) this.drafts.drop(name)
    else this.drafts.put(name, text, boxes)
    if (boxes) this.markedByHand.set(name, text)
    else if (this.markedByHand.has(name) && this.markedByHand.get(name) !== text) this.unmark(field)
    if (this.hints.drop(name)) this.showCard()
  }

  understood(told) {
    this.hints.take(told)
    if (this.shown in told) this.showCard()
  }

  isDate(name) {
    return this.fields?.get(name)?.kind === "date"
  }

  openCalendar() {
    const input = this.link.inputOf(this.shown)
    if (input) this.calendar.open(this.shown, input, this.hints.of(this.shown)?.value || input.value)
  }

  dayPicked(name, day) {
    if (this.link.write(name, day)) this.valueTyped(name, day)
  }

  valueChosen(name, label) {
    const field = this.fields.get(name)
    const choice = field?.choices[label] ?? label
    if (field && !this.drafts.holds(name, choice)) this.valueTyped(name, choice) // a marked place stays
  }

  rowsChanged({ field, rows, changed }) {
    if (!this.fields?.has(field)) return
    if (changed) this.drafts.put(field, rows, [])
    else this.drafts.drop(field)
  }

  marked(text, places) {
    const name = this.shown
    const field = this.fields.get(name)
    if (!field || field.table) {
      document.dispatchEvent(new CustomEvent("fuse:marked", { detail: { field: name, text } }))
      return
    }
    const entry = this.entryOf(field, text)
    if (!this.put(field, entry)) return
    this.valueTyped(name, entry, places)
    const boxes = places.map(([page, ...place]) => ({ page, place }))
    this.moveTo(boxes, { ...field, mark: "marked by you", level: "human" })
  }

  // What marked words mean in a field. A check box has none: then the choice stays, and gets its place.
  entryOf(field, text) {
    if (field.kind === "check_box") return field.text
    const choices = Object.entries(field.choices)
    const marked = text.toLowerCase()
    const [, choice] = choices.find(([label]) => marked.includes(label.toLowerCase())) ?? []
    return choice ?? (choices.length && field.text ? field.text : text)
  }

  // A place that was marked stays only as long as the text that was.
  unmark(field) {
    this.markedByHand.delete(field.name)
    this.moveTo(field.boxes, field)
  }

  moveTo(boxes, field) {
    for (const box of this.boxes.get(field.name) ?? []) box.remove()
    this.boxes.set(field.name, [])
    for (const { page, place } of boxes) this.addBox(field, page, place, field.level)
    this.fieldFocused(field.name)
  }

  restore(which) {
    const name = this.shown
    const field = this.fields?.get(name)
    if (!field) return
    const text = which === "machine" ? field.machine : field.text
    if (field.table) document.dispatchEvent(new CustomEvent("fuse:restore", { detail: { field: name } }))
    else if (this.put(field, text)) {
      this.valueTyped(name, text)
      if (which === "stored") this.moveTo(field.boxes, field)
    }
  }

  put(field, text) {
    const input = this.link.inputOf(field.name)
    if (!input || !this.link.isChoice(input)) return this.link.write(field.name, text)
    const [label] = Object.entries(field.choices).find(([, choice]) => choice === text) ?? [text]
    return this.link.choose(field.name, label)
  }

  // `of`: values, or words about the document; what is wrong with either is told first.
  tellDraft(latest, of = "values") {
    this.states = { ...this.states, [of]: latest }
    const state = TOLD_FIRST.find((each) => Object.values(this.states).includes(each))
    this.draftState.textContent = STATES[state]
    this.draftState.className = "draft " + state
  }

  lockTold({ holder, since, wantedBy }) {
    const time = since && new Date(since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    this.notice.hidden = !holder && !wantedBy
    this.notice.textContent = holder
      ? holder + " has this document open since " + time + ". What you type is kept as a draft, but it can't be stored meanwhile."
      : wantedBy ? wantedBy + " has this document on another screen, and waits until you are done." : ""
  }

  toTop() {
    const scroller = this.root.getRootNode().host?.closest('[data-testid="stMain"]')
    if (scroller) scroller.scrollTop = 0
  }

  toggleMasks() {
    this.card.revealed = document.documentElement.classList.toggle("fuse-revealed")
    this.showCard()
  }

  // What was asked for on one document is not asked for on the next.
  hideMasked() {
    document.documentElement.classList.remove("fuse-revealed")
    this.card.revealed = false
  }
}
