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

// How long a time is still kept, second by second. The words beside it say until when, for those without JavaScript.
const kept = document.querySelector("[data-until]");

function count() {
  const left = Math.max(0, Number(kept.dataset.until) - Math.floor(Date.now() / 1000));
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  kept.textContent = " " + (left > 0 ? kept.dataset.sayLeft.replace("{time}", time) : kept.dataset.sayOver);
  if (left > 0) setTimeout(count, 1000);
}

if (kept) count();
