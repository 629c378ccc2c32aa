"""A photograph is really decoded and made anew; what is none is refused with a sentence, before anything large is unpacked."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from PIL import Image, ImageFile

from app.visits import photographs
from app.visits.photographs import BROKEN, EMPTY, NOT_ONE, TOO_BIG, TOO_WIDE, PhotographRefused, made_anew

from . import pictures
from .pictures import GPS, picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_is_made_anew_as_a_jpeg(kind: str) -> None:
    made = made_anew(picture(kind, (2000, 1000)))
    whole, small = Image.open(io.BytesIO(made.content)), Image.open(io.BytesIO(made.small))
    assert (whole.format, whole.size, small.format, small.size) == ("JPEG", (1600, 800), "JPEG", (320, 160))
    assert (made.width, made.height) == whole.size
    assert made_anew(picture(kind, (2000, 1000))).sha256 == made.sha256, "the same photograph is known again"


def test_nothing_the_camera_wrote_comes_along_and_it_stands_upright() -> None:
    sent = pictures.with_place()
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS)
    assert b"Invented Lane" in sent
    made = made_anew(sent)
    for content in (made.content, made.small):
        found = Image.open(io.BytesIO(content))
        assert dict(found.getexif()) == {}
        assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for word in (b"Invented", b"Snoop", b"Exif"):
            assert word not in content
        assert found.height > found.width, "turned as it was held"
        assert found.getpixel((found.width // 2, 2))[0] > 150


def test_what_can_be_seen_through_is_on_white() -> None:
    made = Image.open(io.BytesIO(made_anew(picture("PNG", colour=(0, 0, 0, 0))).content))
    assert all(value > 250 for value in made.getpixel((10, 10)))


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", EMPTY),
        (pictures.archive(), NOT_ONE),
        (pictures.SCRIPT, NOT_ONE),
        (pictures.PAGE, NOT_ONE),
        (pictures.SVG, NOT_ONE),
        (b"%PDF-1.7 " + b"x" * 500, NOT_ONE),
        (picture("GIF"), NOT_ONE),
        (picture("BMP"), NOT_ONE),
        (picture("TIFF"), NOT_ONE),
        (picture()[: len(picture()) // 2], BROKEN),
        (picture("PNG")[:-40], BROKEN),
        (picture("WEBP")[:-10], BROKEN),
        (b"\xff\xd8\xff\xe0" + pictures.SCRIPT, BROKEN),
        (picture() + b"x" * photographs.MOST_BYTES, TOO_BIG),
        (pictures.says_it_is_huge(), TOO_WIDE),
        (pictures.says_it_is_huge(5001, 5000), TOO_WIDE),
        (pictures.says_it_is_huge(12_000, 10_000), TOO_WIDE),
        (pictures.says_it_is_huge(5000, 5000), BROKEN),
    ],
)
def test_what_is_no_photograph_is_refused_with_its_sentence(sent: bytes, why: str) -> None:
    with pytest.raises(PhotographRefused) as refused:
        made_anew(sent)
    assert str(refused.value) == why


def test_a_picture_with_an_archive_behind_it_is_the_picture_alone() -> None:
    made = made_anew(picture() + pictures.archive())
    assert b"PK\x03\x04" not in made.content


def test_a_small_file_that_says_it_is_huge_is_not_unpacked() -> None:
    made_anew(picture())  # what is loaded once is loaded
    tracemalloc.start()
    with pytest.raises(PhotographRefused):
        made_anew(pictures.says_it_is_huge())
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16", "LA"])
def test_every_kind_of_points_is_taken(mode: str) -> None:
    made = io.BytesIO()
    Image.new("L", (50, 40), 90).convert(mode if mode != "I;16" else "I").convert(mode).save(
        made, "JPEG" if mode == "CMYK" else "PNG"
    )
    assert made_anew(made.getvalue()).width == 50


def test_a_picture_that_ends_too_early_is_refused_when_pdfs_are_drawn_in_the_same_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as importing WeasyPrint sets it, for all
    with pytest.raises(PhotographRefused, match="not whole"):
        made_anew(picture()[:-900])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True, "left as it was found"
