// Small helpers of the browser parts. Every text of a document goes into the page by textContent: never as HTML.

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function button(label, title, action, className) {
  const made = element("button", className, label)
  made.type = "button"
  made.title = title
  made.setAttribute("aria-label", title)
  made.addEventListener("click", action)
  return made
}

// React keeps its own copy of an input's value: it must see the change as if it were typed.
function typeInto(input, text) {
  const proto = input.tagName === "TEXTAREA" ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype
  Object.getOwnPropertyDescriptor(proto, "value").set.call(input, text)
  input.dispatchEvent(new Event("input", { bubbles: true }))
}

function api(path) {
  return new URL("api/docs/" + path, document.baseURI).href
}

function send(path, method, body, options) {
  return fetch(api(path), {
    method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, ...options,
  })
}
