// SPDX-License-Identifier: Apache-2.0
// Draws the calendar: columns of a day's people, rooms or devices, or of one person's week.

import { clock, dayName, element } from "./calendar-api.js";

const PER_MINUTE = 1.3;
const px = (minutes) => `${minutes * PER_MINUTE}px`;

export const minuteAt = (column, y) => (y - column.getBoundingClientRect().top) / PER_MINUTE + Number(column.dataset.from);
export const markAt = (mark, column, minute, minutes) => {
  mark.style.top = px(minute - Number(column.dataset.from));
  mark.style.height = px(minutes);
};

export function columnsOf(state) {
  const { data, view, by, who, date } = state;
  if (view === "day") {
    return data.resources.filter((resource) => resource.kind === by)
      .map((resource) => ({ date, resource, title: resource.name, small: resource.title }));
  }
  const resource = data.resources.find((each) => each.id === who);
  return data.dates.map((each) => ({
    date: each, resource, title: dayName(each, { weekday: "short", day: "numeric" }), small: each === data.today ? "today" : "",
  }));
}

export const visitsOf = (column, data) => data.visits.filter((visit) => visit.state !== "cancelled"
  && visit.date === column.date && (!column.resource || visit.claims.some((claim) => claim.resource === column.resource.id)));

/** From the first opening to the last closing of what is shown, and whatever lies outside of it. */
function hoursOf(columns, data) {
  let [from, to] = [8 * 60, 18 * 60];
  const spans = [];
  for (const column of columns) {
    for (const [opens, closes] of column.resource?.hours[column.date] || []) spans.push([opens, closes]);
    for (const visit of visitsOf(column, data)) {
      for (const claim of visit.claims) spans.push([visit.minute + claim.from, visit.minute + claim.to]);
      spans.push([visit.minute, visit.minute + visit.minutes]);
    }
  }
  if (spans.length) {
    from = Math.min(...spans.map((span) => span[0]));
    to = Math.max(...spans.map((span) => span[1]));
  }
  return [Math.max(0, Math.floor(from / 60) * 60), Math.min(1440, Math.ceil(to / 60) * 60)];
}

/** Puts visits that meet side by side. */
function lanes(visits) {
  const placed = [];
  let group = [];
  let end = -1;
  const close = () => {
    const count = Math.max(1, ...group.map((each) => each.lane + 1));
    for (const each of group) each.count = count;
    group = [];
  };
  for (const visit of [...visits].sort((a, b) => a.minute - b.minute || a.id.localeCompare(b.id))) {
    if (visit.minute >= end) close();
    const taken = group.filter((each) => each.visit.minute + each.visit.minutes > visit.minute).map((each) => each.lane);
    let lane = 0;
    while (taken.includes(lane)) lane += 1;
    const each = { visit, lane, count: 1 };
    group.push(each);
    placed.push(each);
    end = Math.max(end, visit.minute + visit.minutes);
  }
  close();
  return placed;
}

const STATES = { arrived: "arrived", inRoom: "in the room", fulfilled: "done", noShow: "did not come" };

export function describe(visit, data) {
  const names = visit.claims.map((claim) => data.resources.find((resource) => resource.id === claim.resource)?.name);
  const state = visit.state === "pending" ? "kept while paying" : STATES[visit.attendance] || "booked";
  return `${clock(visit.minute)}, ${visit.name}, ${visit.service}, ${visit.minutes} minutes, ${names.join(", ")}, ${state}`;
}

function visitBox({ visit, lane, count }, column, data, from) {
  const classes = ["visit", visit.state, visit.attendance || "", `kind-${data.services.findIndex((s) => s.slug === visit.slug) % 6}`];
  if (visit.claims.some((claim) => claim.overlaps)) classes.push("overlap");
  if (visit.minutes <= 30) classes.push(visit.minutes < 30 ? "short" : "half");
  const box = element("button", {
    type: "button", className: classes.filter(Boolean).join(" "), tabIndex: -1, data: { visit: visit.id },
    "aria-label": describe(visit, data),
  }, element("span", { className: "time", textContent: clock(visit.minute) }),
  element("strong", { textContent: visit.name }), element("span", { className: "what", textContent: visit.service }));
  if (visit.attendance) box.append(element("span", { className: "step-mark", textContent: STATES[visit.attendance] }));
  box.append(element("span", { className: "grip" }));
  box.style.top = px(visit.minute - from);
  box.style.height = px(visit.minutes);
  box.style.left = `${(100 * lane) / count}%`;
  box.style.width = `calc(${100 / count}% - 3px)`;
  const claim = column.resource && visit.claims.find((each) => each.resource === column.resource.id);
  const strips = [];
  if (claim && (claim.from < 0 || claim.to > visit.minutes)) {
    const strip = element("span", { className: "around" });
    strip.style.top = px(visit.minute + claim.from - from);
    strip.style.height = px(claim.to - claim.from);
    strips.push(strip);
  }
  return [...strips, box];
}

function closedParts(column, from, to) {
  if (!column.resource) return [];
  const parts = [];
  let at = from;
  for (const [opens, closes] of [...(column.resource.hours[column.date] || []), [to, to]]) {
    if (opens > at) {
      const part = element("span", { className: "closed" });
      part.style.top = px(at - from);
      part.style.height = px(Math.min(opens, to) - at);
      parts.push(part);
    }
    at = Math.max(at, closes);
  }
  return parts;
}

export function draw(root, state) {
  const { data } = state;
  const columns = columnsOf(state);
  const [from, to] = hoursOf(columns, data);
  const focus = document.activeElement?.dataset?.visit;
  const hours = element("div", { className: "hours", "aria-hidden": "true" });
  for (let minute = from; minute < to; minute += 60) {
    const label = element("span", { textContent: clock(minute).replace(":00", "") });
    label.style.top = px(minute - from);
    hours.append(label);
  }
  hours.style.height = px(to - from);
  const heads = element("div", { className: "heads" }, element("span", { className: "corner" }));
  const body = element("div", { className: "columns" }, hours);
  columns.forEach((column, index) => {
    heads.append(element("span", { className: column.date === data.today && state.view === "week" ? "head today" : "head" },
      element("strong", { textContent: column.title }), element("small", { textContent: column.small || "\u00a0" })));
    const box = element("div", {
      className: "column", data: { index, from, date: column.date, resource: column.resource?.id || "" },
    }, ...closedParts(column, from, to));
    box.style.height = px(to - from);
    for (const block of data.blocks) {
      if (block.date !== column.date || (column.resource && block.resource !== column.resource.id)) continue;
      const mark = element("button", {
        type: "button", className: "blocked", tabIndex: -1, data: { block: block.id },
        "aria-label": `Blocked from ${clock(block.minute)}: ${block.reason}`,
      }, element("span", { textContent: block.reason || "Blocked" }));
      mark.style.top = px(block.minute - from);
      mark.style.height = px(block.minutes);
      box.append(mark);
    }
    for (const placed of lanes(visitsOf(column, data))) box.append(...visitBox(placed, column, data, from));
    if (column.date === data.today && data.minuteNow >= from && data.minuteNow <= to) {
      const line = element("span", { className: "now" });
      line.style.top = px(data.minuteNow - from);
      box.append(line);
    }
    body.append(box);
  });
  const scroller = element("div", { className: "scroller" }, heads, body);
  scroller.style.setProperty("--columns", columns.length);
  const before = root.querySelector(".scroller");
  const [x, y] = [before?.scrollLeft || 0, before?.scrollTop || 0];
  root.replaceChildren(scroller);
  scroller.scrollLeft = x;
  scroller.scrollTop = y;
  const first = root.querySelector(".visit");
  const focused = focus && root.querySelector(`[data-visit="${CSS.escape(focus)}"]`);
  if (focused || first) (focused || first).tabIndex = 0;
  if (focused) focused.focus({ preventScroll: true });
  root.dataset.revision = data.revision;
}
