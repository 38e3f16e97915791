// Streamlit's uploader says of a file that it keeps back as too large, or whose transfer broke off, only until another
// one has come: then it is made anew. Here the server is told of them, so that they stand in its list with what to do.

const TOLD_AFTER_MS = 200 // when a connection breaks, many transfers end at once
const MOST_TOLD = 1000
const PAGE = String(performance.timeOrigin) // another one when it is loaded anew
const NOT_SENT = [] // all of this page: what was told while the connection was away is told again with the next
const WATCHES = new WeakMap()

export default function (component) {
  const { parentElement } = component
  if (!WATCHES.has(parentElement)) WATCHES.set(parentElement, new Watch())
  WATCHES.get(parentElement).component = component
  return () => {
    WATCHES.get(parentElement)?.close()
    WATCHES.delete(parentElement)
  }
}

class Watch {
  constructor() {
    this.listeners = [
      ["change", ({ target }) => { if (isChooser(target)) this.chosen([...target.files]) }],
      ["drop", ({ target, dataTransfer }) => { if (isChooser(target)) this.dropped([...dataTransfer.items]) }],
    ]
    for (const [name, listener] of this.listeners) document.addEventListener(name, listener, true)
    this.listenToTransfers()
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener, true)
    this.closed = true
    if (XMLHttpRequest.prototype.send === this.sendAndListen) XMLHttpRequest.prototype.send = this.send
  }

  // The uploader has no event for a transfer that fails; its requests are seen as they are sent.
  listenToTransfers() {
    const watch = this
    const send = (this.send = XMLHttpRequest.prototype.send)
    this.sendAndListen = function (body) {
      if (!watch.closed) watch.sending(this, body)
      return send.call(this, body)
    }
    XMLHttpRequest.prototype.send = this.sendAndListen
  }

  sending(request, body) {
    const files = body instanceof FormData ? [...body.values()].filter((each) => each instanceof File) : []
    if (!files.length) return
    let cancelled = false
    request.addEventListener("abort", () => { cancelled = true })
    request.addEventListener("loadend", () => {
      const { status } = request
      if (!cancelled && (status < 200 || status >= 300)) this.tell(files, status)
    })
  }

  async dropped(items) {
    const things = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter(Boolean) // later they are gone
    this.chosen((await Promise.all(things.map(filesIn))).flat())
  }

  chosen(files) {
    const { most, endings } = this.component.data
    this.tell(files.filter(({ name, size }) => size > most && hasEnding(name, endings)), null)
  }

  // `status`: of the transfer, 0 for a connection that broke; null: there was none.
  tell(files, status) {
    if (!files.length) return
    NOT_SENT.push(...files.map(({ name, size }) => ({ name, size, status })))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const told = { page: PAGE, count: NOT_SENT.length, last: NOT_SENT.slice(-MOST_TOLD) }
      this.component.setStateValue("not_sent", told)
    }, TOLD_AFTER_MS)
  }
}

function isChooser(target) {
  return target instanceof Element && target.closest('[data-testid="stFileUploaderDropzone"]') !== null
}

function hasEnding(name, endings) {
  return !endings.length || endings.some((ending) => name.toLowerCase().endsWith("." + ending))
}

// Of a folder: those in it and in its folders; it is read some at a time.
async function filesIn(entry) {
  if (entry instanceof File) return [entry]
  if (entry.isFile) return [await new Promise((give, fail) => entry.file(give, fail))]
  const reader = entry.createReader()
  const found = []
  for (;;) {
    const some = await new Promise((give, fail) => reader.readEntries(give, fail))
    if (!some.length) return found
    found.push(...(await Promise.all(some.map(filesIn))).flat())
  }
}
