// SPDX-License-Identifier: Apache-2.0
// Sends a recording in parts, and goes on where it stopped after a broken connection or a closed page.
//
//   POST BASE              {fileName, size, sha256}  → {id, received}
//   GET  BASE/ID                                     → {received}
//   PUT  BASE/ID?offset=N  the bytes                 → {received}
//   POST BASE/ID/finish    {sha256}                  → 2xx once the whole has that checksum
//
// Refusals are RFC 9457 problem details; their `detail` is shown as it is.

import { SHA256 } from "./sha256.js";

const PART = 2 * 1024 * 1024;
const LARGEST = 200 * 1024 * 1024;
const PATIENCE = [1, 2, 4, 8, 15];

for (const zone of document.querySelectorAll("[data-upload]")) new Upload(zone);

function Upload(zone) {
  const base = zone.dataset.upload;
  const endings = (zone.dataset.accept || "").split(",").filter(Boolean);
  let busy = false;

  const input = element("input", { type: "file", accept: endings.join(","), id: "recording" });
  const label = element("label", { htmlFor: "recording", className: "hidden", textContent: "Choose a recording" });
  const bar = element("progress", { max: 1, value: 0, hidden: true });
  bar.setAttribute("aria-label", "Upload");
  const status = element("p", { className: "small" });
  status.setAttribute("role", "status");
  const problem = element("p", { className: "error", hidden: true });
  problem.setAttribute("role", "alert");
  const again = element("button", { type: "button", className: "soft", textContent: "Go on", hidden: true });
  zone.querySelector(".fallback")?.remove();
  zone.append(label, input, bar, status, problem, again);

  // One after the other, so that a slow line carries one file whole before the next begins.
  const many = "many" in zone.dataset;
  input.multiple = many;
  let left = [];
  input.addEventListener("change", () => begin([...input.files]));
  again.addEventListener("click", () => work());
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length > 1 && !many) return fail("One file at a time, please.");
    begin(files);
  });
  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });

  let all = 0;

  function begin(files) {
    if (busy || files.length === 0) return;
    problem.hidden = again.hidden = true;
    for (const file of files) {
      const name = file.name.toLowerCase();
      if (endings.length && !endings.some((ending) => name.endsWith(ending))) {
        return fail(`${file.name} is not a recording. Choose a file that ends in ${endings.join(" or ")}.`);
      }
      if (file.size === 0) return fail(`${file.name} is empty. Export it again.`);
      if (file.size > LARGEST) return fail(`${file.name} has ${megabytes(file.size)}. The most is ${megabytes(LARGEST)}.`);
    }
    left = files;
    all = files.length;
    work();
  }

  async function work() {
    if (busy || left.length === 0) return;
    problem.hidden = again.hidden = true;
    busy = true;
    input.disabled = true;
    bar.hidden = false;
    try {
      while (left.length > 0) {
        const digest = await hash(left[0]);
        await send(left[0], digest);
        left.shift();
      }
      status.textContent = "Uploaded and checked. The analysis has begun.";
      busy = false;
      location.reload();
    } catch (error) {
      fail(error instanceof Refusal ? error.message : "The connection was lost. Nothing that arrived is lost.");
      again.hidden = error instanceof Refusal && error.final;
    } finally {
      busy = false;
      input.disabled = false;
    }
  }

  /** Which of several files this is. */
  function turn() {
    return all > 1 ? `, file ${all - left.length + 1} of ${all}` : "";
  }

  async function hash(file) {
    const digest = new SHA256();
    for (let at = 0; at < file.size; at += PART) {
      status.textContent = `Reading ${file.name}${turn()}`;
      digest.update(new Uint8Array(await file.slice(at, at + PART).arrayBuffer()));
      bar.value = (at / file.size) * 0.1;
    }
    return digest.finish();
  }

  async function send(file, sha256) {
    const key = `upload ${base} ${sha256}`;
    let { url, received } = await resume(key, file, sha256);
    while (received < file.size) {
      bar.value = 0.1 + 0.9 * (received / file.size);
      status.textContent = `${file.name}: ${megabytes(received)} of ${megabytes(file.size)}${turn()}`;
      const part = file.slice(received, received + PART);
      const answer = await insist(async (attempt) => {
        if (attempt > 0) {
          const known = await ask("GET", url);
          if (known.received !== received) return known;
        }
        return ask("PUT", `${url}?offset=${received}`, part, "application/octet-stream");
      });
      received = answer.received;
    }
    bar.value = 1;
    status.textContent = "Checking";
    await insist(() => ask("POST", `${url}/finish`, JSON.stringify({ sha256 }), "application/json"));
    forget(key);
  }

  async function resume(key, file, sha256) {
    const known = recall(key);
    if (known) {
      try {
        const { received } = await insist(() => ask("GET", known));
        return { url: known, received };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        forget(key);
      }
    }
    const order = JSON.stringify({ fileName: file.name, size: file.size, sha256 });
    const begun = await insist(() => ask("POST", base, order, "application/json"));
    const url = `${base}/${begun.id}`;
    remember(key, url);
    return { url, received: begun.received };
  }

  /** Tries again while the network or the server is away; a refusal is final. */
  async function insist(action) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await action(attempt);
      } catch (error) {
        if ((error instanceof Refusal && error.final) || attempt >= PATIENCE.length) throw error;
        status.textContent = `The connection is away. Trying again in ${PATIENCE[attempt]} s`;
        await new Promise((done) => setTimeout(done, PATIENCE[attempt] * 1000));
      }
    }
  }

  async function ask(method, url, body, type) {
    const headers = { Accept: "application/json" };
    if (type) headers["Content-Type"] = type;
    const response = await fetch(url, { method, body, headers, credentials: "same-origin", redirect: "error" });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (response.status === 409 && Number.isInteger(answer.received)) return answer;
    const passing = response.status >= 500 || response.status === 429 || response.status === 408;
    throw new Refusal(answer.detail || `The server answered ${response.status}.`, !passing);
  }

  function fail(message) {
    problem.textContent = message;
    problem.hidden = false;
    bar.hidden = true;
    status.textContent = "";
  }
}

class Refusal extends Error {
  constructor(message, final) {
    super(message);
    this.final = final;
  }
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

function megabytes(bytes) {
  return `${(bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0)} MB`;
}

// Storage may be forbidden; then an upload begins anew.
function recall(key) { try { return localStorage.getItem(key); } catch { return null; } }
function remember(key, value) { try { localStorage.setItem(key, value); } catch { /* begins anew */ } }
function forget(key) { try { localStorage.removeItem(key); } catch { /* begins anew */ } }
