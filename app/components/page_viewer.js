// The page viewer: pages from the API, boxes over them, and the link between boxes and the form's fields.
// Streamlit calls the default export again whenever `data` changes; one Viewer lives per mount.

const VIEWERS = new WeakMap()
const ZOOM_STEP = 1.25
const ZOOM_MIN = 0.4
const ZOOM_MAX = 5
const CELL_SETTLES_MS = 300 // Streamlit collects a table's edits for 150 ms
const PICTURE_WIDTHS = [900, 1400, 2000, 2800]

export default function (component) {
  const { data, parentElement } = component
  let viewer = VIEWERS.get(parentElement)
  if (!viewer) {
    viewer = new Viewer(parentElement.querySelector(".viewer"))
    VIEWERS.set(parentElement, viewer)
  }
  viewer.show(data)
  return () => {
    viewer.close()
    VIEWERS.delete(parentElement)
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

class Viewer {
  constructor(root) {
    this.root = root
    this.data = null
    this.zoom = 1
    this.current = 1
    this.boxes = new Map()
    this.awaiting = 0
    this.bar = element("div", "bar")
    this.sheets = element("div", "sheets")
    this.sheets.tabIndex = 0
    this.sheets.setAttribute("aria-label", "Pages of the document")
    root.replaceChildren(this.bar, this.sheets)
    this.makeBar()
    this.sheets.addEventListener("scroll", () => this.follow(), { passive: true })
    this.sheets.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    this.onFocus = (event) => this.focused(event)
    this.onKey = (event) => this.pressed(event)
    document.addEventListener("focusin", this.onFocus)
    document.addEventListener("keydown", this.onKey, true)
    this.onPointer = () => { this.awaiting += 1 }
    document.addEventListener("pointerdown", this.onPointer, true)
    this.resizing = new ResizeObserver(() => this.layout())
    this.resizing.observe(this.sheets)
  }

  close() {
    document.removeEventListener("focusin", this.onFocus)
    document.removeEventListener("keydown", this.onKey, true)
    document.removeEventListener("pointerdown", this.onPointer, true)
    this.resizing.disconnect()
    this.awaiting += 1
  }

  makeBar() {
    const button = (label, title, action) => {
      const made = element("button", "", label)
      made.type = "button"
      made.title = title
      made.setAttribute("aria-label", title)
      made.onclick = action
      this.bar.append(made)
      return made
    }
    this.back = button("‹", "Page before", () => this.turnTo(this.current - 1))
    this.count = element("span", "count")
    this.bar.append(this.count)
    this.forth = button("›", "Next page", () => this.turnTo(this.current + 1))
    this.bar.append(element("span", "gap"))
    const legend = element("span", "legend")
    for (const [level, text] of [["sure", "confident"], ["doubt", "doubtful"], ["human", "by a person"]]) {
      legend.append(element("span", level, text))
    }
    this.bar.append(legend, element("span", "gap"))
    button("−", "Smaller", () => this.setZoom(this.zoom / ZOOM_STEP))
    this.zoomText = element("span", "zoom")
    this.bar.append(this.zoomText)
    button("+", "Larger", () => this.setZoom(this.zoom * ZOOM_STEP))
    button("Fit width", "Fit the page's width", () => this.setZoom(1))
  }

  show(data) {
    const another = !this.data || this.data.doc !== data.doc
    const fresh = !this.data || this.data.token !== data.token
    this.data = data
    if (another) this.makeSheets()
    if (another || fresh) this.makeBoxes()
    // After a save the person goes on where they were, unless a field must be mended first.
    if (fresh) this.giveFocus(data.asked || (another ? null : this.last) || data.first, another)
    this.layout()
    if (data.preload) this.fetchAhead(data.preload)
  }

  makeSheets() {
    this.zoom = 1
    this.pages = this.data.pages.map((page) => {
      const number = page.number
      const sheet = element("div", "sheet")
      const note = element("div", "note", "Loading page " + page.number + " …")
      const picture = element("img", "waiting")
      picture.alt = "Page " + page.number
      picture.decoding = "async"
      picture.onload = () => {
        picture.classList.remove("waiting")
        note.remove()
        if (!page.read) this.takeShape(number, picture)
      }
      picture.onerror = () => { note.textContent = "This page's picture could not be loaded. Reload the page to try again." }
      sheet.append(note, picture)
      if (!page.read) sheet.append(element("div", "unread", "This page was not read: its values are missing."))
      return { ...page, sheet, picture, width: 0 }
    })
    this.sheets.replaceChildren(...this.pages.map((page) => page.sheet))
    this.sheets.scrollTop = 0
    this.seeing?.disconnect()
    this.seeing = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const page = this.pages.find((each) => each.sheet === entry.target)
        if (page) { page.near = entry.isIntersecting; this.load(page) }
      }
    }, { root: this.sheets, rootMargin: "600px 0px" })
    for (const page of this.pages) this.seeing.observe(page.sheet)
    this.current = 1
  }

  // The shape of a page that was not read is known from its picture only.
  takeShape(number, picture) {
    this.pages[number - 1].ratio = picture.naturalHeight / picture.naturalWidth
    this.layout()
  }

  makeBoxes() {
    for (const box of this.sheets.querySelectorAll(".box")) box.remove()
    this.boxes = new Map()
    for (const each of this.data.boxes) {
      const page = this.pages[each.page - 1]
      if (!page) continue
      const [x0, y0, x1, y1] = each.place
      const box = element("button", "box " + each.level)
      box.type = "button"
      box.tabIndex = -1
      box.setAttribute("aria-label", each.label)
      box.style.left = x0 * 100 + "%"
      box.style.top = y0 * 100 + "%"
      box.style.width = (x1 - x0) * 100 + "%"
      box.style.height = (y1 - y0) * 100 + "%"
      if (y0 < 0.04) box.classList.add("top")
      box.append(element("span", "tag", each.label))
      box.onclick = () => this.enter(each.field)
      page.sheet.append(box)
      const known = this.boxes.get(each.field) ?? []
      known.push({ box, page, place: each.place })
      this.boxes.set(each.field, known)
    }
  }

  layout() {
    if (!this.pages) return
    const fit = this.sheets.clientWidth - 20
    if (fit < 50) return
    for (const page of this.pages) {
      page.sheet.style.width = fit * this.zoom + "px"
      page.sheet.style.height = fit * this.zoom * page.ratio + "px"
      this.load(page)
    }
    this.zoomText.textContent = Math.round(this.zoom * 100) + " %"
    this.follow()
  }

  pictureWidth(zoom) {
    const wanted = (this.sheets.clientWidth - 20) * zoom * Math.min(window.devicePixelRatio || 1, 2)
    return PICTURE_WIDTHS.find((width) => width >= wanted) ?? PICTURE_WIDTHS[PICTURE_WIDTHS.length - 1]
  }

  address(doc, number, width) {
    return new URL("api/docs/" + doc + "/pages/" + number + ".jpg?w=" + width, document.baseURI).href
  }

  load(page) {
    const width = this.pictureWidth(this.zoom)
    if (!page.near || page.width >= width) return
    page.width = width
    page.picture.src = this.address(this.data.doc, page.number, width)
  }

  fetchAhead(doc) {
    const address = this.address(doc, 1, this.pictureWidth(1))
    if (this.fetched === address) return
    this.fetched = address
    new Image().src = address
  }

  follow() {
    const middle = this.sheets.scrollTop + this.sheets.clientHeight / 3
    const page = this.pages.findLast((each) => each.sheet.offsetTop <= middle) ?? this.pages[0]
    this.current = page ? page.number : 1
    this.count.textContent = "Page " + this.current + " of " + this.pages.length
    this.back.disabled = this.current <= 1
    this.forth.disabled = this.current >= this.pages.length
  }

  turnTo(number) {
    const page = this.pages[number - 1]
    if (page) this.sheets.scrollTop = page.sheet.offsetTop - 8
  }

  setZoom(zoom) {
    const before = this.zoom
    this.zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom))
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.sheets
    const grown = this.zoom / before
    this.layout()
    this.sheets.scrollTop = (scrollTop + clientHeight / 2) * grown - clientHeight / 2
    this.sheets.scrollLeft = (scrollLeft + clientWidth / 2) * grown - clientWidth / 2
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.setZoom(this.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1))
  }

  // ---- the link with the form

  fieldOf(target) {
    const holder = target instanceof Element && target.closest('[class*="' + this.data.prefix + '"]')
    if (!holder) return null
    const name = [...holder.classList].find((each) => each.startsWith(this.data.prefix))
    return name ? name.slice(this.data.prefix.length) : null
  }

  inputOf(field) {
    const holder = document.querySelector("." + CSS.escape(this.data.prefix + field))
    return holder && (holder.querySelector("input, textarea, canvas[tabindex], canvas") ?? holder)
  }

  focused(event) {
    const field = this.data && this.fieldOf(event.target)
    if (field) {
      if (!this.entering) this.awaiting += 1 // the person chose a field: theirs it is
      this.last = field
      this.highlight(field)
    }
  }

  highlight(field) {
    for (const box of this.sheets.querySelectorAll(".box.active")) box.classList.remove("active", "first")
    const known = this.boxes.get(field)
    if (!known) return
    known.forEach(({ box }, index) => {
      box.classList.add("active")
      if (index === 0) box.classList.add("first")
    })
    this.reveal(known[0])
  }

  reveal({ page, place }) {
    const [x0, y0, x1, y1] = place
    const { offsetTop, offsetLeft, clientWidth, clientHeight } = page.sheet
    const top = offsetTop + y0 * clientHeight
    const bottom = offsetTop + y1 * clientHeight
    const left = offsetLeft + x0 * clientWidth
    const right = offsetLeft + x1 * clientWidth
    const view = this.sheets
    if (top < view.scrollTop + 40 || bottom > view.scrollTop + view.clientHeight - 40) {
      view.scrollTop = (top + bottom) / 2 - view.clientHeight / 3
    }
    if (left < view.scrollLeft || right > view.scrollLeft + view.clientWidth) {
      view.scrollLeft = (left + right) / 2 - view.clientWidth / 2
    }
  }

  enter(field) {
    const input = this.inputOf(field)
    this.highlight(field)
    if (!input) return false
    this.entering = true
    input.focus()
    this.entering = false
    if (input.select && input.getAttribute("role") !== "combobox") input.select()
    if (document.activeElement !== input) input.scrollIntoView({ block: "center" })
    return true
  }

  // The form comes after the viewer, and Streamlit sets its values after that; the focus holds once both are there.
  giveFocus(field, another) {
    this.awaiting += 1
    const mine = this.awaiting
    if (another || this.data.top) this.toTop()
    if (!field || this.data.top) return
    const begun = performance.now()
    let settled = 0
    let last = null
    const look = () => {
      if (mine !== this.awaiting || performance.now() - begun > 4000) return
      const input = this.inputOf(field)
      if (input) {
        const same = document.activeElement === input && input.value === last
        if (!same) { this.enter(field); last = input.value; settled = 0 }
        settled += 1
        if (settled > 20) return
      }
      requestAnimationFrame(look)
    }
    look()
  }

  toTop() {
    const scroller = this.root.getRootNode().host?.closest('[data-testid="stMain"]')
    if (scroller) scroller.scrollTop = 0
  }

  // A table's open cell keeps what is typed to itself: it is closed first, then the shortcut is given again.
  closesCell(event) {
    const shortcut = (event.ctrlKey || event.metaKey) && ["Enter", "s", "S"].includes(event.key)
    if (!shortcut || !(event.target instanceof Element) || !event.target.closest('[id^="gdg-overlay"]')) return false
    event.preventDefault()
    event.stopImmediatePropagation()
    const { key, code, keyCode, ctrlKey, metaKey } = event
    const enter = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true }
    event.target.dispatchEvent(new KeyboardEvent("keydown", enter))
    const again = new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, bubbles: true, cancelable: true })
    setTimeout(() => document.body.dispatchEvent(again), CELL_SETTLES_MS)
    return true
  }

  pressed(event) {
    this.awaiting += 1
    if (!this.data || this.closesCell(event)) return
    const field = this.fieldOf(event.target)
    if (!field) return
    const plain = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey
    const choosing = event.target.getAttribute("aria-expanded") === "true"
    if (!plain || event.target.tagName !== "INPUT" || choosing) return
    event.preventDefault()
    event.stopPropagation()
    this.step(field, event.shiftKey ? -1 : 1)
  }

  // Enter goes to the next field that needs a look, Shift+Enter back; at the end it starts again.
  step(field, direction) {
    const all = [...document.querySelectorAll('[class*="' + this.data.prefix + '"]')]
      .map((holder) => this.fieldOf(holder)).filter((name, index, names) => name && names.indexOf(name) === index)
    const doubtful = new Set(this.data.doubtful)
    const from = all.indexOf(field)
    for (let i = 1; i <= all.length; i += 1) {
      const name = all[(from + direction * i + all.length * 2) % all.length]
      if (doubtful.has(name) && name !== field && this.enter(name)) return
    }
    for (let i = 1; i < all.length; i += 1) {
      if (this.enter(all[(from + direction * i + all.length * 2) % all.length])) return
    }
  }
}
