// Words that are marked on a page go into the field that has, or last had, the focus.

const LEAST_DRAG_PX = 4

class Selection {
  constructor(pages, onMarked) {
    this.pages = pages
    this.onMarked = onMarked // called with text and places
    this.words = new Map()
    this.frame = element("div", "frame")
    const view = pages.view
    view.addEventListener("pointerdown", (event) => this.begin(event))
    view.addEventListener("pointermove", (event) => this.drag(event))
    view.addEventListener("pointerup", (event) => this.end(event))
    view.addEventListener("pointercancel", () => this.forget())
  }

  open(doc) {
    this.doc = doc
    this.words.clear()
    this.forget()
  }

  pageAt(target) {
    const sheet = target instanceof Element && target.closest(".sheet")
    return sheet && this.pages.pages.find((page) => page.sheet === sheet)
  }

  begin(event) {
    if (event.button !== 0 || this.pages.hand) return
    const page = this.pageAt(event.composedPath()[0])
    if (!page || !page.read) return
    this.from = { page, x: event.clientX, y: event.clientY, pointer: event.pointerId }
    this.wordsOf(page.number) // on their way while the person drags
    event.preventDefault() // the field keeps the focus
  }

  drag(event) {
    if (!this.from) return
    const { page, x, y, pointer } = this.from
    if (!this.dragging && Math.hypot(event.clientX - x, event.clientY - y) < LEAST_DRAG_PX) return
    if (!this.dragging) {
      this.dragging = true
      this.pages.view.setPointerCapture(pointer)
      page.leaf.append(this.frame)
    }
    const [x0, y0, x1, y1] = this.rectangle(event)
    Object.assign(this.frame.style, {
      left: x0 * 100 + "%", top: y0 * 100 + "%", width: (x1 - x0) * 100 + "%", height: (y1 - y0) * 100 + "%",
    })
  }

  rectangle(event) {
    const { page, x, y } = this.from
    const [ax, ay] = this.pages.shares(page, x, y)
    const [bx, by] = this.pages.shares(page, event.clientX, event.clientY)
    return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)]
  }

  async end(event) {
    if (!this.dragging) return this.forget()
    const rectangle = this.rectangle(event)
    const { page } = this.from
    const doc = this.doc
    this.forget()
    const words = await this.wordsOf(page.number)
    if (doc !== this.doc) return
    const marked = words.filter((word) => inside(word, rectangle))
    if (marked.length) this.onMarked(joined(marked), placesOf(page.number, marked))
  }

  forget() {
    this.from = null
    this.dragging = false
    this.frame.remove()
  }

  wordsOf(number) {
    if (!this.words.has(number)) {
      const asked = fetch(api(this.doc + "/pages/" + number + "/words"))
        .then((answer) => answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))))
        .then((answer) => answer.words)
        .catch(() => { this.words.delete(number); return [] })
      this.words.set(number, asked)
    }
    return this.words.get(number)
  }
}

// A word counts when its middle lies inside.
function inside([, x0, y0, x1, y1], [left, top, right, bottom]) {
  const x = (x0 + x1) / 2
  const y = (y0 + y1) / 2
  return left <= x && x <= right && top <= y && y <= bottom
}

function joined(words) {
  return words.map((word) => word[0]).join(" ")
}

// One place per line of text.
function placesOf(page, words) {
  const lines = new Map()
  for (const [, x0, y0, x1, y1, , line] of words) {
    const known = lines.get(line)
    lines.set(line, known
      ? [page, Math.min(known[1], x0), Math.min(known[2], y0), Math.max(known[3], x1), Math.max(known[4], y1)]
      : [page, x0, y0, x1, y1])
  }
  return [...lines.values()]
}
