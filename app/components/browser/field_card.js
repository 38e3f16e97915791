// What is known of the field that has the focus: a crop of the page, as read and as understood, and why it is doubtful.

const CROP_HEIGHT_PX = 54
const CROP_AROUND = 0.012 // of the page's width, on each side of the value

class FieldCard {
  constructor(root, act) {
    this.root = root
    this.act = act // { restore: called with "stored" or "machine", calendar }
    this.part = { row: 0 } // of a table: the row in focus, and what is known of the cell
    root.hidden = true
  }

  // `understood`: what an entry that is not stored yet means.
  show(field, pages, understood) {
    this.root.hidden = !field
    if (!field) return
    const head = element("div", "head")
    head.append(element("strong", "", field.label), element("span", "mark " + field.level, field.mark))
    if (field.parts) head.append(element("span", "parts", field.parts))
    head.append(element("span", "gap"))
    if (field.kind === "date") head.append(button("Calendar (Alt+↓)", "Choose the day", () => this.act.calendar()))
    head.append(button("↶ Undo (Alt+Z)", "Put the stored value back", () => this.act.restore("stored")))
    if (field.machine !== null) {
      head.append(button("Machine's value", "Put back what the machine had read", () => this.act.restore("machine")))
    }
    const body = element("div", "known")
    const crop = this.crop(field, pages)
    if (crop) body.append(crop)
    const facts = element("dl")
    const fact = (name, text) => { if (text) facts.append(element("dt", "", name), element("dd", "", text)) }
    fact("Read", this.hidden(field, field.raw))
    fact("Cell", this.part.cell)
    fact("Value", this.hidden(field, field.value) || (understood && "nothing"))
    if (understood) facts.lastElementChild.append(this.entry(field, understood))
    fact("Place", field.place)
    body.append(facts)
    this.root.replaceChildren(head, body, ...field.sentences.map((sentence) => element("div", "why", sentence)))
  }

  entry(field, { text, wrong }) {
    return element("span", wrong ? "wrong" : "entry", " → " + (wrong || this.hidden(field, text) || "not on the document"))
  }

  hidden(field, text) {
    return field.sensitive && !this.revealed && text ? "•".repeat(Math.max(0, text.length - 4)) + text.slice(-4) : text
  }

  crop(field, pages) {
    const place = field.boxes[this.part.row] ?? field.boxes[0]
    const page = place && pages[place.page - 1]
    if (!page || !page.picture.src) return null
    const [x0, y0, x1, y1] = place.place
    const holder = element("div", "crop")
    const picture = element("img")
    picture.src = page.picture.src
    picture.alt = "The page where " + field.label + " stands"
    const height = y1 - y0 + 2 * CROP_AROUND / page.ratio
    const width = x1 - x0 + 2 * CROP_AROUND
    const room = (this.root.clientWidth || 600) * 0.5
    const pageHeight = Math.min(CROP_HEIGHT_PX / height, room / width * page.ratio, 2200)
    const pageWidth = pageHeight / page.ratio
    Object.assign(holder.style, { width: width * pageWidth + "px", height: height * pageHeight + "px" })
    Object.assign(picture.style, {
      width: pageWidth + "px", height: pageHeight + "px",
      left: -(x0 - CROP_AROUND) * pageWidth + "px", top: -(y0 - CROP_AROUND / page.ratio) * pageHeight + "px",
    })
    holder.append(picture)
    return holder
  }
}
