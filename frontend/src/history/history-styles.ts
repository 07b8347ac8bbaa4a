/** The look of the history as a whole. */

import { css } from "lit";

export const historyStyles = css`
  :host {
    display: block;
    height: 100%;
    overflow: hidden;
  }
  .view {
    position: relative;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    height: 100%;
  }
  .view.open:not(.paged) {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) 420px;
  }
  .list {
    display: flex;
    flex-direction: column;
    min-height: 0;
    background: var(--ha-card-background, var(--card-background-color));
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    flex: none;
    padding: 12px 16px;
    border-block-end: var(--vr-line);
  }
  .trouble {
    padding: 8px 16px;
    color: var(--error-color);
  }
  .rows {
    position: relative;
    flex: 1 1 auto;
    min-height: 0;
  }
  vr-recording-list {
    height: 100%;
  }
  vr-details {
    min-width: 0;
    border-inline-start: var(--vr-line);
  }
  .paged vr-details {
    position: absolute;
    inset: 0;
    z-index: 2;
    border: none;
  }
  .pill {
    position: absolute;
    inset-block-start: 8px;
    inset-inline: 0;
    z-index: 2;
    width: fit-content;
    margin-inline: auto;
    background: var(--primary-color);
    color: var(--text-primary-color, #fff);
    box-shadow: 0 2px 6px rgba(0, 0, 0, 0.35);
  }
  .pill:hover:not(:disabled) {
    background: color-mix(in srgb, var(--primary-color) 85%, var(--primary-text-color));
  }
`;
