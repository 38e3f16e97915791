// Streamlit's uploader says of a file that it keeps back as too large, or whose transfer broke off, only until another
// one has come: then it is made anew. Here the server is told of them, so that they stand in its list with what to do.

const TOLD_AFTER_MS = 200 // when a connection breaks, many transfers end at once
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
    this.brokenOff = []
    this.listenToTransfers()
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener, true)
    XMLHttpRequest.prototype.send = this.send
  }

  // The uploader has no event for a transfer that fails; its requests are seen as they are sent.
  listenToTransfers() {
    const watch = this
    const { send } = XMLHttpRequest.prototype
    this.send = send
    XMLHttpRequest.prototype.send = function (body) {
      watch.sending(this, body)
      return send.call(this, body)
    }
  }

  sending(request, body) {
    const files = body instanceof FormData ? [...body.values()].filter((each) => each instanceof File) : []
    if (!files.length) return
    let cancelled = false
    request.addEventListener("abort", () => { cancelled = true })
    request.addEventListener("loadend", () => {
      if (cancelled || (request.status >= 200 && request.status < 300)) return
      this.brokenOff.push(...files.map(({ name }) => name))
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.tell(), TOLD_AFTER_MS)
    })
  }

  tell() {
    this.component.setTriggerValue("broken_off", this.brokenOff.splice(0))
  }

  async dropped(items) {
    const things = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile()).filter(Boolean) // later they are gone
    this.chosen((await Promise.all(things.map(filesIn))).flat())
  }

  chosen(files) {
    const { data, setTriggerValue } = this.component
    const large = files.filter(({ name, size }) => size > data.most && hasEnding(name, data.endings))
    if (large.length) setTriggerValue("kept_back", large.map(({ name, size }) => ({ name, size })))
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
