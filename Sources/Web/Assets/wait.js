// SPDX-License-Identifier: Apache-2.0
// Looks for news in the background and loads the page again only when there is some, so that nobody is interrupted while reading.
// Without JavaScript the page reloads itself by a meta element.

const waiting = document.querySelector("[data-wait]");
const pause = Math.max(2, Number(waiting?.dataset.wait) || 5) * 1000;

async function look() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const typed = [...document.querySelectorAll("textarea, input")].some((field) => field.value !== field.defaultValue);
    if (response.ok && !typed && !page.querySelector("[data-wait]")) return location.reload();
  } catch {
    // The network is away; the next look may find it.
  }
  setTimeout(look, pause);
}

if (waiting) setTimeout(look, pause);
