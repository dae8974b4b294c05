// SPDX-License-Identifier: Apache-2.0
// Tells the page around the widget how high it is, and its title in the reader's language; nothing else leaves it.

if (window.parent !== window) {
  const tell = () => parent.postMessage({
    fasciaHeight: document.documentElement.getBoundingClientRect().height, fasciaTitle: document.body.dataset.sayTitle,
  }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("load", tell);
  tell();
}
