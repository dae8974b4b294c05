// SPDX-License-Identifier: Apache-2.0
// The calendar's dialogs: a visit, a new visit or block, a conflict, the keys.

import { ask, clock, dayName, element, placeOf, Refusal } from "./calendar-api.js";
import { describe } from "./calendar-draw.js";

const dialog = document.querySelector("#calendar-dialog");
dialog.setAttribute("aria-labelledby", "calendar-dialog-title");
let opener = null;
dialog.addEventListener("close", () => opener?.focus?.());
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

function open(title, ...content) {
  opener = document.activeElement;
  const close = element("button", { type: "button", className: "quiet icon", textContent: "×", "aria-label": "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(element("div", { className: "stack" },
    element("div", { className: "apart" }, element("h2", { id: "calendar-dialog-title", textContent: title }), close),
    ...content));
  if (!dialog.open) dialog.showModal();
}

export const closeSheet = () => dialog.close();

function button(text, action, className = "soft") {
  const made = element("button", { type: "button", className, textContent: text });
  made.addEventListener("click", action);
  return made;
}

function field(label, control, hint) {
  const id = `field-${label.toLowerCase().replace(/\W+/g, "-")}`;
  control.id = id;
  const error = element("span", { className: "error", hidden: true, id: `${id}-error` });
  return element("div", { className: "field" }, element("label", { for: id, textContent: label }), error, control,
    hint && element("p", { className: "hint", textContent: hint }));
}

const timeValue = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
const minuteOf = (value) => { const [hour, minute] = value.split(":").map(Number); return hour * 60 + minute; };

function options(resources, chosen, any) {
  const select = element("select", {}, any && element("option", { value: "", textContent: any }));
  for (const each of resources) {
    select.append(element("option", { value: each.id, textContent: each.name, selected: each.id === chosen }));
  }
  return select;
}

/** A visit: what is known, how far it is, another time, cancelling. */
export function visitSheet(visit, data, actions) {
  const steps = [["arrived", "Arrived"], ["inRoom", "In the room"], ["fulfilled", "Done"], ["noShow", "Did not come"]];
  const attendance = element("div", { className: "row", role: "group", "aria-label": "How far the visit is" },
    ...steps.map(([value, label]) => {
      const made = button(label, () => actions.attend(visit, visit.attendance === value ? null : value));
      made.setAttribute("aria-pressed", String(visit.attendance === value));
      return made;
    }));
  const place = placeOf(visit, data);
  const date = element("input", { type: "date", value: visit.date });
  const time = element("input", { type: "time", value: timeValue(visit.minute), step: 300 });
  const service = data.services.find((each) => each.slug === visit.slug);
  const who = options(data.resources.filter((each) => service?.clinicians.includes(each.id)), place.clinician);
  const move = element("form", { className: "row move-form" }, field("Day", date), field("Time", time), field("With", who),
    element("button", { type: "submit", className: "soft", textContent: "Move" }));
  move.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.moveTo(visit, { ...place, resources: [], isOverride: false, date: date.value, minute: minuteOf(time.value), clinician: who.value });
  });
  const others = visit.claims.map((claim) => data.resources.find((each) => each.id === claim.resource)?.name).join(", ");
  open(visit.name,
    element("p", { className: "lead", textContent: `${dayName(visit.date)}, ${clock(visit.minute)} to ${clock(visit.minute + visit.minutes)}` }),
    element("p", { textContent: `${visit.service}. ${others}.` }),
    visit.claims.some((claim) => claim.overlaps) && element("p", { className: "notice warn", textContent: "Put over something else on purpose." }),
    visit.state === "pending" && element("p", { className: "notice", textContent: "Kept while it is being paid." }),
    visit.state === "confirmed" && attendance,
    visit.state === "confirmed" && service?.isTelehealth && document.querySelector("#calendar").dataset.calls
      && element("p", {}, element("a", { className: "button", href: `/desk/visits/${visit.id}/call`, textContent: "Video visit" })),
    visit.order && element("p", {}, element("a", { href: `/desk/orders/${visit.order}`, textContent: "The order" })),
    !visit.attendance && element("h3", { textContent: "Another time" }), !visit.attendance && move,
    visit.series && !visit.attendance && seriesPart(visit, data, actions),
    button("Cancel this visit", () => actions.cancel(visit), "danger"));
}

/** A visit that is one of a series: all that are still to come, moved or cancelled together. */
function seriesPart(visit, data, actions) {
  const days = element("input", { type: "number", value: 7, min: -366, max: 366, required: true });
  const time = element("input", { type: "time", value: timeValue(visit.minute), step: 300, required: true });
  const service = data.services.find((each) => each.slug === visit.slug);
  const who = options(data.resources.filter((each) => service?.clinicians.includes(each.id)), placeOf(visit, data).clinician);
  const problem = element("p", { className: "error", role: "alert", hidden: true });
  const form = element("form", { className: "stack" },
    element("div", { className: "row" }, field("Days later", days), field("New time", time), field("With whom", who)), problem,
    element("div", { className: "row" }, element("button", { type: "submit", className: "soft", textContent: "Move all" }),
      button("Cancel all", () => actions.cancelSeries(visit), "danger")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await actions.moveSeries(visit, Number(days.value), minuteOf(time.value), who.value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
    }
  });
  return element("details", {}, element("summary", { textContent: "All coming visits of this series" }), form);
}

/** Something stands in the way: put it there all the same, or not. */
export function conflictSheet(visit, place, reasons, actions) {
  open("This does not fit",
    element("p", { textContent: `${visit.name} at ${clock(place.minute)}, ${dayName(place.date)}:` }),
    element("ul", {}, ...reasons.map((reason) => element("li", { textContent: reason }))),
    element("p", { className: "quiet", textContent: "You may put it there on purpose. It is marked, and your name is kept with it." }),
    element("div", { className: "row" }, button("Leave it where it was", () => dialog.close(), ""),
      button("Put it there anyway", () => { dialog.close(); actions.moveTo(visit, { ...place, isOverride: true }); }, "danger")));
}

/** A new visit or a block at some place. */
export function newSheet({ date, minute, resource }, data, actions) {
  const service = element("select", {}, ...data.services.map((each) => element("option", {
    value: each.slug, textContent: `${each.name}, ${each.minutes} minutes`,
    hidden: resource?.kind === "clinician" && !each.clinicians.includes(resource.id),
    selected: resource?.kind === "clinician" && each.clinicians.includes(resource.id) && each.slug === "consultation",
  })));
  const day = element("input", { type: "date", value: date, required: true });
  const time = element("input", { type: "time", value: timeValue(minute), step: 300, required: true });
  const who = options(data.resources.filter((each) => each.kind === "clinician"),
    resource?.kind === "clinician" ? resource.id : "", "Anybody who is free");
  const list = element("datalist", { id: "known-patients" });
  const name = element("input", { type: "text", autocomplete: "off", required: true, maxLength: 200 });
  name.setAttribute("list", list.id);
  const email = element("input", { type: "email", autocomplete: "off", required: true });
  const phone = element("input", { type: "tel", autocomplete: "off" });
  let known = [];
  let timer;
  name.addEventListener("input", () => {
    const found = known.find((each) => `${each.name} (${each.email})` === name.value);
    if (found) {
      [name.value, email.value, phone.value] = [found.name, found.email, found.phone || ""];
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (name.value.length < 2) return;
      known = await ask(`patients?q=${encodeURIComponent(name.value)}`).catch(() => []);
      list.replaceChildren(...known.map((each) => element("option", { value: `${each.name} (${each.email})` })));
    }, 200);
  });
  const count = element("input", { type: "number", min: 2, max: 52, value: 12 });
  const ticks = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map((label, index) => {
    const box = element("input", { type: "checkbox", value: String(index + 1) });
    return element("label", { className: "tick" }, box, element("span", { textContent: label }));
  });
  const repeat = element("details", {}, element("summary", { textContent: "Repeat every week" }),
    element("div", { className: "row", role: "group", "aria-label": "On these days" }, ...ticks), field("How many visits", count));
  const problem = element("p", { className: "error", role: "alert", hidden: true });
  const anyway = element("button", { type: "button", className: "danger", textContent: "Book it anyway", hidden: true });
  const form = element("form", { className: "stack", noValidate: false },
    field("Service", service), element("div", { className: "row" }, field("Day", day), field("Time", time), field("With", who)),
    field("Name", name, "Type two letters to find somebody known."), list, field("Email", email), field("Phone", phone), repeat,
    problem, element("div", { className: "row" }, element("button", { type: "submit", textContent: "Book" }), anyway,
      button("Now (walk-in)", () => { day.value = data.today; time.value = timeValue(Math.floor(data.minuteNow / 5) * 5); })));
  const send = async (isOverride) => {
    const place = { date: day.value, minute: minuteOf(time.value), clinician: who.value || undefined, isOverride };
    if (resource && resource.kind !== "clinician" && isOverride) place.resources = [resource.id];
    try {
      const wanted = { service: service.value, name: name.value, email: email.value, phone: phone.value || undefined, place };
      const weekdays = ticks.filter((tick) => tick.firstChild.checked).map((tick) => Number(tick.firstChild.value));
      if (repeat.open && weekdays.length) await actions.createSeries({ ...wanted, weekdays, count: Number(count.value) });
      else await actions.create(wanted);
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
      anyway.hidden = !(error.kind === "taken" || error.fields.some((each) => each.field === "start"));
    }
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); send(false); });
  anyway.addEventListener("click", () => send(true));
  open("New visit", form, resource && element("details", {}, element("summary", { textContent: `Or block ${resource.name}` }),
    blockForm({ date, minute, resource }, actions)));
}

function blockForm({ date, minute, resource }, actions) {
  const from = element("input", { type: "time", value: timeValue(minute), step: 300, required: true });
  const to = element("input", { type: "time", value: timeValue(Math.min(1435, minute + 60)), step: 300, required: true });
  const reason = element("input", { type: "text", maxLength: 200, placeholder: "Lunch, meeting, repair" });
  const problem = element("p", { className: "error", role: "alert", hidden: true });
  const form = element("form", { className: "stack" }, element("div", { className: "row" }, field("From", from), field("Until", to)),
    field("What for", reason), problem, element("button", { type: "submit", className: "soft", textContent: "Block this time" }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const minutes = minuteOf(to.value) - minuteOf(from.value);
    try {
      if (minutes < 5) throw new Refusal(422, { detail: "It must end after it begins." });
      await actions.block({ resource: resource.id, date, minute: minuteOf(from.value), minutes, reason: reason.value });
      dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
    }
  });
  return form;
}

export function blockSheet(block, data, actions) {
  const name = data.resources.find((each) => each.id === block.resource)?.name;
  open(block.reason || "Blocked",
    element("p", { textContent: `${name}, ${dayName(block.date)}, ${clock(block.minute)} to ${clock(block.minute + block.minutes)}` }),
    button("Remove the block", () => { dialog.close(); actions.unblock(block); }, "danger"));
}

export function keysSheet() {
  const keys = [["Arrow keys", "from visit to visit"], ["Enter", "open the visit"], ["M", "move it: arrows, then Enter; Shift for 5 minutes"],
    ["A  I  D  X", "arrived, in the room, done, did not come"], ["N", "new visit"], ["Z", "undo"], ["T", "today"],
    [", and .", "earlier, later"], ["?", "this list"]];
  open("Keys", element("dl", { className: "pairs" }, ...keys.map(([key, what]) =>
    element("div", {}, element("dt", { className: "mono", textContent: key }), element("dd", { textContent: what })))));
}

export { describe };
