// SPDX-License-Identifier: Apache-2.0
// What the calendar says to the server, and what it can take back.

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.kind = (problem.type || "").split("/").pop();
    this.fields = problem.errors || [];
  }
}

export async function ask(path, body) {
  const options = { headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error" };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/desk/calendar/${path}`, options);
  } catch {
    throw new Refusal(0, { detail: "The server does not answer. Nothing was changed; try again." });
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.status === 401) location.assign("/staff/sign-in");
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

export const clock = (minute) => {
  const hour = Math.floor(minute / 60) % 24;
  return `${hour % 12 || 12}:${String(minute % 60).padStart(2, "0")} ${hour < 12 ? "am" : "pm"}`;
};

export const dayName = (date, options = { weekday: "long", day: "numeric", month: "long" }) =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString("en-GB", { ...options, timeZone: "UTC" });

export const addDays = (date, days) =>
  new Date(Date.parse(`${date}T12:00:00Z`) + days * 86400000).toISOString().slice(0, 10);

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "data") Object.assign(made.dataset, value);
    else if (key.startsWith("aria-") || key === "role" || key === "for") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Where a visit is, as the server takes it: date, minute, and whom it claims. */
export function placeOf(visit, data) {
  const kind = (id) => data.resources.find((resource) => resource.id === id)?.kind;
  return {
    date: visit.date, minute: visit.minute, minutes: visit.minutes,
    clinician: visit.claims.find((claim) => kind(claim.resource) === "clinician")?.resource,
    resources: visit.claims.map((claim) => claim.resource).filter((id) => kind(id) !== "clinician"),
    isOverride: visit.claims.some((claim) => claim.overlaps),
  };
}
