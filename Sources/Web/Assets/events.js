// SPDX-License-Identifier: Apache-2.0
// Marks on the feet's signals that can be moved, added and removed by mouse, finger and keyboard. The table below is the
// form: each mark is one of its rows, and what is sent are the rows.

const box = document.querySelector("[data-events]");
const form = document.querySelector("[data-event-form]");
document.documentElement.classList.add("scripted");
if (box && form) new Editor(box, form);

function Editor(box, form) {
  const start = Number(box.dataset.start), end = Number(box.dataset.end), frame = 1 / Number(box.dataset.rate);
  const now = box.querySelector("[data-now]");
  const body = form.querySelector("tbody");
  const count = form.querySelector("input[name=count]");
  const history = [];
  let here = null;

  const panels = [...box.querySelectorAll("[data-side]")].map((panel) => {
    const field = panel.querySelector(".event-box");
    panel.querySelector(".marks").remove();
    field.tabIndex = 0;
    field.setAttribute("role", "group");
    field.setAttribute("aria-label", `${panel.dataset.side} foot, marks over time`);
    return { side: panel.dataset.side, field };
  });
  const field = (side) => panels.find((panel) => panel.side === side).field;

  // The rows that hold an event, and the marks made of them.
  let events = rows().filter((row) => row.time.value !== "").map((row) => ({
    side: row.side.value, kind: row.kind.value, time: Number(row.time.value), source: row.source, changed: false,
  }));
  const buttons = form.querySelector("[data-event-buttons]");
  const undoButton = action("Undo", undo, "soft");
  undoButton.disabled = true;
  for (const panel of panels) {
    buttons.append(action(`Add ${panel.side} strike`, () => add(panel.side, "footStrike"), "soft"));
    buttons.append(action(`Add ${panel.side} off`, () => add(panel.side, "footOff"), "soft"));
  }
  buttons.append(undoButton);

  for (const { side, field } of panels) {
    field.addEventListener("pointerdown", (event) => {
      if (event.target.closest(".event-mark")) return;
      place(side, timeAt(field, event.clientX));
      field.focus({ preventScroll: true });
    });
    field.addEventListener("keydown", (event) => {
      if (event.target !== field) return;
      const step = (event.shiftKey ? 10 : 1) * frame;
      const at = here && here.side === side ? here.time : (start + end) / 2;
      const keys = {
        ArrowLeft: () => place(side, at - step), ArrowRight: () => place(side, at + step),
        s: () => add(side, "footStrike"), o: () => add(side, "footOff"),
      };
      const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    undo();
  });
  // What is typed into the table moves the marks.
  body.addEventListener("change", () => {
    keep();
    events = rows().filter((row) => row.time.value !== "" && Number.isFinite(Number(row.time.value)) && !row.remove.checked)
      .map((row) => ({ side: row.side.value, kind: row.kind.value, time: Number(row.time.value), source: row.source, changed: true }));
    draw();
  });
  window.addEventListener("beforeunload", (event) => { if (history.length > 0 && !sending) event.preventDefault(); });
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  draw();

  function rows() {
    return [...body.querySelectorAll("tr")].map((row) => ({
      row, side: row.querySelector("[name^=side-]"), kind: row.querySelector("[name^=kind-]"),
      time: row.querySelector("[name^=time-]"), remove: row.querySelector("[name^=remove-]"),
      source: row.querySelectorAll("td")[3].textContent,
    }));
  }

  function timeAt(field, x) {
    const edge = field.getBoundingClientRect();
    return start + ((x - edge.left) / edge.width) * (end - start);
  }

  /** On a frame, inside the recording. */
  function whole(time) {
    const inside = Math.min(end, Math.max(start, time));
    return Math.round((Math.round(inside / frame) * frame) * 10000) / 10000;
  }

  function part(time) {
    return `${(100 * (time - start)) / (end - start)}%`;
  }

  function place(side, time) {
    here = { side, time: whole(time) };
    for (const panel of panels) {
      panel.field.querySelector(".here")?.remove();
      if (panel.side !== side) continue;
      const line = document.createElement("span");
      line.className = "here";
      line.style.left = part(here.time);
      panel.field.append(line);
    }
    now.textContent = `${side} foot, ${here.time.toFixed(3)} s`;
  }

  function keep() {
    history.push(events.map((event) => ({ ...event })));
    undoButton.disabled = false;
  }

  function undo() {
    const last = history.pop();
    if (!last) return;
    events = last;
    undoButton.disabled = history.length === 0;
    draw();
    now.textContent = "Undone.";
  }

  function add(side, kind) {
    const time = here && here.side === side ? here.time : whole((start + end) / 2);
    keep();
    const event = { side, kind, time, source: "by hand", changed: true };
    events.push(event);
    draw(event);
    now.textContent = `Added: ${words(event)}.`;
  }

  function remove(event) {
    keep();
    events = events.filter((other) => other !== event);
    draw();
    field(event.side).focus({ preventScroll: true });
    now.textContent = `Removed: ${words(event)}.`;
  }

  function move(event, time) {
    event.time = whole(time);
    event.changed = true;
    now.textContent = words(event);
  }

  function words(event) {
    return `${event.side} ${event.kind === "footStrike" ? "strike" : "off"} at ${event.time.toFixed(3)} s`;
  }

  function draw(chosen) {
    events.sort((a, b) => a.time - b.time);
    for (const { side, field } of panels) {
      field.querySelectorAll(".event-mark").forEach((mark) => mark.remove());
      for (const event of events.filter((event) => event.side === side)) {
        const mark = makeMark(event, field);
        field.append(mark);
        if (event === chosen) mark.focus({ preventScroll: true });
      }
    }
    fill();
  }

  function makeMark(event, field) {
    const mark = document.createElement("span");
    mark.tabIndex = 0;
    mark.setAttribute("role", "slider");
    mark.setAttribute("aria-valuemin", start);
    mark.setAttribute("aria-valuemax", end);
    mark.dataset.letter = event.kind === "footStrike" ? "S" : "O";
    const show = () => {
      mark.className = `event-mark${event.kind === "footOff" ? " off" : ""}${event.changed ? " changed" : ""}`;
      mark.style.left = part(event.time);
      mark.setAttribute("aria-label", `${event.side} foot ${event.kind === "footStrike" ? "strike" : "off"}`);
      mark.setAttribute("aria-valuenow", event.time);
      mark.setAttribute("aria-valuetext", `${event.time.toFixed(3)} seconds`);
    };
    show();
    mark.addEventListener("keydown", (key) => {
      const step = (key.shiftKey ? 10 : 1) * frame;
      const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageUp: 10 * frame, PageDown: -10 * frame }[key.key];
      if (by !== undefined) {
        keep();
        move(event, event.time + by);
        show();
        fill();
      } else if (key.key === "Delete" || key.key === "Backspace") {
        remove(event);
      } else {
        return;
      }
      key.preventDefault();
      key.stopPropagation();
    });
    let grip = null;
    mark.addEventListener("pointerdown", (pointer) => {
      grip = { x: pointer.clientX, time: event.time, moved: false };
      mark.setPointerCapture(pointer.pointerId);
      mark.focus({ preventScroll: true });
      pointer.preventDefault();
    });
    mark.addEventListener("pointermove", (pointer) => {
      if (!grip || (!grip.moved && Math.abs(pointer.clientX - grip.x) < 3)) return;
      if (!grip.moved) keep();
      grip.moved = true;
      move(event, grip.time + timeAt(field, pointer.clientX) - timeAt(field, grip.x));
      show();
    });
    const drop = () => {
      if (grip?.moved) fill();
      grip = null;
    };
    mark.addEventListener("pointerup", drop);
    mark.addEventListener("pointercancel", drop);
    mark.addEventListener("focus", () => { now.textContent = words(event); });
    return mark;
  }

  /** The table says what the marks say; rows that are left over are empty. */
  function fill() {
    let known = rows();
    while (known.length < events.length) {
      const copy = known[known.length - 1].row.cloneNode(true);
      const index = known.length;
      copy.dataset.row = index;
      copy.querySelector("th").textContent = index + 1;
      for (const input of copy.querySelectorAll("[name]")) {
        input.name = input.name.replace(/\d+$/, index);
        if (input.ariaLabel) input.ariaLabel = input.ariaLabel.replace(/\d+$/, index + 1);
      }
      copy.querySelector("label .hidden").textContent = `Remove event ${index + 1}`;
      body.append(copy);
      known = rows();
    }
    known.forEach((row, index) => {
      const event = events[index];
      row.side.value = event ? event.side : "left";
      row.kind.value = event ? event.kind : "footStrike";
      row.time.value = event ? event.time.toFixed(4) : "";
      row.remove.checked = false;
      row.row.querySelectorAll("td")[3].textContent = event ? (event.changed ? "by hand" : event.source) : "new";
    });
    count.value = known.length;
  }

  function action(text, act, className) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className });
    made.addEventListener("click", act);
    return made;
  }
}
