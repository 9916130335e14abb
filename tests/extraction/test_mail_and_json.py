"""An e-mail is what its sender wrote; JSON is rows with the names of their values."""

import base64
import json
from email.message import EmailMessage

import pytest

from extraction import _mail

HEAD = {
    "Subject": "Öffnungszeiten",
    "From": '"Weber, Anna" <anna@boats.example>',
    "Date": "Thu, 12 Nov 2026 10:00:00 +0100",
}
PAGE = "<p>We open at 9.</p><blockquote type=cite><p>Open at 10?</p></blockquote>"


def mail(*parts, **attached):
    message = EmailMessage()
    for name, value in HEAD.items():
        message[name] = value
    for subtype, text in parts:
        is_first = (
            message.get_content_type() == "text/plain" and not message.get_payload()
        )
        add = message.set_content if is_first else message.add_alternative
        add(text, subtype=subtype)
    for name in attached:
        message.add_attachment(
            b"%PDF-1.7", "application", "pdf", filename=f"{name}.pdf"
        )
    return bytes(message)


@pytest.mark.parametrize(
    "parts",
    [
        [("plain", "We open at 9.\n\nOn Monday, Tom <t@x.example> wrote:\n> At 10?\n")],
        [("plain", "We open at 9."), ("html", "<p>We close.</p>")],
        [("html", PAGE)],
    ],
    ids=["plain", "both", "html"],
)
def test_a_mail_is_its_subject_its_head_and_its_own_words(read, parts):
    document = read(mail(*parts, prices=b""))
    assert (document.media_type, document.title) == ("message/rfc822", HEAD["Subject"])
    assert [document.of(block) for block in document.blocks] == [
        "Öffnungszeiten",
        "From: Weber, Anna; Date: Thu, 12 Nov 2026 10:00:00 +0100",
        "We open at 9.",
        "Attachment: prices.pdf",
    ]


def test_a_mail_without_a_date_is_one_by_how_its_body_is_packed(read):
    head = "From: a@b.example\r\nSubject: Ferry\r\n"
    packed = base64.b64encode("<p>The ferry’s fare is 9 €.</p>".encode("cp1252"))
    of_it = "Content-Type: text/html; charset=windows-1252\r\n"
    of_it += "Content-Transfer-Encoding: base64\r\n\r\n"
    document = read((head + of_it).encode() + packed)
    assert document.text.endswith("The ferry’s fare is 9 €.")


def test_two_lines_as_a_mail_has_them_are_text(read):
    note = b"From: Harbour Street\nTo: the boathouse\n\nIt is ten minutes on foot."
    assert read(note).media_type == "text/plain"


def test_a_mail_of_attachments_alone_is_refused_and_they_are_named(refused):
    refusal = refused(mail(("plain", " \n"), prices=b"", hours=b""))
    assert refusal.code == "no_text"
    assert "prices.pdf, hours.pdf" in refusal.reason


def test_a_refusal_names_a_few_of_what_is_attached_and_no_name_to_its_end(refused):
    many = {f"{n:03}{'x' * 500}": b"" for n in range(200)}
    refusal = refused(mail(("plain", " \n"), **many))
    assert "000x" in refusal.reason
    assert refusal.reason.endswith("195 more")
    assert len(refusal.reason) < 600


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n> Open?\n", "Yes.\n"),
        ("Ja.\n\nAm 9.11. um 10:00 schrieb Tom\n<t@x.example>:\n\n> Auf?\n", "Ja.\n\n"),
        ("Oui.\nLe 9 nov., Tom a écrit :\n> Ouvert ?\nA.", "Oui.\nA."),
        ("Sí.\nEl 9 nov, Tom escribió:\n> ¿Abren?\n", "Sí.\n"),
        ("Yes.\n-----Original Message-----\nFrom: Tom\nOpen?", "Yes.\n"),
        ("Yes.\n________________________________\nFrom: Tom\nOpen?", "Yes.\n"),
        ("> Only a quote.\n", "> Only a quote.\n"),
        ("On Monday he wrote:\nCome.", "On Monday he wrote:\nCome."),
    ],
)
def test_what_a_mail_quotes_of_others_is_left_out(text, own):
    assert _mail.own(text) == own


def test_json_is_rows_below_the_names_that_lead_to_them(read):
    shop = {
        "name": "Boats",
        "open": True,
        "phone": None,
        "hours": {"monday": "9-17"},
        "hire": [{"boat": "Canoe", "price": 12.5, "seats": [1, 2]}, {"boat": "Raft"}],
    }
    document = read(json.dumps(shop).encode())
    assert (document.media_type, document.title) == ("application/json", "Boats")
    assert [document.of(block) for block in document.blocks] == [
        "name: Boats; open: yes",
        "hours",
        "monday: 9-17",
        "hire",
        "boat: Canoe; price: 12.5; seats: 1, 2",
        "boat: Raft",
    ]


def test_what_only_begins_like_json_is_text(read):
    assert read(b"[Draft] We open at 9.").media_type == "text/plain"


def test_json_nested_beyond_reason_is_refused(refused):
    assert refused(b"[" * 100_000 + b"]" * 100_000).code == "too_deep"


MAIL = b"From: Ann <a@x.example>\nSubject: %s\nDate: Tue, 3 Nov 2026 10:00:00 +0100\n"


def test_a_text_goes_on_below_a_picture_in_it(read):
    parts = b"".join(
        b"--B\nContent-Type: %s\n\n%s\n" % part
        for part in (
            (b"text/plain", b"Entry costs 8."),
            (b"image/png; name=a.png", b"x"),
            (b"text/plain", b"Children pay 3."),
        )
    )
    mail = MAIL % b"Fees" + b"Content-Type: multipart/mixed; boundary=B\n\n" + parts
    assert read(mail + b"--B--\n").text.endswith(
        "Entry costs 8.\n\nChildren pay 3.\n\nAttachment: a.png"
    )


def test_flowed_lines_are_one_sentence(read):
    head = MAIL % b"Tracks" + b"Content-Type: text/plain; format=flowed\n\n"
    said = read(head + b"They are groomed \nbefore seven.\nLit until ten.\n").text
    assert "They are groomed before seven.\nLit until ten." in said


def test_what_outlook_quotes_is_left_out_unless_it_is_forwarded(read):
    page = (
        b"Content-Type: text/html\n\n<html><body><p>On 5 May.</p>"
        b"<div style='border:none;border-top:solid #E1E1E1 1.0pt'>"
        b"<p><b>From:</b> Bob<br></p></div><p>When?</p>"
    )
    assert read(MAIL % b"Re: lift" + page).text.endswith("+0100\n\nOn 5 May.")
    assert read(MAIL % b"FW: lift" + page).text.endswith("When?")


def test_a_mailbox_of_one_message_is_that_message(read):
    box = b"From a@x.example Tue Nov  3 10:00:00 2026\n" + MAIL % b"Code" + b"\n7391.\n"
    assert read(box).text.endswith("7391.")
    assert read(box).title == "Code"
