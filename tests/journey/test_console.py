"""The console in a real browser: sign in, upload, ask, see the trace, sign out."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
DOCUMENT = Path(__file__).parents[2] / "platform/filigree/demo/documents/fees.html"
# It talks to the mesh and to nobody else.
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="the console needs a browser: apt-get install chromium chromium-driver",
)


class Page:
    """The console, and what a person does with it."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def see(self, selector: str, text: str = "") -> str:
        """The text of what is shown there, once it holds *text*."""

        def shown(_: Any) -> str:
            found = self.find(selector)
            said = found.text if found.is_displayed() else ""
            return said if text in said else ""

        # A table that is drawn anew meanwhile is looked at again.
        redrawn = [StaleElementReferenceException]
        return WebDriverWait(self.browser, 60, 0.1, redrawn).until(shown)

    def write(self, name: str, text: str) -> None:
        self.find(f"[name={name}]").send_keys(text)

    def press(self, selector: str) -> None:
        self.find(selector).click()


@pytest.fixture(scope="module")
def browser(demo: dict[str, str]) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in FLAGS:
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        started.get(demo["base_url"])
        yield started
    finally:
        started.quit()


@pytest.fixture
def page(browser: Any, demo: dict[str, str]) -> Page:
    """The console as somebody finds it who was never there."""
    browser.delete_all_cookies()
    browser.execute_script("sessionStorage.clear(); localStorage.clear()")
    browser.get(demo["base_url"])
    return Page(browser)


def sign_in(page: Page, demo: dict[str, str], password: str = "") -> None:
    page.see("#door")
    page.write("email", demo["email"])
    page.write("password", password or demo["password"])
    page.press("#login button")


def test_a_business_uploads_and_asks(page: Page, demo: dict[str, str]) -> None:
    sign_in(page, demo)
    page.see("#who", "owner of Brightwater Dental")
    assert page.browser.switch_to.active_element == page.find("[name=message]")
    page.write("file", str(DOCUMENT))
    page.press("#upload button")
    # Others' documents are ready before it.
    page.see("tr:has([aria-label^='Delete Fees at a glance'])", "ready")
    page.write("message", "What does in-chair whitening cost?")
    page.press("#ask button")
    assert "420" in page.see("#talk .bot", "€")
    assert "Fees at a glance" in page.see("#talk .bot blockquote")
    assert "conversation-manager" in page.see("#trace", "ms")


def test_a_document_is_deleted_after_a_question(
    page: Page, demo: dict[str, str]
) -> None:
    sign_in(page, demo)
    page.see("#inside")
    page.write("file", str(DOCUMENT.parent.parent / "hostile" / "empty.txt"))
    page.press("#upload button")
    page.see("#documents tr", "it is empty")
    gone = "[aria-label='Delete empty.txt']"
    page.press(gone)
    page.browser.switch_to.alert.dismiss()
    page.press(gone)
    page.browser.switch_to.alert.accept()
    page.see("#uploaded", "empty.txt: deleted")
    page.browser.refresh()
    page.see("#documents tr", "Fees at a glance")
    assert not page.browser.find_elements(By.CSS_SELECTOR, gone)


def test_the_api_s_page_shows_what_is_to_be_sent(
    page: Page, demo: dict[str, str]
) -> None:
    page.browser.get(demo["base_url"] + "/docs")
    page.see("#list", "conversation-manager")
    opened = "arguments[0].parentElement.open = true"
    for head in page.browser.find_elements(By.TAG_NAME, "summary"):
        if "/v1/api/chat" in head.text:
            page.browser.execute_script(opened, head)
    assert '"maxLength": 8000' in page.find("#list").text


def test_a_session_outlives_the_page_until_one_signs_out(
    page: Page, demo: dict[str, str]
) -> None:
    sign_in(page, demo)
    page.see("#inside")
    page.browser.refresh()
    page.see("#inside")
    assert "filigree_session" not in page.browser.execute_script(
        "return document.cookie"
    )
    page.press("#leave")
    page.see("#door")
    page.browser.refresh()
    page.see("#door")


def test_a_telephone_shows_it_without_scrolling_sideways(
    page: Page, demo: dict[str, str]
) -> None:
    narrow = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    sign_in(page, demo)
    page.see("#leave")
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    try:
        root = "return document.documentElement.scrollWidth"
        assert page.browser.execute_script(root) == 360
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_wrong_password_is_told(page: Page, demo: dict[str, str]) -> None:
    sign_in(page, demo, password="not the password")
    assert "wrong" in page.see("#refused", "password")
    assert not page.find("#inside").is_displayed()


def test_what_a_person_answers_is_shown_also_after_a_reload(
    page: Page, demo: dict[str, str]
) -> None:
    sign_in(page, demo)
    page.see("#inside")
    page.write("message", "I want to talk to a person")
    page.press("#ask button")
    page.see("#talk .bot", "person")
    page.browser.refresh()
    page.see("#talk .user", "I want to talk to a person")
    page.see("#count", "1 waiting")
    page.press("#waiting button")
    page.see("#service .bot", "person")
    page.find("#reply [name=name]").send_keys("Dana")
    page.write("text", "We open at nine.")
    page.press("#reply button")
    assert "Dana" in page.see("#service", "We open at nine.")
    assert "Dana" in page.see("#talk", "We open at nine.")
    page.press("#back")
    page.see("#talk", "The assistant answers again.")
    page.see("#count", "Nobody waits.")


def test_only_the_products_own_payment_page_becomes_a_link(
    page: Page, demo: dict[str, str]
) -> None:
    own = f"{demo['base_url']}/pay/WyJ0.Q8_-"

    def links(text: str, quote: str = "") -> list[str]:
        said = {"text": text, "citations": [{"quote": quote}]}
        script = "return spoken(arguments[0]).map((part) => part.href).filter(Boolean)"
        return page.browser.execute_script(script, said)

    assert links(f"Pay 50.00 EUR here: {own}.") == [own]
    assert links(f"See https://evil.example/pay/x or {demo['base_url']}/docs") == []
    assert links(f"{demo['base_url']}.evil.example/pay/x") == []
    assert links(f"The notice says: {own}", quote=f"Pay at {own} now") == []
