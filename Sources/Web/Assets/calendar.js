// SPDX-License-Identifier: Apache-2.0
// The staff's calendar. Asks for the dates that are shown, listens for changes, and takes back what was done by mistake.

import { addDays, ask, clock, dayName, element, placeOf, Refusal } from "./calendar-api.js";
import { draw, minuteAt } from "./calendar-draw.js";
import { Mover } from "./calendar-drag.js";
import { blockSheet, closeSheet, conflictSheet, keysSheet, newSheet, visitSheet } from "./calendar-sheet.js";

const root = document.querySelector("#calendar");
const title = document.querySelector("#calendar-title");
const words = document.querySelector("#calendar-words");
const toast = document.querySelector("#calendar-toast");
const viewSelect = document.querySelector("#calendar-view");
const bySelect = document.querySelector("#calendar-by");
const whoSelect = document.querySelector("#calendar-who");
const state = { date: root.dataset.date, view: viewSelect.value, by: bySelect.value, who: "", data: null };
const undos = [];

const say = (text) => { words.textContent = text; };

// What is shown

function range() {
  if (state.view === "day") return [state.date, state.date];
  const weekday = (new Date(`${state.date}T12:00:00Z`).getUTCDay() + 6) % 7;
  const monday = addDays(state.date, -weekday);
  return [monday, addDays(monday, 6)];
}

let loading = 0;
async function load() {
  const mine = (loading += 1);
  const [from, to] = range();
  try {
    const data = await ask(`data?from=${from}&to=${to}`);
    if (mine !== loading) return;
    state.data = data;
  } catch (error) {
    say(error.message);
    tell(error.message);
    return;
  }
  fillWho();
  title.textContent = state.view === "day" ? dayName(state.date)
    : `${dayName(from, { day: "numeric", month: "long" })} to ${dayName(to, { day: "numeric", month: "long" })}`;
  const address = new URLSearchParams({ date: state.date, view: state.view, by: state.by });
  history.replaceState(null, "", `?${address}`);
  if (!mover.isMoving) draw(root, state);
}

function fillWho() {
  whoSelect.hidden = state.view !== "week";
  const resources = state.data.resources.filter((each) => each.kind === state.by);
  if (!resources.some((each) => each.id === state.who)) state.who = resources[0]?.id || "";
  whoSelect.replaceChildren(...resources.map((each) =>
    element("option", { value: each.id, textContent: each.name, selected: each.id === state.who })));
}

function go(where) {
  state.date = where === "today" ? state.data?.today || state.date : addDays(state.date, where * (state.view === "week" ? 7 : 1));
  load();
}

// What is done, and taken back

function tell(text, undo) {
  const parts = [element("span", { textContent: text })];
  if (undo) {
    const button = element("button", { type: "button", className: "link", textContent: "Undo" });
    button.addEventListener("click", takeBack);
    parts.push(button);
  }
  toast.replaceChildren(...parts);
  toast.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { toast.hidden = true; }, 12000);
}

function done(text, undo) {
  undos.push({ text, undo });
  tell(text, undo);
  return load();
}

async function takeBack() {
  const last = undos.pop();
  if (!last) return tell("There is nothing to undo.");
  try {
    await last.undo();
    tell(`Undone: ${last.text}`);
  } catch (error) {
    tell(`That can't be undone: ${error.message}`);
  }
  await load();
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    await load();
  }
}

const actions = {
  attend: (visit, attendance) => attempt(async () => {
    closeSheet();
    const before = visit.attendance || null;
    await ask(`bookings/${visit.id}/attendance`, { attendance });
    await done(`${visit.name}: ${{ arrived: "arrived", inRoom: "in the room", fulfilled: "done", noShow: "did not come" }[attendance] || "not arrived"}`,
      () => ask(`bookings/${visit.id}/attendance`, { attendance: before }));
  }),
  moveTo: (visit, place) => attempt(async () => {
    const before = placeOf(visit, state.data);
    let moved;
    try {
      moved = await ask(`bookings/${visit.id}/move`, { ...place, sequence: visit.sequence });
    } catch (error) {
      const isTaken = error instanceof Refusal && (error.kind === "taken" || error.fields.some((each) => each.field === "start"));
      if (!isTaken || place.isOverride) throw error;
      conflictSheet(visit, place, [error.message], actions);
      return;
    }
    closeSheet();
    if (moved.sequence === visit.sequence) return;
    await done(`${visit.name} moved to ${clock(moved.minute)}, ${dayName(moved.date, { weekday: "short", day: "numeric", month: "short" })}`,
      () => ask(`bookings/${visit.id}/move`, before));
  }),
  cancel: (visit) => attempt(async () => {
    closeSheet();
    await ask(`bookings/${visit.id}/cancel`, {});
    await done(`${visit.name} cancelled`, () => ask(`bookings/${visit.id}/restore`, {}));
  }),
  create: async (wanted) => {
    const made = await ask("bookings", wanted);
    await done(`${made.name} booked at ${clock(made.minute)}`, () => ask(`bookings/${made.id}/cancel`, {}));
  },
  createSeries: async (wanted) => {
    const made = await ask("series", wanted);
    await done(`${made[0].name}: ${made.length} visits booked`, async () => {
      for (const visit of made) await ask(`bookings/${visit.id}/cancel`, {});
    });
  },
  moveSeries: async (visit, days, minute, clinician) => {
    const moved = await ask(`series/${visit.series}/move`, { days, minute: minute === visit.minute ? undefined : minute, clinician });
    closeSheet();
    const back = { days: -days, minute: minute === visit.minute ? undefined : visit.minute, clinician: placeOf(visit, state.data).clinician };
    await done(`${visit.name}: ${moved.length} visits moved`, () => ask(`series/${visit.series}/move`, back));
  },
  cancelSeries: (visit) => attempt(async () => {
    closeSheet();
    const gone = await ask(`series/${visit.series}/cancel`, {});
    await done(`${visit.name}: ${gone.length} visits cancelled`, async () => {
      for (const each of gone) await ask(`bookings/${each.id}/restore`, {});
    });
  }),
  block: async (wanted) => {
    const made = await ask("blocks", wanted);
    await done("Time blocked", () => ask(`blocks/${made.id}/remove`, {}));
  },
  unblock: (block) => attempt(async () => {
    await ask(`blocks/${block.id}/remove`, {});
    await done("Block removed", () => ask("blocks", {
      resource: block.resource, date: block.date, minute: block.minute, minutes: block.minutes, reason: block.reason,
    }));
  }),
};

const mover = new Mover(root, state, {
  say,
  drop: (visit, place, answer) => {
    draw(root, state);
    root.querySelector(`[data-visit="${CSS.escape(visit.id)}"]`)?.focus();
    if (answer.fits) return actions.moveTo(visit, place);
    if (answer.canOverride) return conflictSheet(visit, place, answer.reasons, actions);
    return tell(answer.reasons.join(" "));
  },
});

// Pointer and keys

root.addEventListener("click", (event) => {
  if (mover.dragged) return;
  const box = event.target.closest(".visit");
  const blocked = event.target.closest(".blocked");
  const column = event.target.closest(".column");
  if (box) return visitSheet(find(box), state.data, actions);
  if (blocked) return blockSheet(state.data.blocks.find((each) => each.id === blocked.dataset.block), state.data, actions);
  if (column) {
    newSheet({
      date: column.dataset.date, minute: Math.floor(minuteAt(column, event.clientY) / 15) * 15,
      resource: state.data.resources.find((each) => each.id === column.dataset.resource),
    }, state.data, actions);
  }
});

const find = (box) => state.data.visits.find((each) => each.id === box?.dataset.visit);

function neighbour(box, key) {
  const columns = [...root.querySelectorAll(".column")];
  const column = box.closest(".column");
  if (key === "ArrowUp" || key === "ArrowDown") {
    const all = [...column.querySelectorAll(".visit")].sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top));
    return all[all.indexOf(box) + (key === "ArrowDown" ? 1 : -1)];
  }
  const step = key === "ArrowRight" ? 1 : -1;
  for (let index = columns.indexOf(column) + step; columns[index]; index += step) {
    const near = [...columns[index].querySelectorAll(".visit")]
      .sort((a, b) => Math.abs(parseFloat(a.style.top) - parseFloat(box.style.top)) - Math.abs(parseFloat(b.style.top) - parseFloat(box.style.top)));
    if (near.length) return near[0];
  }
  return undefined;
}

document.addEventListener("keydown", (event) => {
  if (mover.key(event)) return;
  if (event.target.closest("input, select, textarea, dialog[open]") || event.altKey || event.metaKey) return;
  const box = event.target.closest(".visit");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey && key !== "z") return;
  if (box && key.startsWith("Arrow")) {
    const next = neighbour(box, key);
    if (next) { box.tabIndex = -1; next.tabIndex = 0; next.focus(); }
    event.preventDefault();
    return;
  }
  const attendance = { a: "arrived", i: "inRoom", d: "fulfilled", x: "noShow" }[key];
  if (box && attendance) return void actions.attend(find(box), find(box).attendance === attendance ? null : attendance);
  if (box && key === "m") {
    mover.begin(find(box), box.closest(".column"));
    say("Moving. Arrow keys choose the place, Enter drops, Escape leaves it.");
    event.preventDefault();
    return;
  }
  switch (key) {
    case "z": takeBack(); break;
    case "t": go("today"); break;
    case ",": go(-1); break;
    case ".": go(1); break;
    case "n": openNew(); break;
    case "?": keysSheet(); break;
    default: return;
  }
  event.preventDefault();
});

function openNew() {
  const { data } = state;
  const minute = state.date === data.today ? Math.ceil((data.minuteNow + 1) / 15) * 15 : 9 * 60;
  newSheet({ date: state.date, minute: Math.min(minute, 1425) }, data, actions);
}

document.querySelector("[data-new]").addEventListener("click", openNew);
for (const button of document.querySelectorAll("[data-go]")) {
  button.addEventListener("click", () => go(button.dataset.go === "today" ? "today" : Number(button.dataset.go)));
}
viewSelect.addEventListener("change", () => { state.view = viewSelect.value; load(); });
bySelect.addEventListener("change", () => { state.by = bySelect.value; load(); });
whoSelect.addEventListener("change", () => { state.who = whoSelect.value; draw(root, state); });

// Word of what others do

const changes = new EventSource("/desk/calendar/changes");
changes.addEventListener("revision", (event) => {
  if (state.data && Number(event.data) !== state.data.revision) load();
});
setInterval(() => { if (document.visibilityState === "visible" && !mover.isMoving) load(); }, 300000);

load();
