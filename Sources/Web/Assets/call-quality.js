// SPDX-License-Identifier: Apache-2.0
// How good a line is, from what the browser counts (W3C webrtc-stats), and when the picture should give way to the sound.

/** Differences between two reports of one connection, two seconds apart or so. */
export function measure(report, before) {
  let inbound = null;
  let audio = null;
  let pair = null;
  const all = [...report.values()];
  const transport = all.find((each) => each.type === "transport" && each.selectedCandidatePairId);
  for (const each of all) {
    if (each.type === "inbound-rtp" && each.kind === "video") inbound = each;
    if (each.type === "inbound-rtp" && each.kind === "audio") audio = each;
    if (each.type === "candidate-pair" && (each.id === transport?.selectedCandidatePairId || (!transport && each.nominated))) pair = each;
  }
  const sum = (name) => (inbound?.[name] ?? 0) + (audio?.[name] ?? 0);
  const counts = { received: sum("packetsReceived"), lost: sum("packetsLost"), at: performance.now() };
  const received = counts.received - (before?.counts.received ?? counts.received);
  const lost = Math.max(0, counts.lost - (before?.counts.lost ?? counts.lost));
  const local = pair && report.get(pair.localCandidateId);
  const remote = pair && report.get(pair.remoteCandidateId);
  return {
    counts,
    framesDecoded: inbound?.framesDecoded ?? 0,
    width: inbound?.frameWidth ?? 0,
    height: inbound?.frameHeight ?? 0,
    framesPerSecond: inbound?.framesPerSecond ?? 0,
    // Nothing came although something did before: the line stands still.
    isStill: Boolean(before) && counts.received > 0 && received === 0,
    lossPercent: received + lost > 0 ? (100 * lost) / (received + lost) : null,
    roundTripMilliseconds: pair?.currentRoundTripTime === undefined || pair === null ? null : pair.currentRoundTripTime * 1000,
    outgoingKilobits: pair?.availableOutgoingBitrate ? pair.availableOutgoingBitrate / 1000 : null,
    route: pair ? (local?.candidateType === "relay" || remote?.candidateType === "relay" ? "relay" : "direct") : null,
  };
}

/** "good", "fair", "poor" or "none". Loss above a tenth breaks words; half a second of delay makes people talk at once. */
export function judge({ lossPercent, roundTripMilliseconds, outgoingKilobits, isStill, route }) {
  if (!route || isStill) return "none";
  const loss = lossPercent ?? 0;
  const delay = roundTripMilliseconds ?? 0;
  if (loss > 10 || delay > 600 || (outgoingKilobits !== null && outgoingKilobits < 80)) return "poor";
  if (loss > 3 || delay > 250 || (outgoingKilobits !== null && outgoingKilobits < 250)) return "fair";
  return "good";
}

/** Pauses the own picture after some seconds of a poor line, and tries it again once the line has been better for longer. */
export class SoundFirst {
  #poor = 0;
  #better = 0;
  #patience = 8;
  isPaused = false;

  /** "pause", "resume" or null, for one judgement. */
  step(level) {
    if (level === "poor") {
      this.#poor += 1;
      this.#better = 0;
    } else if (level !== "none") {
      this.#better += 1;
      this.#poor = 0;
    }
    if (!this.isPaused && this.#poor >= 4) {
      this.isPaused = true;
      return "pause";
    }
    if (this.isPaused && this.#better >= this.#patience) {
      this.isPaused = false;
      this.#poor = 0;
      // A line that breaks again and again is tried less and less often.
      this.#patience = Math.min(this.#patience * 2, 60);
      return "resume";
    }
    return null;
  }
}
