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

// As if a person typed it over what was there: React, which keeps its own copy, sees the change, and Ctrl+Z takes it back.
function typeInto(input, text) {
  input.focus()
  input.select()
  document.execCommand(text ? "insertText" : "delete", false, text)
}

function api(path) {
  return new URL("api/docs/" + path, document.baseURI).href
}

function send(path, method, body, options) {
  return fetch(api(path), {
    method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, ...options,
  })
}
