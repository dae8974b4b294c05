// SPDX-License-Identifier: Apache-2.0
// The page of a call, on both sides: the waiting room until one is let in, then picture, sound, messages and what is shown.

import { blank, nextCamera, open } from "./call-media.js";
import { Look } from "./call-look.js";
import { Peer } from "./call-peer.js";
import { judge, SoundFirst } from "./call-quality.js";
import { Talk } from "./call-talk.js";
import { Waiting } from "./call-waiting.js";
import { Wire } from "./call-wire.js";

const root = document.querySelector("#call");
const find = (selector) => root.querySelector(selector);
const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), root.dataset[name] ?? "");
const { me } = root.dataset;

const peers = new Map();
const tiles = new Map();
let people = new Map();
let isIn = false;
// Picture, sound and the servers are there, and the others have been told so.
let isReady = false;
let isOver = false;
const local = { stream: new MediaStream(), camera: null, microphone: null, screen: null, blankVideo: null, blankAudio: null, hasCamera: true, hasMicrophone: true };
const soundFirst = new SoundFirst();
const totals = { audioOnly: 0, restarts: 0, last: null, connected: 0 };

const toast = find(".call-toast");
function tell(text) {
  toast.textContent = text;
  toast.hidden = !text;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { toast.hidden = true; }, 10000);
}

const wire = new Wire(root.dataset.base, root.dataset.after, (kind, value) => {
  if (kind === "room") heardRoom(value);
  else if (kind === "signal") heardSignal(value);
  else if (kind === "gone") location.reload();
  else if (kind === "line") heardLine(value);
});
root.dataset.page = wire.page;

const waiting = new Waiting(root, say);
const talk = new Talk(root, { me, say, name: (id) => people.get(id)?.name ?? "", send: (text) => wire.send("chat", { text }) });
const look = new Look(root, {
  say, post: (path, body) => wire.post(path, body), pictures: `${root.dataset.base}/shown`,
  send: (message) => { for (const peer of peers.values()) peer.say(message); },
});

function heardLine(isUp) {
  root.dataset.line = isUp ? "up" : "down";
  if (!isIn) return;
  if (isUp) { if (root.dataset.wasDown) tell(say("sayOnline")); delete root.dataset.wasDown; }
  else setTimeout(() => {
    if (root.dataset.line === "down") { root.dataset.wasDown = "yes"; tell(say("sayOffline")); }
  }, 2000);
}

// Who is in the room

function heardRoom(room) {
  root.dataset.state = room.state;
  people = new Map(room.people.map((each) => [each.id, each]));
  if (room.state === "closed") return end();
  if (room.state === "left" || room.state === "removed") { if (!isOver) { isOver = true; hangUp(); location.reload(); } return undefined; }
  waiting.show(room);
  if (room.state === "admitted") {
    if (!isIn) enter();
    for (const [party, peer] of peers) {
      if (people.get(party)?.state !== "admitted") { drop(party); tell(say("sayGone", { name: peer.name })); }
    }
    for (const [party, tile] of tiles) tile.label(people.get(party));
    look.show(room.shown);
  }
  document.dispatchEvent(new CustomEvent("call-people", { detail: room.people }));
  return undefined;
}

let configuration = { iceServers: [] };
async function servers() {
  const answer = await fetch(`${root.dataset.base}/ice`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no servers");
  const { iceServers, iceTransportPolicy } = await answer.json();
  configuration = { iceServers: iceServers.map((each) => JSON.parse(JSON.stringify(each))), iceTransportPolicy };
  for (const server of configuration.iceServers) for (const key of ["username", "credential"]) if (server[key] === null) delete server[key];
  return configuration;
}

async function enter() {
  isIn = true;
  find(".call-stage").hidden = false;
  document.body.classList.add("in-call");
  // On a phone the picture comes first.
  if (matchMedia("(max-width: 47.99rem)").matches) root.scrollIntoView({ block: "start" });
  await Promise.all([servers().catch(() => {}), media()]);
  if (isOver) return;
  isReady = true;
  wire.send("hello", { page: wire.page });
  tellMedia();
  setInterval(count, 2000);
  setInterval(report, 15000);
}

async function media() {
  const { stream, problem } = await open();
  local.camera = stream.getVideoTracks()[0] ?? null;
  local.microphone = stream.getAudioTracks()[0] ?? null;
  local.blankVideo = blank("video");
  local.blankAudio = local.microphone ? null : blank("audio");
  local.hasCamera = Boolean(local.camera);
  local.hasMicrophone = Boolean(local.microphone);
  for (const track of stream.getTracks()) {
    track.addEventListener("ended", () => {
      if (track === local.camera) { local.camera = null; setCamera(false); }
    });
  }
  const own = find(".own video");
  own.srcObject = stream;
  press("camera", local.hasCamera);
  press("microphone", local.hasMicrophone);
  if (problem) tell(say("sayCameraRefused"));
  find("[data-act=share]").hidden = !navigator.mediaDevices?.getDisplayMedia;
  find("[data-act=float]").hidden = !document.pictureInPictureEnabled;
  find("[data-act=full]").hidden = !document.fullscreenEnabled;
}

const outgoingVideo = () => local.screen ?? (local.hasCamera && !soundFirst.isPaused ? local.camera : null) ?? local.blankVideo;
const outgoingAudio = () => local.microphone ?? local.blankAudio;

// How often a line to somebody had to be begun anew.
const beginnings = new Map();

/** Both sides begin anew, as if one had just come in. The two wait differently long, so that they do not do it at once. */
async function begin(party) {
  beginnings.set(party, (beginnings.get(party) ?? 0) + 1);
  await servers().catch(() => {});
  if (isOver || peers.get(party)?.connection.connectionState === "connected") return;
  drop(party, true);
  wire.send("hello", { page: wire.page }, party);
}

function connect(party, page, isPolite) {
  drop(party, true);
  const name = people.get(party)?.name ?? "";
  const tile = tiles.get(party) ?? new Tile(party);
  tile.label(people.get(party));
  const peer = new Peer({
    party, page, ownPage: wire.page, isPolite, configuration, stream: local.stream, tracks: [outgoingAudio(), outgoingVideo()],
    patience: (isPolite ? 20000 : 30000) * 2 ** Math.min(beginnings.get(party) ?? 0, 3),
    hooks: {
      servers,
      again: () => begin(party),
      send: (kind, body) => wire.send(kind, body, party),
      track: (stream) => tile.play(stream),
      open: () => look.greet(),
      data: (message) => look.hear(message, party),
      state: (state) => {
        tile.figure.dataset.connection = state;
        find(".call-status").textContent = say(state === "connected" ? "sayConnected" : "sayLost", { name });
      },
    },
  });
  peer.name = name;
  find(".call-status").textContent = say("sayConnecting", { name });
  peers.set(party, peer);
  return peer;
}

function drop(party, keepsTile = false) {
  const peer = peers.get(party);
  if (peer) {
    totals.restarts += peer.restarts;
    totals.connected = Math.max(totals.connected, peer.connectedSeconds);
    peer.close();
    peers.delete(party);
  }
  if (!keepsTile) { tiles.get(party)?.figure.remove(); tiles.delete(party); }
}

function heardSignal({ from, kind, body, number, client, at }) {
  if (kind === "notice") { waiting.notice(body.text, at); if (isIn) tell(body.text); return; }
  if (kind === "chat") { talk.hear({ from, text: body.text, number, client, at }); return; }
  if (kind === "pain" || kind === "pictureAnswered") { document.dispatchEvent(new CustomEvent(`call-${kind}`, { detail: { ...body, at } })); return; }
  if (kind === "pictureAsked") { askPicture(body); return; }
  if (from === me) {
    if (kind === "hello" && body.page !== wire.page && isIn) replaced();
    return;
  }
  if (kind === "media") { tiles.get(from)?.media(body); return; }
  // A line without servers would be a deaf one; whoever called too early answers the hello that is to come.
  if (!isReady) return;
  const isPolite = me < from;
  if (kind === "hello") { connect(from, body.page, isPolite); return; }
  if (body.toPage !== wire.page) return;
  let peer = peers.get(from);
  if (!peer || peer.page !== body.page) {
    if (kind !== "description" || body.type !== "offer") return;
    peer = connect(from, body.page, isPolite);
  }
  peer.hear(kind, body);
}

class Tile {
  constructor(party) {
    this.figure = document.createElement("figure");
    this.figure.className = "tile";
    this.figure.dataset.party = party;
    this.video = Object.assign(document.createElement("video"), { autoplay: true, playsInline: true });
    this.caption = document.createElement("figcaption");
    this.figure.append(this.video, this.caption);
    this.state = { microphone: true, camera: true, screen: false };
    tiles.set(party, this);
    find(".call-videos").append(this.figure);
  }

  play(stream) {
    if (this.video.srcObject !== stream) this.video.srcObject = stream;
    this.video.play().catch(() => {
      // Sound may start only after a touch.
      document.addEventListener("pointerdown", () => this.video.play().catch(() => {}), { once: true });
    });
  }

  media(state) { this.state = state; this.label(this.person); }

  label(person) {
    this.person = person ?? this.person;
    const name = this.person?.name ?? "";
    this.video.setAttribute("aria-label", name);
    this.figure.classList.toggle("dark", !this.state.camera && !this.state.screen);
    this.figure.classList.toggle("screen", this.state.screen);
    this.caption.textContent = [name, !this.state.microphone && say("sayMuted"), !this.state.camera && !this.state.screen && say("sayNoPicture")]
      .filter(Boolean).join(" · ");
  }
}

// What one does

const press = (act, isOn) => find(`[data-act=${act}]`).setAttribute("aria-pressed", String(isOn));
const tellMedia = () => wire.send("media", {
  microphone: local.hasMicrophone, camera: local.hasCamera && !soundFirst.isPaused, screen: Boolean(local.screen),
});

function setMicrophone(isOn) {
  local.hasMicrophone = isOn && Boolean(local.microphone);
  if (local.microphone) local.microphone.enabled = local.hasMicrophone;
  press("microphone", local.hasMicrophone);
  find(".own").classList.toggle("mute", !local.hasMicrophone);
  tellMedia();
}

function setCamera(isOn) {
  local.hasCamera = isOn && Boolean(local.camera);
  if (local.camera) local.camera.enabled = local.hasCamera;
  press("camera", local.hasCamera);
  sendVideo();
}

function sendVideo() {
  const track = outgoingVideo();
  for (const peer of peers.values()) peer.replace("video", track);
  find(".own video").srcObject = new MediaStream([track]);
  find(".own").classList.toggle("dark", track === local.blankVideo);
  find(".own").classList.toggle("screen", Boolean(local.screen));
  tellMedia();
}

async function share() {
  if (local.screen) { local.screen.stop(); local.screen = null; press("share", false); return sendVideo(); }
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
    [local.screen] = stream.getVideoTracks();
  } catch (error) {
    if (error.name !== "NotAllowedError") tell(say("sayNoShare"));
    return undefined;
  }
  local.screen.addEventListener("ended", () => { local.screen = null; press("share", false); sendVideo(); });
  press("share", true);
  tell(say("saySharing"));
  return sendVideo();
}

async function switchCamera() {
  try {
    const track = await nextCamera(local.camera);
    if (!track) return;
    local.camera?.stop();
    local.camera = track;
    setCamera(true);
  } catch {
    tell(say("sayCameraRefused"));
  }
}

const acts = {
  microphone: () => setMicrophone(!local.hasMicrophone),
  camera: () => setCamera(!local.hasCamera),
  switch: switchCamera,
  share,
  chat: () => talk.toggle(),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : find(".call-stage").requestFullscreen()),
  float: async () => {
    if (document.pictureInPictureElement) return document.exitPictureInPicture();
    const video = find(".call-videos video");
    return video?.readyState ? video.requestPictureInPicture() : undefined;
  },
  pain: () => sendPain(),
};

root.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (acts[act]) Promise.resolve(acts[act]()).catch(() => {});
});

document.addEventListener("keydown", (event) => {
  if (!isIn || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open], canvas")) return;
  const act = { m: "microphone", v: "camera", c: "chat", f: "full" }[event.key.toLowerCase()];
  if (act) { event.preventDefault(); acts[act](); }
});

window.addEventListener("online", () => { for (const peer of peers.values()) peer.restart(); });
navigator.connection?.addEventListener?.("change", () => { for (const peer of peers.values()) peer.restart(); });

// Pain, and a picture that may be kept

const pain = find("#pain");
pain?.addEventListener("input", () => { find("output[for=pain]").textContent = pain.value; });
async function sendPain() {
  const report = { id: crypto.randomUUID(), level: Number(pain.value) };
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const answer = await wire.post("pain", report);
      if (answer.ok) { find(".call-pain-sent").textContent = say("sayPainSent", { n: pain.value }); return; }
      if (answer.status < 500) return;
    } catch { /* The server is away. */ }
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }
}

function askPicture({ measure, joint }) {
  const dialog = find(".call-ask");
  find("#ask-title").textContent = say("sayKeep", { joint });
  for (const button of dialog.querySelectorAll("[data-answer]")) {
    button.onclick = () => {
      wire.post(`pictures/${measure}`, { agreed: button.dataset.answer === "yes" });
      dialog.close();
    };
  }
  if (!dialog.open) dialog.showModal();
}

// How the line is

async function count() {
  let worst = peers.size ? "good" : "none";
  const order = ["good", "fair", "poor", "none"];
  for (const [party, peer] of peers) {
    const figures = await peer.count();
    const level = judge(figures);
    if (order.indexOf(level) > order.indexOf(worst)) worst = level;
    totals.last = figures;
    const tile = tiles.get(party);
    if (tile) Object.assign(tile.figure.dataset, {
      framesDecoded: figures.framesDecoded, width: figures.width, height: figures.height, route: figures.route ?? "", connection: peer.connection.connectionState,
    });
  }
  const badge = find(".call-quality");
  badge.className = `call-quality badge ${{ good: "good", fair: "warn", poor: "bad", none: "" }[worst]}`;
  const words = say({ good: "sayGood", fair: "sayFair", poor: "sayPoor", none: "sayNone" }[worst]);
  if (badge.textContent !== words) badge.textContent = words;
  root.dataset.quality = worst;
  weigh(worst);
}

/** Sound before picture, where the line can't carry both. */
function weigh(level) {
  if (soundFirst.isPaused) totals.audioOnly += 2;
  const step = soundFirst.step(level);
  if (step && local.hasCamera && !local.screen) tell(say(step === "pause" ? "sayAudioOnly" : "sayPictureBack"));
  if (step) { root.dataset.soundFirst = String(soundFirst.isPaused); sendVideo(); }
}
document.addEventListener("call-weigh", (event) => weigh(event.detail));

function figures() {
  const { last } = totals;
  return {
    connectedSeconds: Math.max(totals.connected, ...[...peers.values()].map((each) => each.connectedSeconds)),
    route: last?.route ?? null, roundTripMilliseconds: last?.roundTripMilliseconds ?? null, lossPercent: last?.lossPercent ?? null,
    width: last?.width ?? null, height: last?.height ?? null, audioOnlySeconds: totals.audioOnly,
    restarts: totals.restarts + [...peers.values()].reduce((sum, each) => sum + each.restarts, 0),
  };
}

function report() {
  if (!totals.last) return undefined;
  return fetch(`${root.dataset.base}/figures`, {
    method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(figures()),
  }).catch(() => {});
}

// The end

function hangUp() {
  for (const party of [...peers.keys()]) drop(party);
  for (const track of [local.camera, local.microphone, local.screen]) track?.stop();
}

function replaced() {
  isOver = true;
  hangUp();
  wire.close();
  find(".call-stage").hidden = true;
  tell(say("sayReplaced"));
  clearTimeout(toast.timer);
}

async function end() {
  if (isOver) return;
  isOver = true;
  tell(say("sayClosed"));
  if (isIn) await report();
  hangUp();
  location.reload();
}

for (const form of document.querySelectorAll(".call-leave, .call-end")) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.sure) return;
    event.preventDefault();
    if (form.classList.contains("call-end") && !window.confirm(say("sayEnd"))) return;
    isOver = true;
    await report();
    hangUp();
    form.dataset.sure = "yes";
    form.submit();
  });
}
window.addEventListener("pagehide", () => { if (isIn) report(); hangUp(); });

export { find, look, peers, root, say, tell, tiles, wire };
