// SPDX-License-Identifier: Apache-2.0
// A "Print" button is shown only where it can work.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
