"""People at their browsers: each in a window of their own, by what they see there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Response,
    expect,
)

from compliance.demo_users import DEMO_PASSWORD

DESKTOP = {"width": 1280, "height": 900}
A_STEP_MILLISECONDS = 15_000
A_WORKER_MILLISECONDS = 60_000


class Person:
    """Somebody at work: acts by labels and buttons, and keeps what went wrong.

    Each ``look`` leaves a picture for people; whatever the browser complains of, errors
    and what the content security policy forbids, is kept in ``complaints``.
    """

    def __init__(self, browser: Browser, address: str, name: str, album: Path) -> None:
        self.name, self.address, self.album = name, address, album
        self.complaints: list[str] = []
        self.refused_at: set[str] = set()
        self.context = browser.new_context(
            base_url=address,
            viewport=DESKTOP,
            locale="en-US",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.context.set_default_timeout(A_STEP_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", self._hear_error)

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(f"{self.page.url}: {error.message}\n{error.stack}")

    def _hear(self, message: ConsoleMessage) -> None:
        expected = message.location.get("url", "") in self.refused_at
        if message.type == "error" and not expected:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self) -> "Person":
        self.page.goto("/")
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.heading("Good to see you")).to_be_visible()
        return self

    # --- what is seen ---

    def look(self, title: str) -> None:
        """Keep a picture of the whole page."""
        with self.held_still():
            self.page.evaluate("scrollTo(0, 0)")
            self.page.screenshot(path=self._picture(title), full_page=True)

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Let nothing that the page asks for by itself change it meanwhile."""
        self.page.route("**/live/", lambda asked: asked.fulfill(status=204))
        try:
            yield
        finally:
            self.page.unroute("**/live/")

    def _picture(self, title: str) -> Path:
        self.album.mkdir(parents=True, exist_ok=True)
        number = len(list(self.album.glob("*.png"))) + 1
        return self.album / f"{number:02}-{self.name}-{title.replace(' ', '-')}.png"

    def heading(self, words: str):
        return self.page.get_by_role("heading", name=words).first

    def sees(self, *words: str | re.Pattern[str]) -> None:
        """All of these stand on the page."""
        for one in words:
            expect(self.page.get_by_text(one).first).to_be_visible()

    def sees_not(self, *words: str) -> None:
        """None of these stands on the page."""
        for one in words:
            expect(self.page.get_by_text(one)).to_have_count(0)

    def trail(self) -> list[tuple[str, str]]:
        """What happened and who did it, oldest first, off the page of the trail."""
        entries = self.page.locator(".cd-timeline > li").all()
        return [
            (
                one.locator(".cd-timeline__what").inner_text(),
                one.locator(".cd-timeline__who").inner_text().partition(",")[0],
            )
            for one in reversed(entries)
        ]

    def digest(self, name: str) -> str:
        """The whole digest that stands, folded up, beside this term."""
        row = self.page.locator("dl > div").filter(
            has=self.page.locator("dt").get_by_text(name, exact=True)
        )
        return row.first.locator("dd details > code").first.text_content() or ""

    # --- what is done ---

    def takes_up(self, number: str, task: str) -> None:
        """Go to the page of this task on this case, from the list of what needs me."""
        self.visit("/")
        line = self.page.get_by_role("listitem").filter(has_text=number)
        line = line.filter(has_text=task)
        line.locator("a.cd-btn").click()
        expect(self.page.locator(".cd-strip__number")).to_have_text(number)

    def finds(self, number: str) -> None:
        """Go to the page of this case, from the list of all."""
        self.visit("/cases/case/")
        self.opens(number, exact=True)

    def has_task(self, number: str) -> bool:
        """Whether anything of this case needs this person."""
        self.visit("/")
        return self.page.locator(".cd-tasks li").filter(has_text=number).count() > 0

    def visit(self, path: str) -> Response:
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def reloads(self) -> None:
        """Load the page again; that it may do so itself at this moment is no matter."""
        with suppress(Error):
            self.page.reload()
        self.page.wait_for_load_state()

    def is_refused(self, path: str, status: int) -> None:
        """The portal answers with a page that says no."""
        self.refused_at.add(f"{self.address}{path}")
        assert self.visit(path).status == status

    def opens(self, words: str, *, exact: bool = False) -> None:
        self.page.get_by_role("link", name=words, exact=exact).first.click()

    def presses(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def field(self, label: str):
        """The field of this label, whatever note stands beside it."""
        note = r"( (optional|needed for this instrument))?"
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}{note}\s*$"))

    def types(self, values: dict[str, str]) -> None:
        for label, value in values.items():
            self.field(label).fill(value)

    def chooses(self, values: dict[str, str]) -> None:
        for label, value in values.items():
            self.field(label).select_option(label=value)

    def ticks(self, words: str | re.Pattern[str]) -> None:
        self.page.get_by_role("radio", name=words).first.check()

    def close(self) -> None:
        self.context.close()
