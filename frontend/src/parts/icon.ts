/** Draw a Material Design icon; it says nothing to a screen reader, for words stand beside it. */

import { html, type TemplateResult } from "lit";

export function icon(path: string, size = 20): TemplateResult {
  return html`<svg
    viewBox="0 0 24 24"
    width=${size}
    height=${size}
    aria-hidden="true"
    focusable="false"
    style="flex:none;fill:currentColor"
  >
    <path d=${path}></path>
  </svg>`;
}
