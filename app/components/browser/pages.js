// The pages themselves: lazily loaded pictures, zoom, turning, panning, small pictures to leaf through.

const ZOOM_STEP = 1.25
const ZOOM_MIN = 0.3
const ZOOM_MAX = 6
const PICTURE_WIDTHS = [900, 1400, 2000, 2800]
const SMALL_WIDTH = 150
const ZOOM_LEAST = 1.3 // to a field, also a wide one: less would not be worth it
const FIELD_SHARE = 0.55 // of the view's width that a field takes when it is zoomed to

class Pages {
  constructor(view, rail, onTurn, onPicture) {
    this.view = view
    this.rail = rail
    this.onTurn = onTurn // called with the page in sight
    this.onPicture = onPicture // called when a page's picture has come
    this.zoom = 1
    this.pages = []
    view.addEventListener("scroll", () => this.follow(), { passive: true })
    view.addEventListener("wheel", (event) => this.wheel(event), { passive: false })
    this.resizing = new ResizeObserver(() => this.layout())
    this.resizing.observe(view)
    this.makePannable()
  }

  close() {
    this.resizing.disconnect()
    this.seeing?.disconnect()
    this.seeingSmall?.disconnect()
  }

  open(doc, pages) {
    this.doc = doc
    this.zoom = 1
    this.pages = pages.map((page) => this.makeSheet(page))
    this.view.replaceChildren(...this.pages.map((page) => page.sheet))
    this.view.scrollTop = 0
    this.seeing?.disconnect()
    this.seeing = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const page = this.pages.find((each) => each.sheet === entry.target)
        if (page) { page.near = entry.isIntersecting; this.load(page) }
      }
    }, { root: this.view, rootMargin: "600px 0px" })
    for (const page of this.pages) this.seeing.observe(page.sheet)
    this.makeRail()
    this.current = 1
    this.layout()
  }

  makeSheet(page) {
    const sheet = element("div", "sheet")
    const leaf = element("div", "leaf")
    const note = element("div", "note", "Loading page " + page.number + " …")
    const picture = element("img", "waiting")
    const made = { ...page, sheet, leaf, picture, width: 0, turn: 0 }
    picture.alt = "Page " + page.number
    picture.decoding = "async"
    picture.draggable = false
    picture.onload = () => {
      picture.classList.remove("waiting")
      note.remove()
      this.onPicture()
      if (page.read) return
      made.ratio = picture.naturalHeight / picture.naturalWidth // known from its picture only
      this.layout()
    }
    picture.onerror = () => { note.textContent = "This page's picture could not be loaded. Reload the page to try again." }
    leaf.append(note, picture)
    if (!page.read) leaf.append(element("div", "unread", "This page was not read: its values are missing."))
    sheet.append(leaf)
    return made
  }

  makeRail() {
    this.seeingSmall?.disconnect()
    this.rail.replaceChildren()
    if (this.pages.length < 2) return
    this.seeingSmall = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting && !target.src) target.src = this.address(this.doc, Number(target.dataset.page), SMALL_WIDTH)
      }
    }, { root: this.rail, rootMargin: "300px 0px" })
    for (const page of this.pages) {
      const small = button("", "Go to page " + page.number, () => this.turnTo(page.number), "small")
      const picture = element("img")
      picture.dataset.page = page.number
      picture.alt = ""
      small.style.aspectRatio = String(1 / page.ratio)
      small.append(picture, element("span", "", String(page.number)))
      page.small = small
      this.rail.append(small)
      this.seeingSmall.observe(picture)
    }
  }

  layout() {
    const fit = this.view.clientWidth - 20
    if (fit < 50) return
    for (const page of this.pages) {
      const lying = page.turn % 180 !== 0
      const width = fit * this.zoom
      const height = width * (lying ? 1 / page.ratio : page.ratio)
      page.sheet.style.width = width + "px"
      page.sheet.style.height = height + "px"
      const [leafWidth, leafHeight] = lying ? [height, width] : [width, height]
      Object.assign(page.leaf.style, {
        width: leafWidth + "px", height: leafHeight + "px",
        left: (width - leafWidth) / 2 + "px", top: (height - leafHeight) / 2 + "px",
        transform: page.turn ? "rotate(" + page.turn + "deg)" : "",
      })
      this.load(page)
    }
    this.follow()
  }

  pictureWidth(zoom) {
    const wanted = (this.view.clientWidth - 20) * zoom * Math.min(window.devicePixelRatio || 1, 2)
    return PICTURE_WIDTHS.find((width) => width >= wanted) ?? PICTURE_WIDTHS[PICTURE_WIDTHS.length - 1]
  }

  address(doc, number, width) {
    return api(doc + "/pages/" + number + ".jpg?w=" + width)
  }

  load(page) {
    const width = this.pictureWidth(this.zoom)
    if (!page.near || page.width >= width) return
    page.width = width
    page.picture.src = this.address(this.doc, page.number, width)
  }

  fetchAhead(doc) {
    const address = this.address(doc, 1, this.pictureWidth(1))
    if (this.fetched === address) return
    this.fetched = address
    new Image().src = address
  }

  follow() {
    const middle = this.view.scrollTop + this.view.clientHeight / 3
    const page = this.pages.findLast((each) => each.sheet.offsetTop <= middle) ?? this.pages[0]
    this.current = page ? page.number : 1
    for (const each of this.pages) each.small?.classList.toggle("current", each === page)
    this.onTurn(this.current, this.pages.length)
  }

  turnTo(number) {
    const page = this.pages[number - 1]
    if (!page) return
    this.view.scrollTop = page.sheet.offsetTop - 8
    page.small?.scrollIntoView({ block: "nearest" })
  }

  rotate() {
    const page = this.pages[this.current - 1]
    if (!page) return
    page.turn = (page.turn + 90) % 360
    this.layout()
    this.turnTo(page.number)
  }

  setZoom(zoom) {
    const before = this.zoom
    this.zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, zoom))
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.view
    const grown = this.zoom / before
    this.layout()
    this.view.scrollTop = (scrollTop + clientHeight / 2) * grown - clientHeight / 2
    this.view.scrollLeft = (scrollLeft + clientWidth / 2) * grown - clientWidth / 2
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.setZoom(this.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1))
  }

  // The middle button drags the page, as it does in maps and drawing programs; the left one marks words.
  makePannable() {
    let from = null
    this.view.addEventListener("pointerdown", (event) => {
      if (event.button !== 1 && !this.hand) return
      event.preventDefault()
      from = { x: event.clientX + this.view.scrollLeft, y: event.clientY + this.view.scrollTop }
      this.view.setPointerCapture(event.pointerId)
      this.view.classList.add("panning")
    })
    this.view.addEventListener("pointermove", (event) => {
      if (!from) return
      this.view.scrollLeft = from.x - event.clientX
      this.view.scrollTop = from.y - event.clientY
    })
    const end = () => { from = null; this.view.classList.remove("panning") }
    this.view.addEventListener("pointerup", end)
    this.view.addEventListener("pointercancel", end)
  }

  // Scrolls an element of a page into sight, near the upper third, and only if it is not in sight.
  reveal(box) {
    const view = this.view.getBoundingClientRect()
    const at = box.getBoundingClientRect()
    if (at.top < view.top + 40 || at.bottom > view.bottom - 40) {
      this.view.scrollTop += (at.top + at.bottom) / 2 - view.top - view.height / 3
    }
    if (at.left < view.left || at.right > view.right) {
      this.view.scrollLeft += (at.left + at.right) / 2 - view.left - view.width / 2
    }
  }

  zoomTo(box) {
    const share = box.getBoundingClientRect().width / this.view.clientWidth
    this.setZoom(Math.min(3, Math.max(ZOOM_LEAST, this.zoom * FIELD_SHARE / Math.max(share, 0.01))))
    this.reveal(box)
  }

  // A point of the screen as shares of a page, however it is turned.
  shares(page, clientX, clientY) {
    const at = page.sheet.getBoundingClientRect()
    const x = (clientX - at.left) / at.width
    const y = (clientY - at.top) / at.height
    const turned = { 0: [x, y], 90: [y, 1 - x], 180: [1 - x, 1 - y], 270: [1 - y, x] }[page.turn]
    return turned.map((share) => Math.min(1, Math.max(0, share)))
  }
}
