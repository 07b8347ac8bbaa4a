/** What there is to say about a step of a path. */

import {
  mdiAccountVoice,
  mdiCloudOffOutline,
  mdiEarHearing,
  mdiMessageProcessingOutline,
  mdiMicrophoneMessage,
  mdiShieldAlertOutline,
  mdiShieldCheckOutline,
} from "@mdi/js";
import type { Hass } from "../hass.ts";
import type { Home, Satellite, Step, StepKind } from "../types.ts";

export const PICTURES: Record<StepKind, string> = {
  wake_word: mdiEarHearing,
  stt: mdiMicrophoneMessage,
  conversation: mdiMessageProcessingOutline,
  tts: mdiAccountVoice,
};

/** How a step is protected: `kept` means that nothing gets there now. */
export type Protection = "gap" | "kept" | "guarded" | "open";

export const PROTECTION_PICTURES: Record<Exclude<Protection, "open">, string> = {
  gap: mdiShieldAlertOutline,
  kept: mdiCloudOffOutline,
  guarded: mdiShieldCheckOutline,
};

/** What a satellite must not send out of the home. */
export interface Closed {
  audio: boolean;
  text: boolean;
}

/** Guests are protected everywhere; text that must stay keeps the voice at home as well. */
export function closedFor(hass: Hass, satellite: Satellite, defaults: Home["defaults"]): Closed {
  const isOn = (entityId: string | null) => !!entityId && hass.states[entityId]?.state === "on";
  const text = isOn(satellite.entities.dont_send_text) || isOn(defaults.guest_mode);
  return { text, audio: text || isOn(satellite.entities.dont_send_audio) };
}

export function protectionOf(step: Step, closed: Closed): Protection {
  if (step.is_gap) return "gap";
  if (!step.is_guarded) return "open";
  const isAudio = step.kind === "stt" || step.kind === "wake_word";
  const isClosed = isAudio ? closed.audio : closed.text;
  return isClosed && step.locality !== "local" ? "kept" : "guarded";
}
