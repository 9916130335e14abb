"""What a page's style sheets hide on a wide screen is no text of the page."""

import pytest

SEEN, UNSEEN = "Oil costs 89 euros.", "Oil costs 59 euros."


def page(sheet, element):
    body = f"<p>{SEEN}</p>{element.format(UNSEEN)}"
    head = f"<title>Garage</title><style>{sheet}</style>"
    return (
        f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()
    )


@pytest.mark.parametrize(
    ("sheet", "element"),
    [
        (".a, .b { color: red; display: none }", '<p class="a">{}</p>'),
        (
            ".modal .inner{display:none}",
            '<div class=modal><p class="inner">{}</p></div>',
        ),
        ("div.k{visibility:hidden}", '<div class="k">{}</div>'),
        ("/* .x{ */ #late { display:none }", '<p id="late">{}</p>'),
        (".old{text-decoration:line-through}", '<p class="old">{}</p>'),
        (".off{position:absolute;left:-9999px}", '<p class="off">{}</p>'),
        ("@media screen{.s{display:none}}", '<p class="s">{}</p>'),
        (".a{display:none} p{display:block}", '<p class="a">{}</p>'),
        (".a{display:none!important} #b{display:block}", '<p id=b class="a">{}</p>'),
        ("", '<p class="sr-only">{}</p>'),
        ("", '<div class="CybotCookiebotDialog">{}</div>'),
        ("", '<div class="cookieconsent">{}</div>'),
    ],
)
def test_what_a_sheet_hides_is_left_out(read, sheet, element):
    assert read(page(sheet, element)).text == SEEN


@pytest.mark.parametrize(
    ("sheet", "element"),
    [
        ("@media print { .a {display:none} }", '<p class="a">{}</p>'),
        ("@media (max-width: 600px){.a{display:none}}", '<p class="a">{}</p>'),
        (".a{display:none} .a.b{display:block}", '<p class="a b">{}</p>'),
        (
            ".a{display:none} @media (min-width:60em){.a{display:block}}",
            '<p class="a">{}</p>',
        ),
        (".a{display:none}", '<p class="a" style="display:block">{}</p>'),
        (".a::before, .b{display:none}", '<p class="a">{}</p>'),
        (".a:hover{display:none}", '<p class="a">{}</p>'),
        (".a{opacity:0}", '<p class="a">{}</p>'),
        ("", '<p class="sr-only md:not-sr-only">{}</p>'),
        ("", '<details><p class="d-none">{}</p></details>'),
    ],
)
def test_what_a_wide_screen_shows_is_read(read, sheet, element):
    assert read(page(sheet, element)).text == f"{SEEN}\n\n{UNSEEN}"


def test_a_sheet_of_very_many_rules_takes_bounded_time(apart):
    sheet = "".join(f".a{at} *, div{{display:none}}" for at in range(20_000))
    text = apart(page(sheet, "<div>{0}</div>" * 5_000), memory=300 * 2**20).text
    assert text == SEEN
