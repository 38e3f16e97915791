// The keys, on one key.

const KEYS = [
  ["Tab, Shift+Tab", "next field, field before"],
  ["Enter, Shift+Enter", "next doubtful field, the one before"],
  ["Ctrl+Enter", "approve, and open the next document"],
  ["Ctrl+S", "save and stay"],
  ["Alt+N", "skip: leave this document for later"],
  ["Ctrl+Z", "undo typing, marking, and what was done to rows; in an untouched field: take the last approval or rejection back"],
  ["Alt+Z", "put the field's stored value back"],
  ["Alt+↓", "in a date: the calendar"],
  ["Alt+M", "show or hide numbers that are masked"],
  ["F4", "zoom to the field's place; again: fit the width"],
  ["Ctrl+wheel", "zoom the page"],
  ["Alt+R", "turn the page"],
  ["Alt+X, Alt+C", "to the reason for rejecting; to the comments. Enter sends it"],
  ["Page up, Page down", "scroll (while the pages have the focus)"],
  ["Drag on the page", "put the words you mark into the field"],
  ["Middle button, or the hand", "move the page"],
  ["In a table", "Enter: row below · Alt+↑ Alt+↓: move the row · Alt+Insert: new row · Alt+Delete: remove it"],
  ["F1 or ?", "this help"],
]

class Help {
  constructor(root) {
    this.dialog = element("dialog", "help")
    this.dialog.setAttribute("aria-label", "Keys")
    const list = element("dl")
    for (const [keys, what] of KEYS) list.append(element("dt", "", keys), element("dd", "", what))
    const close = button("Close", "Close the help", () => this.dialog.close())
    this.dialog.append(element("h2", "", "Keys of this screen"), list, close)
    root.append(this.dialog)
  }

  toggle() {
    if (this.dialog.open) this.dialog.close()
    else this.dialog.showModal()
  }
}
