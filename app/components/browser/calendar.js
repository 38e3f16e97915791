// The browser's own calendar for a date's field. It opens where the field stands, which stays a text that can be typed.

class Calendar {
  constructor(root, pick) {
    this.input = element("input", "calendar")
    this.input.type = "date"
    this.input.tabIndex = -1
    this.input.setAttribute("aria-hidden", "true")
    this.input.addEventListener("change", () => { if (this.input.value) pick(this.field, this.input.value) })
    root.append(this.input)
  }

  // `day`: ISO, to start from; anything else: today.
  open(field, over, day) {
    this.field = field
    const { left, top, width, height } = over.getBoundingClientRect()
    Object.assign(this.input.style, { left: left + "px", top: top + "px", width: width + "px", height: height + "px" })
    this.input.value = day
    this.input.showPicker()
  }
}
