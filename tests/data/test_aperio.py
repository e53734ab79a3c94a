import numpy as np
import pytest

from nucleibench.data.aperio import drop_short_regions, encode_regions, read_regions
from nucleibench.errors import DataError

ANNOTATION = b"""<?xml version="1.0" encoding="UTF-8"?>
<Annotations MicronsPerPixel="0.25">
  <Annotation Id="1" Name="">
    <Attributes><Attribute Name="Description" Id="0" Value=""/></Attributes>
    <Regions>
      <RegionAttributeHeaders><AttributeHeader Id="9999" Name="Region"/></RegionAttributeHeaders>
      <!-- <Region Id="comment"><Vertices><Vertex X="0" Y="0"/></Vertices></Region> -->
      <Region Id="7" Type="0"><Attributes/>
        <Vertices>
          <Vertex X="1" Y="2"/><Vertex Y='3.5' Z="0" X='-1e1'/><Vertex X="4" Y="5"/>
        </Vertices>
      </Region>
      <Region Id="9"><Vertices><Vertex X="6" Y="7"/><Vertex X="8" Y="9"/></Vertices></Region>
      <Region Id="8"><Vertices/></Region>
    </Regions>
    <Plots/>
  </Annotation>
</Annotations>
"""


def test_regions_in_order_of_the_file():
    regions = read_regions(ANNOTATION, "a.xml")
    assert regions.ids == ("7", "9", "8")
    np.testing.assert_array_equal(regions.offsets, [0, 3, 5, 5])
    np.testing.assert_array_equal(regions.vertices, [[1, 2], [-10, 3.5], [4, 5], [6, 7], [8, 9]])


def test_regions_without_an_id_are_counted():
    assert read_regions(b"<Annotations><Region/><Region/></Annotations>", "a.xml").ids == ("1", "2")


def test_short_regions_are_dropped_by_id():
    regions, dropped = drop_short_regions(read_regions(ANNOTATION, "a.xml"))
    assert dropped == ("9", "8")
    assert regions.ids == ("7",)
    np.testing.assert_array_equal(regions.offsets, [0, 3])
    assert len(regions.vertices) == 3


def test_annotation_without_regions():
    regions, dropped = drop_short_regions(read_regions(b"<Annotations/>", "a.xml"))
    assert (regions.ids, dropped, len(regions.vertices)) == ((), (), 0)


def test_encoded_outlines_come_back():
    outlines = [np.array([(1.0, 2.25), (3.5, 4.0), (5.0, 6.75)]), np.array([(7.0, 8.0)] * 4)]
    regions = read_regions(encode_regions(outlines), "a.xml")
    assert regions.ids == ("1", "2")
    np.testing.assert_array_equal(regions.offsets, [0, 3, 7])
    np.testing.assert_array_equal(regions.vertices, np.concatenate(outlines))


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<Annotations><Region Id="&c;"/></Annotations>"""

OUTSIDE_FILE = b"""<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<Annotations><Region Id="&secret;"/></Annotations>"""


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE_FILE, b'<!DOCTYPE a SYSTEM "a.dtd"><Annotations/>'])
def test_entities_are_refused(xml):
    with pytest.raises(DataError, match=r"a\.xml: declares a document type or entities"):
        read_regions(xml, "a.xml")


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"", "line 1: no element found"),
        (ANNOTATION[:600], "line 13: unclosed token"),
        (b"<html></html>", "not an Aperio annotation"),
        (b"<Region Id='1'/>", "not an Aperio annotation"),
        (b"<?xml version='1.0' encoding='klingon'?><Annotations/>", "unknown encoding: klingon"),
        (b"<Annotations>\n<Region><Vertex X='1'/></Region>", "line 2: a Vertex without 'Y'"),
        (b"<Annotations><Region><Vertex X='1' Y='two'/></Region></Annotations>", "'two'"),
        (b"<Annotations><Vertex X='1' Y='2'/></Annotations>", "outside of any Region"),
        (b"<Annotations><Region Id='5'><Vertex X='nan' Y='2'/></Region></Annotations>", "5"),
    ],
)
def test_damaged_annotations_are_refused(xml, message):
    with pytest.raises(DataError) as caught:
        read_regions(xml, "a.xml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("a.xml: ")
