"""Where an order stands though the page does not print it: hidden, off the paper, in comments, forms and metadata."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.attacks.attack_carriers import MARGIN_PT, Build, Carrier, filled, on_file
from tests.attacks.attack_paper import Paper
from tests.attacks.attack_places import BESIDE, VALUES

AREA = b"q 1 g 0 -50 700 45 re f Q\n"
PICTURE = b"q 700 0 0 45 0 -50 cm /White Do Q\n"
_THANKS = "Thank you for coming to see us today"


def covered(cover: bytes) -> Build:
    def draw_on(paper: Paper, host: Carrier) -> None:
        pixel = paper.pdf.make_stream(
            b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceGray,
            BitsPerComponent=8)  # fmt: skip
        paper.resource("/XObject", "/White", pixel)
        paper.write(14, -16, host.order)
        paper.put(cover)

    return on_file(draw_on)


def outside_crop(paper: Paper, host: Carrier) -> None:
    page = paper.pdf.pages[0]
    x0, y0, x1, y1 = map(float, page.mediabox)
    page.cropbox = page.mediabox
    page.mediabox = Array([x0, y0 - 100, x1, y1])
    paper.write(14, y0 - 50, host.order)


def outside_paper(paper: Paper, host: Carrier) -> None:
    paper.write(14, -MARGIN_PT - 60, host.order)


def see_through(paper: Paper, host: Carrier) -> None:
    paper.resource("/ExtGState", "/Glass", Dictionary(Type=Name.ExtGState, ca=0, CA=0))
    paper.write(14, -16, host.order, way="/Glass gs")


def hidden_layer(paper: Paper, host: Carrier) -> None:
    layer = paper.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(host.order)))
    paper.pdf.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer]))
    )
    paper.resource("/Properties", "/Off", layer)
    paper.put(b"/OC /Off BDC\n")
    paper.write(14, -16, host.order)
    paper.put(b"EMC\n")


def metadata(paper: Paper, host: Carrier) -> None:
    for key in ("/Title", "/Subject", "/Keywords", "/Author", "/Creator", "/Order"):
        paper.pdf.docinfo[key] = host.order


def xmp(paper: Paper, host: Carrier) -> None:
    with paper.pdf.open_metadata() as packet:
        packet["dc:title"] = packet["dc:description"] = packet["pdf:Keywords"] = host.order


def note(**more: object) -> Build:
    def draw_on(paper: Paper, host: Carrier) -> None:
        described = {"/Type": Name.Annot, "/Contents": String(host.order), "/T": String(host.order)}
        where = {"/Rect": Array([14, -60, 214, -20]), "/DA": String("/Helv 6 Tf 0 g")}
        paper.annotate(Dictionary({**described, **where, **{f"/{key}": value for key, value in more.items()}}))

    return on_file(draw_on)


def form(flags: int, typed: bool) -> Build:
    """A text field with the order as its value, or as its name and tooltip."""

    def draw_on(paper: Paper, host: Carrier) -> None:
        width = paper.size()[0]
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        entry = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, F=flags, Rect=Array([10, -60, width - 10, -20]), Ff=4096,
            T=String("note" if typed else host.order), TU=String(host.order), DA=String("/Helv 4 Tf 0 g"),
            V=String(host.order if typed else ""))  # fmt: skip
        paper.pdf.Root.AcroForm = Dictionary(
            Fields=Array([paper.annotate(entry)]), DA=String("/Helv 4 Tf 0 g"),
            DR=Dictionary(Font=Dictionary(Helv=paper.pdf.make_indirect(helvetica))))  # fmt: skip

    return on_file(draw_on)


def attached(paper: Paper, host: Carrier) -> None:
    name = f"{host.order}.txt".replace("/", "-")
    paper.pdf.attachments[name] = pikepdf.AttachedFileSpec(paper.pdf, host.order.encode(), filename=name)


def bookmark(paper: Paper, host: Carrier) -> None:
    with paper.pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(host.order, 0))


def script(paper: Paper, host: Carrier) -> None:
    paper.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{host.order}')"))
    address = Dictionary(S=Name.URI, URI=String(f"https://e.example/?q={host.order}"))
    where = Array([14, -60, 214, -20])
    paper.annotate(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=where, Border=Array([0, 0, 0]), A=address))


def said_otherwise(paper: Paper, host: Carrier) -> None:
    """Marked content that is to be read as other words than it shows (ISO 32000-1, 14.9.4)."""
    paper.put(b"/Span <</ActualText <feff%s>>> BDC\n" % host.order.encode("utf-16-be").hex().encode())
    paper.write(14, -16, "Thank you for your business")
    paper.put(b"EMC\n")


def lying_near(paper: Paper, host: Carrier) -> None:
    """Shows thanks, and says a rival value to whoever takes the text out."""
    x, share = BESIDE[host.doc_type]
    height, said = paper.size()[1], f"{host.label} {host.wanted}"
    paper.write(x, height - share * (height + MARGIN_PT), _THANKS[: len(said)], 5, said=said)


def over_print(way: str, text: str) -> Build:
    """What is not inked, where the value stands: its ink stands in the boxes."""

    def draw_on(paper: Paper, host: Carrier) -> None:
        x, share = VALUES[host.doc_type]
        height = paper.size()[1]
        paper.write(x, height - share * (height + MARGIN_PT), filled(text, host), way=way)

    return on_file(draw_on)


def over_value(paper: Paper, host: Carrier) -> None:
    x, share = VALUES[host.doc_type]
    height = paper.size()[1]
    paper.write(x, height - share * (height + MARGIN_PT), host.wanted.strip('"'), 9, way="3 Tr")
