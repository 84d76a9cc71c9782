"""Pictures of a design's own: uploaded, refused kindly, seen in the preview and in the file."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image
from werkzeug.test import TestResponse

from lms import db
from lms.certificates.checks import check
from lms.certificates.designs import shipped
from lms.certificates.designs.composing import compose_what_fits
from lms.certificates.designs.design import Design, PictureBlock, Words
from lms.certificates.designs.editing import with_ground, with_picture
from lms.certificates.designs.plain import as_data
from lms.certificates.designs.reading import BadDesign, design_from
from lms.certificates.designs.uploads import PictureRefused, as_ground
from lms.certificates.desk.settings import PrintSettings
from lms.certificates.document import CertificateDocument, Logo
from lms.certificates.drawing.items import Picture, Shape
from lms.certificates.print_file import render_print_file
from lms.certificates.render import render
from lms.files.models import StoredFile
from tests.cast import Cast, csrf
from tests.certificates.certify import file_of, issued
from tests.certificates.conftest import make
from tests.certificates.designs.test_design_pages import LIST, copied, post, versions

SIGN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
    b'<path d="M0 0H40V20H0Z" fill="#0b5c55"/></svg>'
)
GROUND = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 297 210">'
    b'<path d="M0 0H297V210H0Z" fill="#e3f0ed"/></svg>'
)


def png(across: int = 400, high: int = 200, colour: str = "#e3f0ed", kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (across, high), colour).save(out, kind)
    return out.getvalue()


def upload(
    cast: Cast, design_id: int, data: bytes, name: str = "a.png", **form: str
) -> TestResponse:
    client = cast.client("registrar")
    said = {"csrf_token": csrf(client), "use": "mark", "page": "1", "alt_text": "Un semn", **form}
    return client.post(
        f"{LIST}/{design_id}/pictures", data={**said, "picture": (io.BytesIO(data), name)}
    )


def preview(cast: Cast, design_id: int) -> str:
    number = len(versions(cast, design_id))
    return cast.client("registrar").get(f"{LIST}/{design_id}/versions/{number}/1.svg").text


def choose(cast: Cast, design_id: int) -> None:
    """Let the edition's certificates be issued in the newest version."""
    from lms import clock
    from lms.certificates.designs.models import CertificateDesign, DesignChoice

    with cast.app.app_context(), db.writing() as session:
        kept = session.get_one(CertificateDesign, design_id)
        session.add(
            DesignChoice(
                programme_id=cast.programme_id,
                version_id=kept.newest.id,
                chosen_at=clock.now(),
                chosen_by_id=cast.persons["registrar"],
            )
        )


@pytest.mark.parametrize(("data", "name"), [(png(), "semn.png"), (SIGN, "semn.svg")])
def test_a_mark_is_uploaded_seen_in_the_preview_and_in_the_sealed_file(
    cast: Cast, data: bytes, name: str
) -> None:
    design_id = copied(cast)
    before = preview(cast, design_id)
    answer = upload(cast, design_id, data, name)
    assert answer.status_code == 302
    block = versions(cast, design_id)[-1].pages[0].blocks[-1]
    assert isinstance(block, PictureBlock)
    assert (block.id, block.alt.ro) == ("picture-1", "Un semn")
    assert preview(cast, design_id) != before
    client = cast.client("registrar")
    assert "Se suprapun: Sigle și Imagine 1." in client.get(f"{LIST}/{design_id}").text
    page = cast.client("registrar").get(f"{LIST}/{design_id}").text
    assert "picture-1.box.left" in page
    assert "Ce arată imaginea" in page
    assert block.sha256 not in page.replace("versions", ""), "nobody types a hash"
    with cast.app.app_context():
        (stored,) = db.session().query(StoredFile).filter_by(sha256=block.sha256)
        assert (stored.owner_type, stored.owner_id) == ("certificate_designs", design_id)
    choose(cast, design_id)
    with pikepdf.open(io.BytesIO(file_of(cast, issued(cast, "learner")))) as opened:
        alts = [str(each.Alt) for each in opened.objects if "/Alt" in dict_of(each)]
    assert "Un semn" in alts


def dict_of(each: pikepdf.Object) -> pikepdf.Object | dict[str, object]:
    return each if isinstance(each, pikepdf.Dictionary) else {}


@pytest.mark.parametrize(("data", "name"), [(png(594, 420), "a.png"), (GROUND, "a.svg")])
def test_a_background_lies_under_the_page_and_can_go_again(
    cast: Cast, data: bytes, name: str
) -> None:
    design_id = copied(cast)
    bare = preview(cast, design_id)
    assert upload(cast, design_id, data, name, use="ground", alt_text="").status_code == 302
    assert versions(cast, design_id)[-1].pages[0].background
    assert preview(cast, design_id) != bare
    page = cast.client("registrar").get(f"{LIST}/{design_id}").text
    assert "are fundal" in page
    assert post(cast, f"{LIST}/{design_id}/backgrounds/1/remove").status_code == 302
    assert versions(cast, design_id)[-1].pages[0].background == ""
    assert preview(cast, design_id) == bare
    post(cast, f"{LIST}/{design_id}/backgrounds/1/remove")
    assert len(versions(cast, design_id)) == 3, "the second click changes nothing"
    assert post(cast, f"{LIST}/{design_id}/backgrounds/2/remove").status_code == 404


@pytest.mark.parametrize(
    ("data", "use", "sentence"),
    [
        (b"", "mark", "Alegeți mai întâi o imagine"),
        (b"GIF89a", "mark", "nici imagine PNG, nici JPG, nici desen SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "mark", "SVG"),
        (SIGN.replace(b"<path", b'<path onclick="x()"'), "mark", "(onclick)"),
        (png(400, 400), "ground", "forma colii, 297 × 210 mm"),
    ],
)
def test_what_is_no_use_is_refused_with_a_sentence_and_changes_nothing(
    cast: Cast, data: bytes, use: str, sentence: str
) -> None:
    design_id = copied(cast)
    answer = upload(cast, design_id, data, use=use)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(versions(cast, design_id)) == 1


def test_a_mark_needs_words_for_those_who_can_not_see_it(cast: Cast) -> None:
    design_id = copied(cast)
    answer = upload(cast, design_id, png(), alt_text=" ")
    assert answer.status_code == 422
    assert "Spuneți în cuvinte ce arată imaginea" in answer.text


def test_only_who_may_edit_uploads(cast: Cast) -> None:
    design_id = copied(cast)
    client = cast.client("auditor")
    form = {"csrf_token": csrf(client), "use": "mark", "page": "1", "alt_text": "x"}
    answer = client.post(
        f"{LIST}/{design_id}/pictures", data={**form, "picture": (io.BytesIO(png()), "a.png")}
    )
    assert answer.status_code == 403
    assert "pictures" not in client.get(f"{LIST}/{design_id}").text


def test_a_dark_or_a_heavy_background_is_told_of() -> None:
    assert as_ground(png(594, 420, "#333333"), 297, 210).is_dark
    assert not as_ground(png(594, 420, "#f5f7f4"), 297, 210).is_dark
    noise = Image.effect_noise((1754, 1240), 200).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=60)
    with pytest.raises(PictureRefused) as refused:
        as_ground(out.getvalue(), 297, 210)
    assert refused.value.reason == "too_rich"


def pictured(ground: bytes, mark: bytes) -> CertificateDocument:
    """Make a certificate in a design with a background and a mark."""
    grounded, marked = Logo("", ground), Logo("Un semn", mark)
    design = with_ground(shipped.default(), 0, grounded.sha256)
    design = with_picture(design, 0, marked.sha256, Words("Un semn"))
    return make(design=design, backgrounds=(ground,), own_pictures=(marked,))


@pytest.mark.parametrize("ground", [png(594, 420), GROUND], ids=["pixels", "outlines"])
def test_pre_printed_paper_gets_neither_background_nor_mark(ground: bytes) -> None:
    document = pictured(ground, png())
    assert check(document) == []
    whole = render_print_file([document], PrintSettings())
    bare = render_print_file([document], PrintSettings(is_preprinted=True))
    assert (shapes(whole), shapes(bare)) != (shapes(bare), shapes(bare))
    plain = render_print_file([make(design=shipped.default())], PrintSettings(is_preprinted=True))
    assert len(bare) == len(plain)


def shapes(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages[0].Contents.read_bytes())


def test_a_drawn_background_reaches_over_the_edge_of_a_cut_sheet() -> None:
    pdf = render_print_file([pictured(GROUND, SIGN)], PrintSettings(is_cut=True))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        drawn = b"".join(
            each.read_bytes()
            for each in opened.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"
        )
    assert b"-8.50 603.78 m" in drawn, "3 mm beyond the upper left corner"


def test_the_facts_keep_which_pictures_and_no_other_is_drawn() -> None:
    document = pictured(GROUND, SIGN)
    facts, design = document.to_facts(), document.design
    held = {Logo("", data).sha256: data for data in (GROUND, SIGN)}
    designs = {design.sha256: design}
    again = CertificateDocument.from_facts(facts, held, designs)
    assert render(again) == render(document)
    with pytest.raises(ValueError, match="missing"):
        CertificateDocument.from_facts(facts, {}, designs)


def test_a_picture_stands_in_the_middle_of_its_box() -> None:
    for mark, kind in ((png(), Picture), (SIGN, Shape)):
        document = pictured(GROUND, mark)
        page = compose_what_fits(document.design, document).pages[0]
        figure = next(each for each in page.elements if each.alt == "Un semn")
        assert isinstance(figure.items[0], kind)
    assert isinstance(figure.items[0], Shape)
    places = [float(figure) for step in figure.items[0].path for figure in step[1:]]
    assert min(places[::2]) == pytest.approx(20)
    assert max(places[::2]) == pytest.approx(55)


def test_a_picture_without_words_or_with_a_hash_that_is_none_is_a_fault() -> None:
    design: Design = with_picture(shipped.default(), 0, "x", Words(""))
    with pytest.raises(BadDesign) as refused:
        design_from(as_data(design))
    assert [fault.path.rpartition("picture-1.")[2] for fault in refused.value.faults] == [
        "sha256",
        "alt.ro",
    ]
