"""PDFs of graphs: the same drawing is the same bytes, and every object is where the file says."""

import re

import pytest
import vl_convert

from exports.graphs.pdf import stable

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100" font-family="Liberation Sans">'
    '<text x="5" y="20">plain obj 1 0 R</text><text x="5" y="40" font-weight="bold">bold endobj</text>'
    '<text x="5" y="60" font-style="italic">slanted</text>'
    + "".join(f'<rect x="{x}" y="70" width="9" height="9" fill-opacity="0.{x}"/>' for x in range(1, 9)) + "</svg>"
)


def test_the_same_drawing_is_the_same_bytes_however_the_converter_numbers_its_objects():
    made = [bytes(vl_convert.svg_to_pdf(DRAWING)) for _ in range(8)]
    assert len(set(made)) > 1, "the converter has become stable: exports.graphs.pdf is not needed any more"
    assert len({stable(one) for one in made}) == 1


def test_a_document_in_order_stays_as_it_is_and_its_table_names_the_places_of_all_objects():
    data = stable(bytes(vl_convert.svg_to_pdf(DRAWING)))
    assert stable(data) == data
    places = [int(one) for one in re.findall(rb"(\d{10}) 00000 n\r\n", data)]
    assert [data[place:].split(b" ", 1)[0] for place in places] == [b"%d" % n for n in range(1, len(places) + 1)]
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 %d\n" % (len(places) + 1))


@pytest.mark.parametrize("damage", [
    lambda data: data.replace(b"trailer", b"tralier"), lambda data: data.replace(b"/Length ", b"/Lenght "),
    lambda data: data.replace(b"1 0 obj\n", b"1 1 obj\n", 1),
])
def test_a_file_of_another_make_is_refused_rather_than_garbled(damage):
    with pytest.raises(ValueError, match=r"\w"):
        stable(damage(stable(bytes(vl_convert.svg_to_pdf(DRAWING)))))
