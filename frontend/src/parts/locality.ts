/** Say where an engine works, by colour, by picture and by word. */

import { mdiCloudOutline, mdiHelpCircleOutline, mdiHomeOutline } from "@mdi/js";
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Locality } from "../types.ts";
import { icon } from "./icon.ts";

const ICONS: Record<Locality, string> = {
  local: mdiHomeOutline,
  cloud: mdiCloudOutline,
  unproven: mdiHelpCircleOutline,
};

@customElement("vr-locality")
export class LocalityBadge extends LitElement {
  static override styles = [
    base,
    css`
      span {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        padding: 2px 8px;
        border-radius: 12px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        white-space: nowrap;
        color: var(--primary-text-color);
        background: color-mix(in srgb, var(--tone) 18%, transparent);
      }
      svg {
        color: var(--tone);
      }
      .local {
        --tone: var(--vr-local);
      }
      .cloud {
        --tone: var(--vr-cloud);
      }
      .unproven {
        --tone: var(--vr-unproven);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property() locality: Locality = "unproven";

  override render() {
    return html`<span class=${this.locality}>
      ${icon(ICONS[this.locality], 16)} ${this.texts.option("locality", this.locality)}
    </span>`;
  }
}
