"""HTML, Markdown, CSV and plain text: structure kept, the invisible left out."""

import pytest

import extraction

PAGE = (
    "<!doctype html><html><head><title>Our prices</title></head><body>{}</body></html>"
)


def html(body: str) -> bytes:
    return PAGE.format(body).encode()


def test_html_keeps_headings_items_and_paragraphs(blocks):
    page = html(
        "<h1>Prices</h1><p>All prices <b>include</b> tax.<br>Ask us.</p>"
        "<h2>Notes</h2><ul><li>Cash<li>Card <i>only</i></ul>Loose words"
    )
    assert blocks(page) == [
        ("heading1", "Prices"),
        ("paragraph", "All prices include tax. Ask us."),
        ("heading2", "Notes"),
        ("list_item", "Cash"),
        ("list_item", "Card only"),
        ("paragraph", "Loose words"),
    ]


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>unseen()</script>",
        "<style>.unseen {}</style>",
        "<noscript>unseen</noscript>",
        "<template>unseen</template>",
        "<!-- unseen -->",
        "<div hidden>unseen</div>",
        '<div style="display: none">unseen</div>',
        '<span style="VISIBILITY:hidden">unseen</span>',
        '<p style="font-size:0">unseen</p>',
        '<p style="position:absolute;left:-9999px">unseen</p>',
        '<div aria-hidden="true">unseen</div>',
        '<style>.x{} .gone { display:none }</style><p class="a gone">unseen</p>',
        "<nav>unseen</nav>",
        "<aside>unseen</aside>",
        "<header><a href=/>unseen</a></header>",
        "<footer>unseen</footer>",
        '<div role="navigation">unseen</div>',
        '<div class="cookie-banner">unseen</div>',
        '<ul id="breadcrumbs"><li>unseen</ul>',
        "<table><tr><td>a</td><td hidden>unseen</td><td>b</td></tr></table>",
    ],
)
def test_what_a_reader_of_a_page_does_not_see_is_left_out(read, unseen):
    text = read(html(f"<p>Seen.</p>{unseen}<p>Also seen.</p>")).text
    assert "unseen" not in text
    assert text.startswith("Seen.")
    assert text.endswith("Also seen.")


@pytest.mark.parametrize("before", ["", '<?xml version="1.0"?>\n', "\n"])
def test_what_a_page_declares_for_itself_is_no_text(read, before):
    declared = '<!DOCTYPE html [<!ENTITY shop "Our shop"> <!ENTITY gone ""> ] >'
    page = f"{before}{declared}<html><body><p>Seen [1] > 0.</p></body></html>"
    assert read(page.encode()).text == "Seen [1] > 0."


def test_the_main_element_is_the_content(read):
    words = "A cleaning costs eighty euros. " * 6
    text = read(html(f"<div>Menu</div><main><p>{words}</p></main><div>Ads</div>")).text
    assert text == words.strip()


def test_an_articles_own_header_is_kept(blocks):
    page = html("<article><header><h1>Prices</h1>By us</header><p>Text.</p></article>")
    assert blocks(page) == [
        ("heading1", "Prices"),
        ("paragraph", "By us"),
        ("paragraph", "Text."),
    ]


def test_rows_of_an_html_table_have_the_names_of_their_columns(blocks):
    page = html(
        "<table><caption>2026</caption><thead><tr><th>Service<th>Price</thead>"
        "<tr><td>Cleaning<td>€80<tr><td>Check-<b>up</b><td>€40</table>"
    )
    assert blocks(page) == [
        ("paragraph", "2026"),
        ("table_row", "Service: Cleaning; Price: €80"),
        ("table_row", "Service: Check-up; Price: €40"),
    ]


def test_a_cell_over_several_rows_is_in_each_of_them(blocks):
    page = html(
        "<table><tr><th>Service<th>Bike<th>Price"
        "<tr><td rowspan=3>Full service<td>Tandem<td>€99"
        "<tr><td rowspan='2' colspan=1>Cargo<td>€119<tr><td>€139 on Sundays"
        "<tr><td>Wash<td>any<td>€9</table>"
    )
    assert [text for _, text in blocks(page)] == [
        "Service: Full service; Bike: Tandem; Price: €99",
        "Service: Full service; Bike: Cargo; Price: €119",
        "Service: Full service; Bike: Cargo; Price: €139 on Sundays",
        "Service: Wash; Bike: any; Price: €9",
    ]


def test_a_table_inside_a_named_column_is_text_of_that_cell(blocks):
    inner = "<table><tr><td>Deluxe</td><td>€99</td></tr></table>"
    page = (
        "<!doctype html><table><tr><th>Service</th><th>Options</th></tr>"
        f"<tr><td>Cleaning</td><td>{inner}</td></tr></table>"
    )
    assert blocks(page.encode()) == [
        ("table_row", "Service: Cleaning; Options: Deluxe €99")
    ]


def test_items_of_a_page_have_the_numbers_that_they_are_referred_to_by(read):
    page = (
        "<ol><li>Rent<ol><li><p>Monthly.</p><p>In advance.</p><li>Yearly.</ol>"
        "<li value=5><h3>Return</h3><ul><li>Keys</ul></ol>"
        "<ol start=3 type=a><li>Linen<li>Towels</ol><ol reversed><li>Last<li>First</ol>"
        "<ol style='list-style: none'><li>Free</ol><ol><li>2.4 The landlord pays.</ol>"
        "<ol><li>30 days.</ol>"
    )
    assert read(html(page)).text.split("\n") == [
        *["1. Rent", "1.1. Monthly.", "In advance.", "1.2. Yearly.", ""],
        *["5. Return", "", "Keys", "c. Linen", "d. Towels", "2. Last", "1. First"],
        *["Free", "2.4 The landlord pays.", "1. 30 days."],
    ]


def test_what_is_said_beside_the_content_is_read_and_links_from_there_are_not(read):
    page = (
        "<aside>Our newsletter.</aside><main><h1>Hire</h1><p>A canoe costs 12 a day,"
        " and a raft that carries six costs 30, with paddles and vests for all.</p>"
        "<aside><p>Bring <a href=a>a towel</a> and shoes that may get wet.</p></aside>"
        "<aside><h2>See also</h2><a href=b>How to get here</a></aside></main>"
    )
    text = read(html(page)).text
    assert text.endswith("Bring a towel and shoes that may get wet.")
    assert "newsletter" not in text


def test_what_reviewers_remark_in_a_page_of_google_docs_is_left_out(read):
    page = (
        "<p>Siblings pay 90.<sup><a href='#cmnt1' id='cmnt_ref1'>[a]</a></sup></p>"
        "<div><p><a href='#cmnt_ref1' id='cmnt1'>[a]</a><span>Is it?</span></p></div>"
    )
    assert read(html(page)).text == "Siblings pay 90."


def test_a_list_of_terms_is_rows_with_their_terms(blocks):
    page = (
        "<!doctype html><dl><dt>Monday</dt><dt>Friday</dt><dd>9-17</dd>"
        "<div><dt>Sunday:</dt><dd><p>closed</p><p>but for emergencies</p></dd></div>"
        "<dt>Holidays</dt></dl><p>Come in.</p>"
    )
    assert blocks(page.encode()) == [
        ("table_row", "Monday, Friday: 9-17"),
        ("table_row", "Sunday: closed"),
        ("table_row", "Sunday: but for emergencies"),
        ("paragraph", "Holidays"),
        ("paragraph", "Come in."),
    ]


def test_a_table_that_only_places_things_is_read_as_text(blocks):
    page = html("<table><tr><td><h2>Prices</h2><p>Low.</p></td><td>Side</td></table>")
    assert blocks(page)[:2] == [("heading2", "Prices"), ("paragraph", "Low.")]


def test_markdown_keeps_its_structure(blocks):
    text = (
        "# After *surgery*\n\nSome **bold** text\ngoes [on](http://x.y).\n\n"
        "Second\n------\n\n1. one\n2. two\n   - three\n\n> quoted\n\n"
        "| Service | Price |\n|---|---|\n| Cleaning | €80 |\n\n"
        "```\na = 1\n  b\n```\n"
    )
    assert blocks(text.encode()) == [
        ("heading1", "After surgery"),
        ("paragraph", "Some bold text goes on."),
        ("heading2", "Second"),
        ("list_item", "1. one"),
        ("list_item", "2. two"),
        ("list_item", "three"),
        ("paragraph", "quoted"),
        ("table_row", "Service: Cleaning; Price: €80"),
        ("paragraph", "a = 1\n  b"),
    ]


def test_only_in_a_paragraph_of_hundreds_of_lines_marks_are_text(blocks):
    short, long = "*word* " * 9, "*word* " * 9000
    known = blocks(f"# Title\n\n{short}\n\n{long}\n\n{short}".encode())
    shown = "word " * 9
    texts = [shown.strip(), long.strip(), shown.strip()]
    assert [each[-1] for each in known[1:]] == texts


def test_markdown_as_github_writes_it_is_what_its_reader_sees(read):
    text = (
        "# Hire\n\nReturn within 7 days.<br>Late: ~~10~~ 15 € per hour[^1].\n\n"
        "[^1]: From the first minute.\n\n| A | B |\n|-|-|\n| c<br/>d | ~~e~~ f |\n"
    )
    assert read(text.encode()).text == (
        "Hire\n\nReturn within 7 days. Late: 15 € per hour.\n\n"
        "From the first minute.\n\nA: c d; B: f"
    )


def test_items_of_markdown_have_the_numbers_that_they_are_referred_to_by(read):
    text = (
        "# A\n\n4. Rent\n   1. Monthly\n\n      In advance.\n   2. Yearly\n"
        "7. Return\n- Keys\n"
    )
    assert read(text.encode()).text == (
        "A\n\n4. Rent\n4.1. Monthly\nIn advance.\n4.2. Yearly\n5. Return\nKeys"
    )


def test_markdown_as_obsidian_and_mkdocs_write_it_is_what_its_reader_sees(read):
    text = (
        '# Dogs\n\n!!! warning "Vaccination"\n    Dogs need one.\n\n'
        "> [!tip]- Feeding at 8.\n\n"
        "See [[Prices|our prices]] and [[Hours]]. ==No cats.== %%ask Ann%% `a == b`\n"
    )
    assert read(text.encode()).text == (
        "Dogs\n\nVaccination: Dogs need one.\n\nFeeding at 8.\n\n"
        "See our prices and Hours. No cats. a == b"
    )


def test_markdown_leaves_out_comments_and_scripts(read):
    text = "# A\n\n<!-- unseen -->\n\n<script>\nunseen()\n</script>\n\nB <b>c</b> d.\n"
    assert read(text.encode()).text == "A\n\nB c d."


def test_front_matter_gives_the_title_and_is_not_text(read):
    document = read(b'---\ntitle: "Aftercare"\nx: y\n---\n# Heading\n\nText.\n')
    assert (document.title, document.text) == ("Aftercare", "Heading\n\nText.")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_rows_of_csv_have_the_names_of_their_columns(read, mark):
    rows = [["name", "price"], ["Cleaning", "80"], ["Check-up", "40"]]
    document = read("\n".join(mark.join(row) for row in rows).encode())
    assert document.media_type == "text/csv"
    assert document.text == "name: Cleaning; price: 80\nname: Check-up; price: 40"


def test_quoted_cells_may_hold_the_delimiter_and_line_breaks(read):
    document = read(b'a,b\n"x, y","1\n2"\n"z","3"\n')
    assert document.text == "a: x, y; b: 1 2\na: z; b: 3"


def test_csv_without_names_gives_its_cells(read):
    assert read(b"1,2,3\n4,5,6\n").text == "1; 2; 3\n4; 5; 6"


def test_prose_with_commas_is_not_a_table(read):
    prose = b"First, we clean.\nThen, we rest.\nLast, we go.\n"
    assert read(prose).media_type == "text/plain"


@pytest.mark.parametrize(
    "prose",
    [
        "Hours\n\nMonday to Friday, 9 to 5.\n\nClosed on Sundays.\n",
        "# Pots\n\nThey have a warranty; see [it](https://x.example).\n\nGlaze too.\n",
        "Hours\nMonday to Friday, 9 to 5.\nClosed on Sundays.\n",
        "Hours\n\nFrom 9,30 to 5,15\n\nFrom 8,30 to 4,15\n\nFrom 7,30 to 3,15\n",
    ],
)
def test_a_title_and_short_paragraphs_are_not_a_table(read, prose):
    document = read(prose.encode())
    assert document.media_type != "text/csv"
    for line in prose.splitlines()[2:]:
        assert line.split("[")[0].strip() in document.text


def test_what_stands_out_in_plain_text_is_a_heading(blocks):
    text = (
        "*** THE GREAT SALE ***\n\nCome early.\n\nPRICES\nFrom CHF 5\n\n"
        "=== How to pay ===\n\nIn cash.\n\nDo NOT run.\n"
    )
    assert blocks(text.encode()) == [
        ("heading1", "THE GREAT SALE"),
        ("paragraph", "Come early."),
        ("heading2", "PRICES"),
        ("paragraph", "From CHF 5"),
        ("heading2", "How to pay"),
        ("paragraph", "In cash."),
        ("paragraph", "Do NOT run."),
    ]


@pytest.mark.parametrize("first", ["We are closed on Monday.", "- milk", "x" * 90])
def test_a_first_paragraph_that_is_no_title_stays_one(blocks, first):
    found = blocks(f"{first}\n\nThe rest.".encode())
    assert not any(kind.startswith("heading") for kind, _ in found)


def test_plain_text_keeps_paragraphs_lists_and_short_lines(blocks):
    text = (
        "A paragraph that an author wrapped by hand at the usual width of a\n"
        "terminal.\n\n- one\n- two\n  goes on\n\nMain Street 1\n1234 Town\n"
    )
    assert blocks(text.encode()) == [
        (
            "paragraph",
            "A paragraph that an author wrapped by hand at the usual width of a"
            " terminal.",
        ),
        ("list_item", "one"),
        ("list_item", "two goes on"),
        ("paragraph", "Main Street 1\n1234 Town"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"Just words.", "x.pdf", "text/plain"),
        (b"# Title\n\nWords.", "x.html", "text/markdown"),
        (b"<p>One</p><p>Two</p>", "x.txt", "text/html"),
        (b"<!-- x -->\n<HTML><body>One", "x.docx", "text/html"),
        (b"a,b\n1,2\n", "x", "text/csv"),
    ],
)
def test_the_type_is_decided_by_the_content(read, content, name, media_type):
    assert read(content, name).media_type == media_type


GERMAN = "Grüße aus Köln: die Praxis ist für Sie geöffnet, und wir freuen uns sehr."


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_text_of_any_usual_encoding_is_read(read, encoding):
    assert read(GERMAN.encode(encoding)).text == GERMAN


def test_a_pages_stated_encoding_is_used(read):
    page = "<!doctype html><meta charset='iso-8859-2'><p>Zażółć gęślą jaźń"
    assert read(page.encode("iso-8859-2")).text == "Zażółć gęślą jaźń"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We are open from nine to five and you can call us at any time.", "english"),
        ("Die Praxis ist von neun bis fünf geöffnet und Sie können anrufen.", "german"),
        ("Nous sommes ouverts le lundi et vous pouvez venir avec votre fils", "french"),
        ("Estamos abiertos los lunes y usted puede venir con su familia.", "spanish"),
        ("12345 67890", "simple"),
        ("Gabinet jest otwarty od dziewiątej do siedemnastej.", "simple"),
    ],
)
def test_the_language_is_guessed(read, text, language):
    assert read(text.encode()).language == language


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\x00", "\x07", "\U000e0041"],
)
def test_characters_that_cannot_be_seen_are_left_out(read, hidden):
    # One in a long text: a text full of them would be taken for a binary.
    words = " It costs eighty euros." * 20
    assert read(f"A clean{hidden}ing.{words}".encode()).text == f"A cleaning.{words}"


def test_joiners_that_scripts_and_emoji_need_are_kept(read):
    assert read("👩\u200d⚕️ می\u200cخواهم".encode()).text == "👩\u200d⚕️ می\u200cخواهم"


def test_a_document_says_what_it_is(read):
    document = read(b"# Prices\n\nThe cleaning is for you and costs eighty.", "p.md")
    assert document.facts() == {
        "title": "Prices",
        "language": "english",
        "media_type": "text/markdown",
        "pages": None,
        "unread_pages": [],
    }
    assert document.text == "Prices\n\nThe cleaning is for you and costs eighty."
    assert document.hierarchy == [extraction.Heading("Prices", 1, None, 0, [])]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Gebühr: 5 €", "cp1252"),
        ("Müller & Söhne – Straße 5", "cp1252"),
        ("We don’t charge a deposit, and the owner’s word counts.", "cp1252"),
        ("Open Monday – Friday, 9 – 5; “quoted”… and more.", "cp1252"),
        ("Monday–Friday, nine–five — always", "cp1252"),
        ("Pump: 19,90 €, bell: 4 €, tube: 7,50€", "cp1252"),
        ("Pump £5, bell £4.50, £12 – £15 per day", "cp1252"),
        ("A lock • a pump • 5 × 7 cm ± 1 mm", "cp1252"),
        ("§ 5 Absatz 2: 30 €, 20 °C, 12 m², ½ kg, 5 µm", "cp1252"),
        ("Open 7 à 9", "cp1252"),
        ("The owner’s price – 12 €, “from” £5", "mac_roman"),
        ("À la carte: 12 €, Straße 5", "iso8859_15"),
        ("Prodejna je otevřena od pondělí do pátku. Vrátit lze do dnů.", "cp1250"),
        ("Le café coûte 3 euros à Noël", "cp850"),
        ("¿Dónde están? Año nuevo: 20 €", "cp1252"),
        ("Die Prüfung für Öffnungszeiten, Straße 5", "mac_roman"),
        ("Le café de l'école coûte 3 euros à Noël", "mac_roman"),
        ("Zażółć gęślą jaźń za 20 złotych", "cp1250"),
        ("Zażółć gęślą jaźń za 20 złotych", "iso8859_2"),
        ("Prüfungsgebühr für Schüler", "cp850"),
        ("Часы работы с понедельника по пятницу. Цена пятьсот рублей.", "cp1251"),
        ("営業時間は月曜日から金曜日の9時から18時までです。", "shift_jis"),
        ("Öffnung am Montag", "utf-16-le"),
    ],
)
def test_a_short_text_in_an_unstated_encoding_is_read_as_it_was_written(
    read, text, encoding
):
    assert read(text.encode(encoding)).text == text


PRICES = "Service;Duration;Price\nCleaning;30 min;49,90\nFilling;45 min;80,00\n"


@pytest.mark.parametrize(
    "above",
    ["Prices 2026;;\n", "Prices 2026\n", "Prices 2026\n\n", "Prices 2026;;\n;;\n"],
)
def test_a_title_above_a_csv_is_its_heading(blocks, above):
    assert blocks((above + PRICES).encode()) == [
        ("heading1", "Prices 2026"),
        ("table_row", "Service: Cleaning; Duration: 30 min; Price: 49,90"),
        ("table_row", "Service: Filling; Duration: 45 min; Price: 80,00"),
    ]


def test_what_stands_above_a_csv_is_no_part_of_its_rows(blocks):
    above = "Prices 2026\n\nValid from May\nAll with tax\n\n"
    assert blocks((above + PRICES).encode())[:4] == [
        ("heading1", "Prices 2026"),
        ("paragraph", "Valid from May"),
        ("paragraph", "All with tax"),
        ("table_row", "Service: Cleaning; Duration: 30 min; Price: 49,90"),
    ]


@pytest.mark.parametrize("above", ["# A\n\nAll of them.\n\n", "A\n\n## B\n\n"])
def test_markdown_with_lines_of_commas_is_no_csv(read, above):
    lines = "".join(f"Boat {at},{at * 3} euros\n" for at in range(20))
    assert read((above + lines).encode()).media_type == "text/markdown"


def test_what_excel_says_of_the_separator_is_no_row(blocks):
    told = blocks(b"sep=;\nService;Price\nCleaning, whole;49\nFilling;80\n")
    assert [text for _, text in told] == [
        "Service: Cleaning, whole; Price: 49",
        "Service: Filling; Price: 80",
    ]


def test_names_of_columns_in_two_rows_are_put_together(blocks):
    rows = b",Weekday,,Weekend,\nPool,Adult,Child,Adult,Child\nIndoor,8,4,10,5\n"
    [(_, row)] = blocks(rows)
    assert row == (
        "Pool: Indoor; Weekday Adult: 8; Weekday Child: 4; "
        "Weekend Adult: 10; Weekend Child: 5"
    )
