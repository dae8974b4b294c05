// SPDX-License-Identifier: Apache-2.0
// Before the call: does the camera show, does the microphone hear, is the speaker heard, and which ones.

import { chosen, choose, devices, level, open, sound } from "./call-media.js";

const root = document.querySelector("#check");
root.closest("section").classList.add("scripted");
const video = root.querySelector("video");
const words = root.querySelector(".check-words");
const meter = root.querySelector("meter");
const selects = { camera: root.querySelector("#camera"), microphone: root.querySelector("#microphone"), speaker: root.querySelector("#speaker") };
const say = (name) => { words.textContent = root.dataset[name]; };
let stream = null;
let stopLevel = () => {};

async function start() {
  stop();
  say("sayAsk");
  const found = await open();
  stream = found.stream;
  video.srcObject = stream;
  const hasPicture = stream.getVideoTracks().length > 0;
  const hasSound = stream.getAudioTracks().length > 0;
  root.dataset.state = hasPicture && hasSound ? "ready" : hasSound ? "sound" : found.problem ?? "none";
  words.classList.toggle("good", hasSound);
  words.classList.toggle("bad", !hasSound);
  say(hasPicture && hasSound ? "sayReady" : hasSound ? "saySoundOnly"
    : { refused: "sayRefused", busy: "sayBusy" }[found.problem] ?? "sayNone");
  stopLevel = level(stream, (value) => { meter.value = value; });
  root.querySelector("[data-act=start]").classList.add("soft");
  await fill();
}

async function fill() {
  for (const [name, kind] of [["camera", "videoinput"], ["microphone", "audioinput"], ["speaker", "audiooutput"]]) {
    const all = await devices(kind);
    const select = selects[name];
    const used = { camera: stream?.getVideoTracks()[0], microphone: stream?.getAudioTracks()[0] }[name]?.getSettings().deviceId;
    select.replaceChildren(...all.map((each, index) => {
      const option = document.createElement("option");
      option.value = each.deviceId;
      option.textContent = each.label || String(index + 1);
      option.selected = each.deviceId === (used ?? chosen()[name]);
      return option;
    }));
    select.disabled = !all.length;
    select.closest(".field").hidden = !all.length && name === "speaker";
  }
}

function stop() {
  stopLevel();
  for (const track of stream?.getTracks() ?? []) track.stop();
}

root.querySelector("[data-act=start]").addEventListener("click", start);
root.querySelector("[data-act=sound]").addEventListener("click", () => sound(selects.speaker.value));
for (const [name, select] of Object.entries(selects)) {
  select.addEventListener("change", () => {
    choose({ [name]: select.value });
    if (name !== "speaker") start();
  });
}
navigator.mediaDevices?.addEventListener?.("devicechange", fill);
window.addEventListener("pagehide", stop);
