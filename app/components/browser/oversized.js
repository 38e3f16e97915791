// Streamlit's uploader keeps files back that are too large to be sent, and says so only until another file is sent. Here
// the server is told of them, so that they stand in its list with what to do.

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
  }

  close() {
    for (const [name, listener] of this.listeners) document.removeEventListener(name, listener, true)
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
