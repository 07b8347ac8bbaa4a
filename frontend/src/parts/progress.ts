/** Show how far a deletion is. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base } from "../theme.ts";
import type { Progress } from "../types.ts";

@customElement("vr-progress")
export class DeletionProgress extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      progress {
        display: block;
        width: 100%;
        height: 8px;
        margin-block: 8px;
        border: none;
        border-radius: 4px;
        overflow: hidden;
        background: var(--divider-color);
        accent-color: var(--primary-color);
      }
      progress::-webkit-progress-bar {
        background: var(--divider-color);
      }
      progress::-webkit-progress-value {
        background: var(--primary-color);
        transition: inline-size 0.2s;
      }
      progress::-moz-progress-bar {
        background: var(--primary-color);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  /** None while it is not known how far it is. */
  @property({ attribute: false }) progress: Progress | null = null;

  override render() {
    const { t, number, known } = this.texts;
    const { progress } = this;
    return html`
      <progress
        aria-label=${t("delete.deleting")}
        max="1"
        value=${progress ? fraction(progress) : nothing}
      ></progress>
      ${
        progress
          ? html`<p class="secondary small">
              ${t("delete.progress", {
                place: known(`places.${progress.place}`, progress.place),
                done: number(progress.places_done),
                places: number(progress.places),
              })}
            </p>`
          : nothing
      }
    `;
  }
}

/** A place that is under way counts as far as its recordings are done. */
function fraction({ places, places_done, recordings, recordings_done }: Progress): number {
  const part = recordings > 0 ? Math.min(recordings_done / recordings, 1) : 0;
  return Math.min((places_done + part) / Math.max(places, 1), 1);
}
