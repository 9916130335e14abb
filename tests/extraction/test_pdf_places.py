"""Where a PDF draws its texts, by its fonts' widths, tells what belongs together."""

import pytest

TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
CMAP = (
    b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF>"
    b" endcodespacerange %d beginbfchar %s endbfchar endcmap end"
)


@pytest.fixture(scope="session")
def shown(raw_pdf, stream):
    """A PDF of one page: what it draws, its font, and objects from number 6 on."""

    def _shown(drawn, font=HELVETICA, *others, resources=b""):
        page = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>%s>>>>" % resources
        )
        catalogue = b"<</Type/Catalog/Pages 2 0 R>>"
        return raw_pdf(catalogue, TREE, page, stream(drawn), font, *others)

    return _shown


def placed(*texts, size=10):
    """Operators that draw each (x, y, text), or (x, y, text, size)."""
    drawn = (
        b"/F %d Tf 1 0 0 1 %d %d Tm (%s) Tj"
        % (more[0] if more else size, x, y, text.encode("cp1252"))
        for x, y, text, *more in texts
    )
    return b"BT " + b" ".join(drawn) + b" ET"


def sentence(y, x=72):
    return (x, y, "A sentence that is as long as the column of text is wide here.")


def test_words_and_kerned_letters_are_told_apart_by_widths(shown, read):
    texts = b"(W)80(e)-278(are)-250(of)20(fice)-260(staf)18(f.)"
    drawn = b"BT /F 10 Tf 72 700 Td [" + texts + b"] TJ ET"
    assert read(shown(drawn)).text == "We are office staff."


def test_a_narrow_gap_between_texts_of_their_own_parts_cells(shown, blocks):
    rows = [("Day", "Morning", "Evening"), ("Monday", "08:00", "14:00")]
    rows += [("Friday", "09:00", "closed")]
    cells = [
        (x, 700 - at * 16, text)
        for at, row in enumerate(rows)
        for x, text in zip((72, 112, 155), row, strict=True)
    ]
    drawn = placed(*cells, (72, 560, "Words with spaces that are shown between them."))
    assert blocks(shown(drawn))[:2] == [
        ("table_row", "Day: Monday; Morning: 08:00; Evening: 14:00"),
        ("table_row", "Day: Friday; Morning: 09:00; Evening: closed"),
    ]


def test_the_sign_of_a_note_is_a_raised_figure_of_its_word(shown, read):
    drawn = placed(
        (72, 700, "It costs 62.50"),
        (132, 704, "1", 7),
        (139, 700, "a visit, and"),
        (72, 688, "all of it is for you."),
    )
    assert (
        read(shown(drawn)).text == "It costs 62.50¹ a visit, and all of it is for you."
    )


def test_small_letters_above_and_below_a_line_stay_in_it(shown, read):
    drawn = placed(
        (72, 700, "CO"), (87, 696, "2", 7), (94, 700, "on the 1"), (130, 704, "st", 7)
    )
    assert read(shown(drawn)).text == "CO2 on the 1st"


def test_a_text_drawn_twice_to_look_bold_is_read_once(shown, read):
    drawn = placed((72, 700, "Opening hours"), (72, 700, "Opening hours"))
    assert read(shown(drawn)).text == "Opening hours"


def test_a_form_stands_where_it_is_shown(shown, stream, blocks):
    form = stream(placed((0, 0, "closes at six.")), b"/Type/XObject/Subtype/Form")
    drawn = b"q 1 0 0 1 122 700 cm /X Do Q " + placed((72, 700, "The sauna"))
    drawn += placed((72, 640, "The pool closes at eight."))
    file = shown(drawn, HELVETICA, form, resources=b"/XObject<</X 6 0 R>>")
    assert blocks(file)[0] == ("paragraph", "The sauna closes at six.")


def test_a_form_that_shows_itself_is_read_once(shown, stream, read):
    form = stream(
        placed((0, 0, "Once.")) + b" /X Do",
        b"/Type/XObject/Subtype/Form"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>",
    )
    file = shown(b"/X Do", HELVETICA, form, resources=b"/XObject<</X 6 0 R>>")
    assert read(file).text == "Once."


def test_text_without_ink_is_read_of_scans_alone(shown, stream, read):
    hidden = b" BT 3 Tr /F 10 Tf 72 600 Td (Recognised words.) Tj ET"
    seen = placed((72, 700, "Seen words."))
    assert read(shown(seen + hidden)).text == "Seen words."
    image = stream(b"\0", b"/Type/XObject/Subtype/Image/Width 1/Height 1")
    scan = b"/X Do" + hidden
    file = shown(scan, HELVETICA, image, resources=b"/XObject<</X 6 0 R>>")
    assert read(file).text == "Recognised words."


def test_marks_that_are_drawn_after_all_items_stand_before_them(shown, blocks):
    items = [(90, 700 - at * 14, f"thing {at}") for at in range(12)]
    marks = [(72, 700 - at * 14, f"{at + 1}.") for at in range(12)]
    assert blocks(shown(placed(*items, *marks)))[:2] == [
        ("list_item", "1. thing 0"),
        ("list_item", "2. thing 1"),
    ]


def test_a_number_that_begins_a_line_is_no_item(shown, blocks):
    long = "Ask for the coordinator of the programme, Dr. Lind, extension"
    drawn = placed((72, 700, long), (72, 688, "208. She answers from nine to five."))
    assert [kind for kind, _ in blocks(shown(drawn))] == ["paragraph"]


def test_lines_that_were_ended_by_hand_are_apart(shown, blocks):
    drawn = placed(
        sentence(700),
        sentence(688),
        (72, 664, "Comfortable clothing"),
        (72, 652, "Your letter"),
        (72, 640, "A list of all you take"),
    )
    assert blocks(shown(drawn))[1:] == [
        ("list_item", "Comfortable clothing"),
        ("list_item", "Your letter"),
        ("list_item", "A list of all you take"),
    ]


def test_leaders_part_what_they_lead_to(shown, blocks):
    drawn = placed(
        (72, 700, "Haircut, short hair . . . . . . . . . . . . . . . EUR 28"),
        (72, 688, "Beard . . . . . . . . . . . . . . . . . . . . . . . . . . . EUR 9"),
    )
    assert blocks(shown(drawn)) == [
        ("table_row", "Haircut, short hair: EUR 28"),
        ("table_row", "Beard: EUR 9"),
    ]


def test_a_section_number_and_its_name_are_no_row(shown, blocks):
    drawn = placed((72, 700, "1.1"), (98, 700, "Fares"), (72, 686, "All are shown."))
    assert blocks(shown(drawn))[0] == ("paragraph", "1.1 Fares All are shown.")


def test_rows_below_a_ruled_header_are_rows_however_near(shown, blocks):
    rows = [("Route", "Adult", "Car"), ("Bergen", "310", "890"), ("Voss", "145", "420")]
    cells = [
        (x, y, text)
        for y, row in zip((700, 682, 670), rows, strict=True)
        for x, text in zip((72, 160, 240), row, strict=True)
    ]
    assert blocks(shown(placed(*cells))) == [
        ("table_row", "Route: Bergen; Adult: 310; Car: 890"),
        ("table_row", "Route: Voss; Adult: 145; Car: 420"),
    ]


def test_a_cell_in_the_middle_of_its_row_is_of_that_row(shown, blocks):
    drawn = placed(
        (72, 700, "Name"),
        (200, 700, "Price"),
        (72, 675, "Shockwave with the"),
        (72, 663, "aftercare call"),
        (200, 669, "95"),
        (72, 638, "Massage"),
        (200, 638, "74"),
    )
    assert blocks(shown(drawn)) == [
        ("table_row", "Name: Shockwave with the aftercare call; Price: 95"),
        ("table_row", "Name: Massage; Price: 74"),
    ]


def test_a_compound_that_is_divided_at_its_hyphen_keeps_it(shown, read):
    drawn = placed(
        (72, 700, "Who is late pays. The time of arrival counts. It is a late-"),
        (72, 688, "arrival fee, and kinesi-"),
        (72, 676, "ology is for all."),
    )
    text = read(shown(drawn)).text
    assert "a late-arrival fee, and kinesiology is" in text


@pytest.mark.parametrize(
    ("glyph", "said"), [("66006600", "ff"), ("6600CF00", "ffi"), ("2F00", "一")]
)
def test_a_glyph_that_is_told_wrongly_is_put_right(shown, stream, read, glyph, said):
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    cmap = stream(CMAP % (1, b"<41> <%s>" % glyph.encode()))
    assert read(shown(placed((72, 700, "xAx")), font, cmap)).text == f"x{said}x"


def test_ligatures_of_tex_fonts_without_names_are_letters(shown, stream, read):
    font = (
        b"<</Type/Font/Subtype/Type3/FontMatrix[0.01 0 0 0.01 0 0]/FontBBox[0 0 50 50]"
        b"/FirstChar 28/LastChar 110/Widths[%s]/Encoding<</Type/Encoding/Differences"
        b"[28/a28 110/a110]>>/CharProcs<</a28 6 0 R/a110 6 0 R>>>>" % (b"50 " * 83)
    )
    drawn = b"BT /F 10 Tf 72 700 Td (\034n) Tj ET"
    assert read(shown(drawn, font, stream(b"50 0 d0"))).text == "fin"


@pytest.mark.parametrize(
    "codes",
    [
        [b"(ED) Tj (:) Tj (21) Tj (-) Tj (CBA) Tj"],
        [b"(ED:21-CBA) Tj"],
    ],
)
def test_what_is_read_from_the_right_is_in_the_order_of_reading(
    shown, stream, read, codes
):
    """Glyphs stand on the page from the left, figures among them from the left, too."""
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    letters = b" ".join(b"<%02X> <%04X>" % (65 + at, 0x5D0 + at) for at in range(5))
    drawn = b"BT /F 10 Tf 72 700 Td " + codes[0] + b" ET"
    assert read(shown(drawn, font, stream(CMAP % (5, letters)))).text == "אבג-21:דה"


def test_operators_with_wrong_operands_are_passed_over(shown, read):
    drawn = b"/Missing 9 Tf Td cm Q Do (x) Tc BT /F 10 Tf 72 700 Td (Text.) Tj ET"
    assert read(shown(drawn)).text == "Text."


def test_where_each_glyph_is_placed_narrow_gaps_part_cells(shown, blocks):
    rows = [("Room 7", "Summer", "89 a"), ("Room 8", "Winter", "99 b")]
    rows = [("Room", "Season", "Fee"), *rows, ("Room 9", "Spring", "79 c")]
    drawn = [
        (x + 6 * at, 700 - 15 * row, glyph)
        for row, cells in enumerate(rows)
        for x, text in zip((72, 112, 152), cells, strict=True)
        for at, glyph in enumerate(text)
    ]
    courier = HELVETICA.replace(b"Helvetica", b"Courier")
    assert blocks(shown(placed(*drawn), courier)) == [
        ("table_row", "Room: Room 7; Season: Summer; Fee: 89 a"),
        ("table_row", "Room: Room 8; Season: Winter; Fee: 99 b"),
        ("table_row", "Room: Room 9; Season: Spring; Fee: 79 c"),
    ]


def test_rows_whose_cells_run_over_are_told_apart_by_their_distance(shown, blocks):
    rows = [
        (700, ("Course", "Date", "Time", "Price")),
        (680, ("Growing", "6 May", "10:00 -", "18")),
        (664, ("from seed", "", "12:00", "")),
        (644, ("Hanging", "9 May", "11:00 -", "22")),
        (628, ("baskets", "", "13:30", "")),
        (608, ("Bees in", "12 May", "14:00 -", "15")),
        (592, ("gardens", "", "16:00", "")),
    ]
    cells = [
        (x, y, text)
        for y, row in rows
        for x, text in zip((72, 160, 240, 320), row, strict=True)
        if text
    ]
    lines = [(72, 560 - 16 * at, f"Line {at} of what follows,") for at in range(9)]
    assert blocks(shown(placed(*cells, *lines)))[:3] == [
        (
            "table_row",
            "Course: Growing from seed; Date: 6 May; Time: 10:00 - 12:00; Price: 18",
        ),
        (
            "table_row",
            "Course: Hanging baskets; Date: 9 May; Time: 11:00 - 13:30; Price: 22",
        ),
        (
            "table_row",
            "Course: Bees in gardens; Date: 12 May; Time: 14:00 - 16:00; Price: 15",
        ),
    ]


def test_the_distance_of_a_tables_rows_is_not_that_of_lines_of_text(shown, blocks):
    rows = [
        (700, ("Van", "Half a day", "Day")),
        (680, ("Small van", "35", "55")),
        (660, ("Transit, long", "48", "75")),
        (640, ("Medium van", "52", "80")),
        (620, ("Luton with tail", "69", "105")),
        (606, ("lift", "", "")),
    ]
    cells = [
        (x, y, text)
        for y, row in rows
        for x, text in zip((72, 200, 300), row, strict=True)
        if text
    ]
    lines = [(72, 570, "A hundred miles a day are"), (72, 556, "included in all.")]
    found = blocks(shown(placed(*cells, *lines)))
    assert found[0] == ("table_row", "Van: Small van; Half a day: 35; Day: 55")
    assert found[3] == (
        "table_row",
        "Van: Luton with tail lift; Half a day: 69; Day: 105",
    )


HOURS = ["Shop", "Mon to Fri 9-17", "Phone 555-0101", "Closed in May"]
DESK = ["Desk", "Mon to Sat 8-20", "Phone 555-0202", "Ring twice"]


def column(texts, x, top=700):
    return [(x, top - 14 * at, text) for at, text in enumerate(texts)]


def test_blocks_side_by_side_that_are_drawn_one_after_the_other_are_apart(shown, read):
    drawn = [(72, 740, "Where to find us"), *column(HOURS, 72), *column(DESK, 300)]
    drawn.append((72, 600, "Prices include tax."))
    text = read(shown(placed(*drawn))).text
    assert (
        text.split()
        == " ".join(["Where to find us", *HOURS, *DESK, "Prices include tax."]).split()
    )


def test_a_table_that_is_drawn_column_by_column_keeps_its_rows(shown, read):
    names = column(["Adult", "Child", "Senior", "Student"], 72)
    prices = column(["EUR 10", "EUR 5", "EUR 7", "EUR 8"], 300)
    labels = column(["Name:", "Street:", "Town:", "Pets:"], 72, 500)
    values = column(["Mira Koller", "Mill Lane", "Exeter", "none"], 300, 500)
    text = read(shown(placed(*names, *prices, *labels, *values))).text
    assert {"Senior: EUR 7", "Town: Exeter"} <= {*text.splitlines()}


def test_level_blocks_below_names_are_rows_that_tell_these(shown, read):
    lunch = column(["Lunch", "11:30 to 14:30", "Kitchen until 14:00"], 72)
    dinner = column(["Dinner", "18:00 to 23:00", "Kitchen until 22:15"], 300)
    assert read(shown(placed(*lunch, *dinner))).text.splitlines() == [
        "Lunch: 11:30 to 14:30; Dinner: 18:00 to 23:00",
        "Lunch: Kitchen until 14:00; Dinner: Kitchen until 22:15",
    ]


def test_columns_that_are_not_level_are_read_one_after_the_other(shown, read):
    dishes = column(
        ["Starters", "Soup of the day, 6", "Veal with a cream of", "tuna, 12"], 72
    )
    more = column(["capers, 14", "Desserts", "Tiramisu, 6", "Panna cotta, 5"], 300, 693)
    level = [(300, 700, "Served with bread and"), *more[:3]]
    text = " ".join(read(shown(placed(*dishes, *level))).text.split())
    assert "a cream of tuna, 12 Served with bread and capers, 14 Desserts" in text


def test_tall_cells_of_a_table_are_no_columns(shown, read):
    head = [(72, 700, "Room"), (200, 700, "With"), (400, 700, "Price")]
    tall = [
        (x, y - 28, text) for x, y, text in column(["Attic", "under", "the roof"], 72)
    ]
    beside = [(x, y - 28, t) for x, y, t in column(["a bath", "a desk", "a view"], 200)]
    last = [
        (400, 672, "80"),
        (72, 616, "Cellar"),
        (200, 616, "no view"),
        (400, 616, "40"),
    ]
    text = read(shown(placed(*head, *tall, *beside, *last))).text
    assert "Room: Attic under the roof; With: a bath a desk a view; Price: 80" in text


def test_a_list_right_below_a_table_is_none_of_its_cells(shown, read):
    rows = [
        (x, 700 - 14 * at, text)
        for at, row in enumerate(
            [("Pitch", "Low", "High"), ("Lake", "12", "15"), ("Wood", "9", "11")]
        )
        for x, text in zip((72, 200, 300), row, strict=True)
    ]
    text = read(
        shown(placed(*rows, (72, 658, "1. Dogs pay 4."), (72, 644, "2. Cars pay 6.")))
    ).text
    assert text.endswith(
        "Pitch: Wood; Low: 9; High: 11\n\n1. Dogs pay 4.\n2. Cars pay 6."
    )


def test_paragraphs_of_a_line_each_do_not_widen_the_distance_of_lines(shown, blocks):
    dishes = [
        ["Soup of the day with sourdough bread, 6"],
        ["Risotto with mushrooms and herbs, for two", "persons at least, 19"],
        ["Grilled sea bass with potatoes, 24"],
        ["Tagliatelle with wild boar and rosemary", "from our garden, 17"],
        ["Panna cotta with berries, 5"],
    ]
    drawn, y = [], 700
    for dish in dishes:
        drawn += column(dish, 72, y)
        y -= 14 * len(dish) + 8
    shown_blocks = blocks(shown(placed(*drawn)))
    assert [text for _, text in shown_blocks] == [" ".join(dish) for dish in dishes]
