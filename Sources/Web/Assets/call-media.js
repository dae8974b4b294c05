// SPDX-License-Identifier: Apache-2.0
// Camera, microphone, speaker and screen, and what to say when they are not to be had.

const KEPT = "fascia-call-devices";

export const chosen = () => {
  try { return JSON.parse(sessionStorage.getItem(KEPT)) || {}; } catch { return {}; }
};
export const choose = (devices) => sessionStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...devices }));

const wish = (id, more) => (id ? { deviceId: { exact: id }, ...more } : more);
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };

/** Camera and microphone as chosen; whatever of the two there is. `problem`: "refused", "none", "busy" or null. */
export async function open({ camera, microphone } = chosen()) {
  const tries = [
    { video: wish(camera, PICTURE), audio: wish(microphone, { echoCancellation: true, noiseSuppression: true }) },
    { video: PICTURE, audio: true },
    { audio: true },
    { video: PICTURE },
  ];
  if (!navigator.mediaDevices) return { stream: new MediaStream(), problem: "none" };
  let problem = null;
  for (const [index, wanted] of tries.entries()) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      return { stream, problem: index < 2 ? null : problem };
    } catch (error) {
      problem = error.name === "NotAllowedError" || error.name === "SecurityError" ? "refused"
        : error.name === "NotReadableError" || error.name === "AbortError" ? "busy" : "none";
    }
  }
  return { stream: new MediaStream(), problem };
}

/** A track that carries nothing, so that a line always has both kinds and a camera can join it later. */
export function blank(kind) {
  if (kind === "video") {
    const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
    canvas.getContext("2d").fillRect(0, 0, 16, 16);
    return canvas.captureStream(1).getVideoTracks()[0];
  }
  return new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
}

/** Calls `show` with 0 to 1, how loud a stream is; a function that stops is given back. */
export function level(stream, show) {
  if (!stream.getAudioTracks().length) return () => {};
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    // From a whisper (−60 dB) to a shout (−10 dB).
    show(Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50)));
  }, 80);
  return () => { clearInterval(timer); context.close(); };
}

/** Three notes on the chosen speaker. */
export async function sound(speaker) {
  const context = new AudioContext();
  if (speaker && context.setSinkId) await context.setSinkId(speaker).catch(() => {});
  [440, 554, 659].forEach((pitch, index) => {
    const tone = new OscillatorNode(context, { frequency: pitch });
    const gain = new GainNode(context, { gain: 0 });
    const start = context.currentTime + 0.1 + index * 0.3;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.3, start + 0.03);
    gain.gain.linearRampToValueAtTime(0, start + 0.28);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  });
  setTimeout(() => context.close(), 1500);
}

export async function devices(kind) {
  return (await navigator.mediaDevices?.enumerateDevices?.() ?? []).filter((each) => each.kind === kind);
}

/** The next camera after the one that is used. */
export async function nextCamera(track) {
  const all = await devices("videoinput");
  if (all.length < 2) return null;
  const now = all.findIndex((each) => each.deviceId === track?.getSettings?.().deviceId);
  const next = all[(now + 1) % all.length];
  const stream = await navigator.mediaDevices.getUserMedia({ video: wish(next.deviceId, PICTURE) });
  choose({ camera: next.deviceId });
  return stream.getVideoTracks()[0];
}
