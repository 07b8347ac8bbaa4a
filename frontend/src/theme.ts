/** The look of the panel, made of the variables of Home Assistant's themes. */

import { css } from "lit";

export const base = css`
  :host {
    color: var(--primary-text-color);
    --vr-gap: 16px;
    --vr-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
    --vr-line: 1px solid var(--divider-color);
    --vr-local: var(--success-color, #2e7d32);
    --vr-cloud: var(--error-color, #c62828);
    --vr-unproven: var(--warning-color, #ef6c00);
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2 {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-normal, 400);
    line-height: 1.3;
  }
  h3 {
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.4;
  }
  a {
    /* The primary colour alone is too pale on a light card for text. */
    color: color-mix(in srgb, var(--primary-color) 65%, var(--primary-text-color));
  }
  .secondary {
    color: var(--secondary-text-color);
  }
  .small {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.4;
  }
  .row {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px;
  }
  .grow {
    flex: 1 1 auto;
    min-width: 0;
  }
  .card {
    background: var(--ha-card-background, var(--card-background-color));
    border: var(--ha-card-border-width, 1px) solid
      var(--ha-card-border-color, var(--divider-color));
    border-radius: var(--vr-radius);
    box-shadow: var(--ha-card-box-shadow, none);
    padding: var(--vr-gap);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;

export const controls = css`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 36px;
    padding: 0 16px;
    border: 1px solid transparent;
    border-radius: 18px;
    background: color-mix(in srgb, var(--primary-color) 14%, transparent);
    color: var(--primary-text-color);
    font-weight: var(--ha-font-weight-medium, 500);
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: color-mix(in srgb, var(--primary-color) 24%, transparent);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.plain {
    background: none;
  }
  button.plain:hover:not(:disabled) {
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button.icon {
    width: 40px;
    min-height: 40px;
    padding: 0;
    border-radius: 50%;
    background: none;
  }
  button.icon:hover:not(:disabled) {
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button.danger {
    background: color-mix(in srgb, var(--error-color) 16%, transparent);
  }
  button.danger:hover:not(:disabled) {
    background: color-mix(in srgb, var(--error-color) 28%, transparent);
  }
  select,
  input:not([type="checkbox"], [type="range"], [type="radio"]) {
    min-height: 40px;
    max-width: 100%;
    padding: 0 12px;
    border: 1px solid var(--secondary-text-color);
    border-radius: 8px;
    background: var(--card-background-color);
  }
  input[type="checkbox"] {
    width: 18px;
    height: 18px;
    accent-color: var(--primary-color);
  }
  input[role="switch"] {
    appearance: none;
    flex: none;
    position: relative;
    width: 40px;
    height: 24px;
    margin: 0;
    border: 2px solid var(--secondary-text-color);
    border-radius: 12px;
    background: transparent;
    cursor: pointer;
    transition: background 0.15s;
  }
  input[role="switch"]::after {
    content: "";
    position: absolute;
    inset-block-start: 4px;
    inset-inline-start: 4px;
    width: 12px;
    height: 12px;
    border-radius: 50%;
    background: var(--secondary-text-color);
    transition: inset-inline-start 0.15s;
  }
  input[role="switch"]:checked {
    border-color: var(--primary-color);
    background: var(--primary-color);
  }
  input[role="switch"]:checked::after {
    inset-inline-start: 20px;
    background: var(--card-background-color);
  }
  input[role="switch"]:disabled {
    opacity: 0.5;
    cursor: default;
  }
  label {
    cursor: pointer;
  }
`;
