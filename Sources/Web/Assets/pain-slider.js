// SPDX-License-Identifier: Apache-2.0
// The patient's slider: each change is told to the clinician's screen at once.

const form = document.querySelector("[data-pain-slider]");

if (form) {
  const slider = form.querySelector("input[type=range]");
  const value = form.querySelector("output");
  const said = form.querySelector("[role=status]");
  let sent = null, sending = false;

  const send = async () => {
    value.textContent = slider.value;
    if (sending || sent === slider.value) return;
    sending = true;
    const now = slider.value;
    try {
      const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ value: now }) });
      said.textContent = response.ok ? form.dataset.saySent : form.dataset.sayLost;
      if (response.ok) sent = now;
    } catch {
      said.textContent = form.dataset.sayLost;
    }
    sending = false;
    if (slider.value !== now) send();
  };
  slider.addEventListener("input", send);
  form.addEventListener("submit", (event) => { event.preventDefault(); sent = null; send(); });
}
