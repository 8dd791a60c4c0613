import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.classroom.markup import expand_placeholders, to_html, to_inline_html, to_plain
from ciberaula.errors import UserError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uno **dos**", "<p>uno <strong>dos</strong></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("![foto](http://otro.sitio/x.png)", "<p>foto</p>"),
    ],
)
def test_markdown_becomes_safe_html(text, expected):
    assert to_html(text) == expected


def test_labels_and_plain_text():
    assert to_inline_html("uno **dos**") == "uno <strong>dos</strong>"
    assert to_inline_html("uno\n\ndos") == "<p>uno</p>\n<p>dos</p>"
    assert to_plain("**uno** & <dos>\n\n- tres") == "uno & <dos> tres"


@given(st.text(alphabet="<>&\"'abc/=![]()*_` \n:.-1#javscript"))
def test_no_text_makes_a_tag_of_its_own_or_loads_anything(text):
    made = to_html(text).lower()
    for dangerous in ("<script", "<img", "<iframe", "<svg", 'href="javascript:', "<input"):
        assert dangerous not in made


def test_placeholders_expand_at_any_depth():
    data = {"a": ["{{ ec.breach.authority }}", 3, None], "b": "sin nada"}
    expanded = expand_placeholders(data, "x.yml")
    assert expanded["a"][1:] == [3, None]
    assert expanded["b"] == "sin nada"
    assert "LOPDP" in expanded["a"][0]


def test_an_unknown_placeholder_is_one_line():
    with pytest.raises(UserError) as raised:
        expand_placeholders("{{no.existe}}", "x.yml")
    assert str(raised.value).startswith("x.yml: «{{no.existe}}»")
