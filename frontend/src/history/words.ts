/** Put what is known of a recording into words. */

import type { Texts } from "../texts.ts";
import type { Recording } from "../types.ts";
import type { Formats } from "./format.ts";

export interface Said {
  text: string;
  /** Whether these are the words themselves, not that there are none. */
  isWords: boolean;
}

export function heard(recording: Recording, { t, option }: Texts): Said {
  if (recording.transcript) return { text: recording.transcript, isWords: true };
  if (recording.damaged) return { text: t("history.damaged"), isWords: false };
  if (recording.outcome !== "ok") {
    return { text: option("outcome", recording.outcome), isWords: false };
  }
  return { text: t("history.no_transcript"), isWords: false };
}

export function answered(recording: Recording, { t }: Texts): Said {
  if (recording.response) return { text: recording.response, isWords: true };
  return {
    text: recording.outcome === "ok" ? t("history.no_response") : "",
    isWords: false,
  };
}

/** The next moment at which something of a recording goes. */
export function firstExpiry(recording: Recording): string | null {
  const { content, audio_expires, text_expires } = recording;
  const moments = [
    content.includes("audio") ? audio_expires : null,
    content.includes("transcript") || content.includes("response") ? text_expires : null,
  ].filter((moment) => moment !== null);
  return moments.sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;
}

export function expiry(
  recording: Recording,
  { texts, formats }: { texts: Texts; formats: Formats },
): string {
  const moment = firstExpiry(recording);
  return moment
    ? texts.t("history.expires", { when: formats.until(moment) })
    : texts.t("history.until_deleted");
}
