// SPDX-License-Identifier: Apache-2.0
// Where it hurts: the clinician's tap, or the patient's slider, marks the frame that is shown.

export class PainMarks {
  constructor(viewer, form, send) {
    if (!form) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send({ value: event.submitter?.value ?? "0", frame: viewer.player.frame, source: "tap" });
    });
    const now = form.querySelector("[data-pain-now]");
    const follow = form.querySelector("[data-pain-follow]");
    let last = null;
    const changes = new EventSource(form.dataset.changes);
    changes.addEventListener("pain", (event) => {
      const value = Number(event.data);
      now.textContent = `The patient's slider says ${value}.`;
      if (follow.checked && last !== null && value > 0) {
        send({ value, frame: viewer.player.frame, source: "slider" });
      }
      last = value;
    });
    addEventListener("pagehide", () => changes.close());
  }
}
