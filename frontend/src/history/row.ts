/** Draw one row of the history; a function and no component, for thousands of them fly by. */

import { mdiLockOutline } from "@mdi/js";
import { css, html, nothing } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { live } from "lit/directives/live.js";
import { icon } from "../parts/icon.ts";
import "../parts/locality.ts";
import type { Texts } from "../texts.ts";
import type { Recording } from "../types.ts";
import type { Formats } from "./format.ts";
import { answered, expiry, heard } from "./words.ts";

export const ROW_WIDE = 64;
export const ROW_NARROW = 96;

export const rowStyles = css`
  [role="row"] {
    position: absolute;
    inset-inline: 0;
    display: grid;
    grid-template-columns: 48px 88px minmax(0, 1fr) 132px 128px;
    align-items: center;
    height: ${ROW_WIDE}px;
    padding-inline-end: 16px;
    border-block-end: var(--vr-line);
    contain: strict;
    cursor: pointer;
    outline-offset: -3px;
  }
  [role="row"]:hover {
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
  }
  [role="row"][aria-selected="true"],
  [role="row"].open {
    background: color-mix(in srgb, var(--primary-color) 12%, transparent);
  }
  .first-of-day {
    box-shadow: inset 0 2px 0 color-mix(in srgb, var(--primary-text-color) 28%, transparent);
  }
  [role="gridcell"] {
    min-width: 0;
  }
  .choose {
    display: grid;
    place-items: center;
    align-self: stretch;
  }
  .line {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .when .day {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .nothing {
    font-style: italic;
    color: var(--secondary-text-color);
  }
  .where {
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  .expiry {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
    text-align: end;
  }
  .skeleton {
    cursor: default;
  }
  .skeleton span {
    display: block;
    height: 12px;
    border-radius: 6px;
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
  }
  .narrow [role="row"] {
    grid-template:
      "choose words words" auto
      "choose foot expiry" auto / 44px minmax(0, 1fr) auto;
    align-content: center;
    row-gap: 4px;
    height: ${ROW_NARROW}px;
    padding-inline-end: 12px;
  }
  .narrow .choose {
    grid-area: choose;
  }
  .narrow .words {
    grid-area: words;
  }
  .narrow .foot {
    grid-area: foot;
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  .foot .line {
    flex: 0 1 auto;
  }
  .narrow .expiry {
    grid-area: expiry;
    padding-inline-start: 8px;
  }
`;

export interface RowView {
  index: number;
  top: number;
  recording: Recording | undefined;
  isFirstOfDay: boolean;
  isSelected: boolean;
  /** Whether all are chosen, so that none can be left out. */
  isFixed: boolean;
  isOpen: boolean;
  /** Whether the key Tab comes here. */
  isActive: boolean;
}

export interface Look {
  texts: Texts;
  formats: Formats;
  narrow: boolean;
}

/** One element whether its recording is known yet or not, so that the keyboard stays there. */
export function row(view: RowView, look: Look) {
  const { recording, index, top, isActive } = view;
  return html`<div
    role="row"
    class=${classMap({
      skeleton: !recording,
      "first-of-day": view.isFirstOfDay,
      open: view.isOpen,
    })}
    data-index=${index}
    aria-rowindex=${index + 1}
    aria-selected=${recording ? String(view.isSelected) : nothing}
    aria-label=${recording ? nothing : look.texts.t("history.loading")}
    tabindex=${isActive ? 0 : -1}
    style="transform:translateY(${top}px)"
  >
    ${recording ? cells(recording, view, look) : emptyCells(index, look)}
  </div>`;
}

function emptyCells(index: number, { narrow }: Look) {
  return html`<div role="gridcell" class="choose"></div>
    <div role="gridcell" class=${narrow ? "words" : ""}>
      <span style="width:${narrow ? 70 : 60}%"></span>
    </div>
    <div role="gridcell" class=${narrow ? "foot" : ""}>
      <span style="width:${30 + ((index * 13) % 40)}%"></span>
    </div>`;
}

function cells(recording: Recording, view: RowView, look: Look) {
  return html`<div role="gridcell" class="choose">
      <input
        type="checkbox"
        tabindex="-1"
        aria-label=${look.texts.t("history.choose")}
        .checked=${live(view.isSelected)}
        ?disabled=${view.isFixed}
      />
    </div>
    ${look.narrow ? narrowCells(recording, look) : wideCells(recording, view, look)}`;
}

function words(recording: Recording, { texts }: Look) {
  const said = heard(recording, texts);
  const answer = answered(recording, texts);
  return html`
    <div class="line ${said.isWords ? "" : "nothing"}">${said.text}</div>
    <div class="line secondary small">${answer.text}</div>
  `;
}

function wideCells(recording: Recording, view: RowView, look: Look) {
  const { formats } = look;
  return html`
    <div role="gridcell" class="when">
      <div>${formats.time(recording.created)}</div>
      <div class="small secondary line ${view.isFirstOfDay ? "day" : ""}">
        ${formats.dayShort(recording.created)}
      </div>
    </div>
    <div role="gridcell" class="words">${words(recording, look)}</div>
    <div role="gridcell">
      <div class="where line">${recording.satellite_name}</div>
      ${badge(recording, look)}
    </div>
    <div role="gridcell" class="expiry small secondary">${when(recording, look)}</div>
  `;
}

function narrowCells(recording: Recording, look: Look) {
  const { formats } = look;
  return html`
    <div role="gridcell" class="words">${words(recording, look)}</div>
    <div role="gridcell" class="foot where">
      <span class="line"
        >${formats.dayShort(recording.created)} ${formats.time(recording.created)} ·
        ${recording.satellite_name}</span
      >
      ${badge(recording, look)}
    </div>
    <div role="gridcell" class="expiry small secondary">${when(recording, look)}</div>
  `;
}

function badge({ locality }: Recording, { texts }: Look) {
  if (!locality) return nothing;
  return html`<vr-locality .texts=${texts} .locality=${locality}></vr-locality>`;
}

function when(recording: Recording, look: Look) {
  const { texts, narrow } = look;
  if (recording.held) {
    return html`${icon(mdiLockOutline, 16)}<span class="line">${texts.t("history.held")}</span>`;
  }
  // On a phone there is no room, and the details say it.
  return narrow ? nothing : html`<span>${expiry(recording, look)}</span>`;
}
