// SPDX-License-Identifier: Apache-2.0
// The line to one other browser: perfect negotiation (W3C WebRTC 1.0 §10.7), so either side may ask for anything at any time,
// and a new way by itself when the old one breaks.

import { measure } from "./call-quality.js";

export class Peer {
  #makingOffer = false;
  #ignoresOffer = false;
  #work = Promise.resolve();
  #stats = null;
  #brokenSince = 0;
  #patience = null;
  restarts = 0;
  connectedSeconds = 0;

  /** `hooks`: send(kind, body), track(stream), state(text), data(message), again(), servers() → promise of an RTCConfiguration. */
  constructor({ party, page, ownPage, isPolite, configuration, tracks, stream, patience, hooks }) {
    this.party = party;
    this.page = page;
    this.ownPage = ownPage;
    this.isPolite = isPolite;
    this.hooks = hooks;
    this.connection = new RTCPeerConnection(configuration);
    this.look = this.connection.createDataChannel("look", { negotiated: true, id: 0 });
    this.look.addEventListener("message", (event) => {
      if (typeof event.data !== "string" || event.data.length > 2000) return;
      try { hooks.data(JSON.parse(event.data)); } catch { /* Not ours. */ }
    });
    this.look.addEventListener("open", () => hooks.open?.());
    this.senders = Object.fromEntries(tracks.map((track) => [track.kind, this.connection.addTrack(track, stream)]));
    this.connection.addEventListener("track", ({ streams, track }) => hooks.track(streams[0] ?? new MediaStream([track])));
    this.connection.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate) return;
      hooks.send("candidate", {
        page: this.ownPage, toPage: this.page, candidate: candidate.candidate, sdpMid: candidate.sdpMid,
        sdpMLineIndex: candidate.sdpMLineIndex, usernameFragment: candidate.usernameFragment,
      });
    });
    this.connection.addEventListener("negotiationneeded", () => this.#offer());
    this.connection.addEventListener("connectionstatechange", () => this.#changed());
    this.connection.addEventListener("iceconnectionstatechange", () => this.#changed());
    // A line that never begins fails nowhere; what was lost on the way is then said anew.
    this.#patience = setTimeout(() => {
      if (["new", "connecting"].includes(this.connection.connectionState)) hooks.again();
    }, patience);
  }

  async #offer() {
    try {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      this.#describe();
    } catch (error) {
      if (this.connection.signalingState !== "closed") console.warn("An offer could not be made.", error);
    } finally {
      this.#makingOffer = false;
    }
  }

  #describe() {
    const { type, sdp } = this.connection.localDescription;
    this.hooks.send("description", { page: this.ownPage, toPage: this.page, type, sdp });
  }

  /** Takes what the other side says, one after the other. */
  hear(kind, body) {
    this.#work = this.#work.then(() => (kind === "description" ? this.#described(body) : this.#candidate(body)))
      .catch((error) => {
        if (this.connection.signalingState !== "closed") console.warn("A message of the line could not be used.", error);
      });
  }

  async #described({ type, sdp }) {
    const { connection } = this;
    const collides = type === "offer" && (this.#makingOffer || connection.signalingState !== "stable");
    this.#ignoresOffer = !this.isPolite && collides;
    if (this.#ignoresOffer) return;
    await connection.setRemoteDescription({ type, sdp });
    if (type === "offer") {
      await connection.setLocalDescription();
      this.#describe();
    }
  }

  async #candidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment }) {
    try {
      await this.connection.addIceCandidate({ candidate, sdpMid, sdpMLineIndex, usernameFragment });
    } catch (error) {
      if (!this.#ignoresOffer) throw error;
    }
  }

  #changed() {
    const { connectionState, iceConnectionState } = this.connection;
    if (connectionState === "connected") {
      clearTimeout(this.#patience);
      this.#brokenSince = 0;
      this.hooks.state("connected");
    } else if (iceConnectionState === "failed" || connectionState === "failed") {
      this.hooks.state("lost");
      this.restart();
    } else if (iceConnectionState === "disconnected") {
      this.#brokenSince ||= performance.now();
      this.hooks.state("lost");
      // Short silences heal by themselves.
      setTimeout(() => { if (this.#brokenSince && performance.now() - this.#brokenSince >= 2900) this.restart(); }, 3000);
    }
  }

  /** Looks for a new way between the browsers, with fresh credentials for the relay. */
  async restart() {
    if (this.connection.signalingState === "closed") return;
    this.#brokenSince = 0;
    this.restarts += 1;
    try {
      this.connection.setConfiguration(await this.hooks.servers());
    } catch {
      // The server is away; the old credentials may still do.
    }
    if (this.connection.signalingState !== "closed") this.connection.restartIce();
  }

  replace(kind, track) { return this.senders[kind]?.replaceTrack(track); }

  say(message) {
    if (this.look.readyState === "open" && this.look.bufferedAmount < 64000) this.look.send(JSON.stringify(message));
  }

  async count() {
    const next = measure(await this.connection.getStats(), this.#stats);
    if (this.#stats && this.connection.connectionState === "connected") {
      this.connectedSeconds += (next.counts.at - this.#stats.counts.at) / 1000;
    }
    this.#stats = next;
    return next;
  }

  close() {
    clearTimeout(this.#patience);
    this.connection.close();
  }
}
