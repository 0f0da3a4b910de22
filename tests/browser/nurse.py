"""A person at the browser."""

from time import monotonic

from tests.conftest import PASSWORD

PATIENCE = 15  # seconds


class Nurse:
    """What a person does on the pages."""

    def __init__(self, page, address):
        self.page, self.address = page, address

    def go(self, path):
        self.page.goto(self.address + path)

    def log_in(self, name):
        self.page.context.clear_cookies()
        self.go("/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("[type=submit]")
        self.sees("What waits for you")

    def fill(self, **items):
        for name, value in items.items():
            field = self.page.locator(f"#id_{name.replace('__', '-')}")
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(str(value))

    def open(self, form, visit="SCR"):
        self.page.click(f"#visit-{visit} a[aria-label='Enter {form} for {visit}']")

    def press(self, button):
        self.page.click(f"[name={button}]")

    def sees(self, text):
        """Waits for the page to say it; fails with what it says instead."""
        end = monotonic() + PATIENCE
        while text not in (said := self.page.inner_text("#container")) and monotonic() < end:
            self.page.wait_for_timeout(25)
        assert text in said
        return True
