/** Reduce sound to as many bars as there is room for. */

/** A silence is drawn as well: as a line. */
export const SILENCE = 0.03;

/** The loudest sample of each part, as a share of the loudest of all. */
export function barsOf(samples: Float32Array, count: number): number[] {
  const peaks = Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / count));
    let peak = 0;
    for (let at = from; at < to && at < samples.length; at += 1) {
      peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    }
    return peak;
  });
  const loudest = Math.max(...peaks);
  // Noise alone must not look like speech.
  const scale = 1 / Math.max(loudest, 0.02);
  return peaks.map((peak) => Math.max(SILENCE, Math.min(1, peak * scale)));
}

/** Bars that are drawn before anything is known of the sound. */
export function noBars(count: number): number[] {
  return Array.from({ length: count }, () => SILENCE);
}
