// SPDX-License-Identifier: Apache-2.0
// The list of who waits keeps itself current, and nobody is interrupted while typing.

const root = document.querySelector("[data-list]");

if (root) {
  const events = new EventSource(root.dataset.list);
  let timer;
  const look = async () => {
    const isBusy = root.querySelector("details[open]") || root.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (isBusy) { timer = setTimeout(look, 3000); return; }
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-list]");
      if (!answer.ok || !fresh) { location.reload(); return; }
      const focused = document.activeElement?.closest?.("form")?.action;
      root.replaceChildren(...fresh.childNodes);
      if (focused) root.querySelector(`form[action="${CSS.escape(new URL(focused).pathname)}"] button`)?.focus();
    } catch {
      timer = setTimeout(look, 3000);
    }
  };
  events.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(look, 150); });
  // Somebody whose page fell silent makes no event.
  setInterval(look, 60000);
}
