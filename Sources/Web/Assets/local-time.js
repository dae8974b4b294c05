// SPDX-License-Identifier: Apache-2.0
// Where the reader's clock differs from the clinic's, each time is shown by both. The server cannot know the reader's zone, so
// without JavaScript the clinic's time stands alone, with its zone.

const said = document.documentElement.dataset.sayLocalTime || "{time} your time";

/** The wall time of an instant in a zone, as text that can be compared. */
const wall = (instant, timeZone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "short" }).format(instant);

function show(element) {
  const instant = new Date(element.dateTime);
  if (Number.isNaN(instant.getTime())) return;
  const clinic = element.dataset.zone;
  if (wall(instant, clinic) === wall(instant, undefined)) return;
  const style = element.dataset.long === undefined
    ? { hour: "numeric", minute: "2-digit" }
    : { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" };
  const day = (zone) => wall(instant, zone).split(",")[0];
  if (element.dataset.long === undefined && day(clinic) !== day(undefined)) style.weekday = "short";
  const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, style).format(instant);
  const own = document.createElement(element.dataset.long === undefined ? "small" : "span");
  own.className = "own-time";
  own.textContent = said.replace("{time}", time);
  element.after(own);
}

for (const element of document.querySelectorAll("time[data-zone]")) show(element);
