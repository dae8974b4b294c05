// SPDX-License-Identifier: Apache-2.0
// Booking on another site:  <script async src="https://CLINIC/widget.js" data-service="consultation"></script>
// Puts one frame where the script stands and keeps it as high as what is in it. Sets no cookie and reads nothing of the page.

(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const { service, title, language } = script.dataset;
  const frame = document.createElement("iframe");
  const address = new URL(service ? `/widget/${encodeURIComponent(service)}` : "/widget", origin);
  if (language) address.searchParams.set("language", language);
  frame.src = address;
  frame.title = title || "Book an appointment";
  frame.style.cssText = "display:block;width:100%;height:40rem;border:0;color-scheme:normal";
  frame.referrerPolicy = "origin";
  script.after(frame);
  let loads = 0;
  frame.addEventListener("load", () => {
    // From the second page on the reader is led to its beginning.
    loads += 1;
    if (loads > 1 && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
  });
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    if (!title && typeof event.data?.fasciaTitle === "string") frame.title = event.data.fasciaTitle;
    const height = Number(event.data?.fasciaHeight);
    if (height > 0 && height < 20000) frame.style.height = `${Math.ceil(height)}px`;
  });
})();
