// SPDX-License-Identifier: Apache-2.0
// The clinician's tools beside the call: letting in, inviting, putting something into the call, measuring on a frozen picture.

import { root, tell, tiles, wire } from "./call.js";

const page = document.querySelector(".call-page");
const find = (selector) => page.querySelector(selector);
const item = (...parts) => {
  const made = document.createElement("li");
  made.append(...parts);
  return made;
};
const strong = (text) => Object.assign(document.createElement("strong"), { textContent: text });
const clock = (at) => new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit" }).format(new Date(at)).toLowerCase();

// People: the list comes anew from the server whenever somebody comes, goes or is let in.

let timer;
async function people() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".call-people");
  const list = find(".call-people");
  if (!fresh || !list || fresh.textContent === list.textContent) return;
  list.replaceChildren(...fresh.childNodes);
}
let known = "";
document.addEventListener("call-people", ({ detail }) => {
  const news = JSON.stringify(detail.map(({ id, state, isHere }) => [id, state, isHere]));
  if (news === known) return;
  known = news;
  clearTimeout(timer);
  timer = setTimeout(people, 200);
});

page.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-quiet]");
  if (!form) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) tell((await answer?.json().catch(() => null))?.detail ?? "The server does not answer. Please try again.");
});

find(".call-invite")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const answer = await fetch(form.action, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
  });
  const text = await answer.json();
  if (!answer.ok) { tell(text.detail); return; }
  const place = find(".call-invitation");
  place.hidden = false;
  place.querySelector("output").textContent = text.url;
  form.reset();
  navigator.clipboard?.writeText(text.url).then(() => tell("The link is copied. Send it to the person yourself."), () => {});
});

// Looking together

find(".call-show")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [kind, id] = find("#thing").value.split("/");
  const answer = await wire.post("show", { shown: { kind, id } });
  if (!answer.ok) tell((await answer.json()).detail);
});

// Range of movement

const canvas = find(".call-angle canvas");
const degrees = find(".call-degrees");
const keep = find("[data-act=keep]");
const frozen = { picture: null, marks: [], cursor: { x: 0.5, y: 0.5 }, saved: null };

/** The same angle as the server computes, to be seen before it is saved. */
function angle([first, joint, second], aspect) {
  const [ax, ay, bx, by] = [(first.x - joint.x) * aspect, first.y - joint.y, (second.x - joint.x) * aspect, second.y - joint.y];
  return (Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by)) * 180) / Math.PI;
}

function draw() {
  const pen = canvas.getContext("2d");
  pen.drawImage(frozen.picture, 0, 0, canvas.width, canvas.height);
  const place = ({ x, y }) => [x * canvas.width, y * canvas.height];
  pen.lineWidth = Math.max(3, canvas.width / 300);
  pen.strokeStyle = "#ffb454";
  pen.beginPath();
  frozen.marks.forEach((mark, index) => (index ? pen.lineTo(...place(mark)) : pen.moveTo(...place(mark))));
  pen.stroke();
  for (const mark of frozen.marks) {
    pen.beginPath();
    pen.arc(...place(mark), pen.lineWidth * 2.5, 0, 7);
    pen.stroke();
  }
  if (document.activeElement === canvas && frozen.marks.length < 3) {
    const [x, y] = place(frozen.cursor);
    pen.strokeStyle = "#fff";
    pen.beginPath();
    pen.moveTo(x - 14, y); pen.lineTo(x + 14, y); pen.moveTo(x, y - 14); pen.lineTo(x, y + 14);
    pen.stroke();
  }
  degrees.textContent = frozen.marks.length === 3 ? `${Math.round(angle(frozen.marks, canvas.width / canvas.height))}°`
    : ["Click the first segment", "Click the joint", "Click the second segment"][frozen.marks.length];
}

function mark(at) {
  if (frozen.marks.length === 3) frozen.marks = [];
  frozen.marks.push({ x: Math.min(1, Math.max(0, at.x)), y: Math.min(1, Math.max(0, at.y)) });
  frozen.saved = null;
  keep.hidden = true;
  find(".call-kept").textContent = "";
  draw();
}

find("[data-act=freeze]").addEventListener("click", () => {
  const patient = [...tiles.values()].find((tile) => tile.person?.role === "patient") ?? [...tiles.values()][0];
  const video = patient?.video;
  if (!video?.videoWidth) { tell("There is no picture to freeze yet."); return; }
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  const copy = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  copy.getContext("2d").drawImage(video, 0, 0);
  Object.assign(frozen, { picture: copy, marks: [], saved: null });
  find(".call-freeze").hidden = false;
  draw();
  canvas.scrollIntoView({ block: "nearest" });
});

canvas.addEventListener("click", (event) => {
  const box = canvas.getBoundingClientRect();
  mark({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
});
canvas.addEventListener("keydown", (event) => {
  const step = event.shiftKey ? 0.05 : 0.01;
  const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
  if (move) {
    frozen.cursor = { x: Math.min(1, Math.max(0, frozen.cursor.x + move[0])), y: Math.min(1, Math.max(0, frozen.cursor.y + move[1])) };
    draw();
  } else if (event.key === "Enter") mark(frozen.cursor);
  else if (event.key === "Backspace") { frozen.marks.pop(); draw(); } else return;
  event.preventDefault();
});
for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => frozen.picture && draw());

find(".call-measure").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (frozen.marks.length !== 3) { tell("Set the three places first."); return; }
  const [first, joint, second] = frozen.marks;
  const answer = await wire.post("measures", {
    joint: find("#joint").value, side: find("#side").value, clicks: { first, joint, second, aspect: canvas.width / canvas.height },
  });
  const made = await answer.json();
  if (!answer.ok) { tell(made.detail); return; }
  frozen.saved = made.id;
  keep.hidden = false;
  find(".call-none")?.remove();
  find(".call-measures").append(item(`${clock(new Date())} · ${made.joint}, ${made.side}: `, strong(`${Math.round(made.degrees)}°`)));
  compare();
});

/** Left beside right, as soon as there are both. */
async function compare() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[aria-labelledby=found]");
  const place = page.querySelector("[aria-labelledby=found]");
  if (fresh) place.replaceChildren(...fresh.childNodes);
}

keep.addEventListener("click", async () => {
  const answer = await wire.post(`measures/${frozen.saved}/ask`);
  find(".call-kept").textContent = answer.ok ? "The patient is asked." : (await answer.json()).detail;
  if (answer.ok) keep.hidden = true;
});

document.addEventListener("call-pictureAnswered", async ({ detail }) => {
  if (!detail.agreed) { find(".call-kept").textContent = "The patient said no; the picture is not kept."; return; }
  if (detail.measure !== frozen.saved) return;
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
  const answer = await fetch(`${root.dataset.base}/measures/${detail.measure}/picture`, {
    method: "PUT", headers: { "Content-Type": "image/jpeg", Accept: "application/json" }, body: blob,
  });
  find(".call-kept").textContent = answer.ok ? "The patient agreed; the picture is kept." : (await answer.json()).detail;
  compare();
});

document.addEventListener("call-pain", ({ detail }) => {
  find(".call-no-pain")?.remove();
  find(".call-pains").append(item(`${clock(detail.at)} · `, strong(`${detail.level} of 10`)));
  tell(`The patient says: pain ${detail.level} of 10`);
});
