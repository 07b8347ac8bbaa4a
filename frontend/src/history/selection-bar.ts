/** Say how many recordings there are and how many are chosen, and what can be done with those. */

import {
  mdiClose,
  mdiDeleteOutline,
  mdiDownload,
  mdiLockOpenOutline,
  mdiLockOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import { MOST, type Selection } from "./selection.ts";

@customElement("vr-selection-bar")
export class SelectionBar extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .bar {
        display: flex;
        align-items: center;
        min-height: 48px;
        padding-inline-end: 8px;
        border-block-end: var(--vr-line);
      }
      .all {
        display: grid;
        place-items: center;
        flex: none;
        width: 48px;
        height: 48px;
      }
      :host([narrow]) .all {
        width: 44px;
      }
      .bar.chosen {
        background: color-mix(in srgb, var(--primary-color) 12%, transparent);
      }
      .actions {
        display: flex;
        gap: 4px;
      }
      .actions button {
        padding: 0 12px;
        background: none;
      }
      :host([narrow]) .actions button {
        width: 40px;
        min-height: 40px;
        padding: 0;
      }
      :host([narrow]) .actions .name {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) selection!: Selection;
  @property({ type: Number }) total = 0;
  @property({ type: Boolean, reflect: true }) narrow = false;

  override render() {
    const { t, number } = this.texts;
    const { selection, total } = this;
    const chosen = selection.count(total);
    const text = selection.isEmpty
      ? t("history.count", { count: number(total) })
      : t("history.chosen", { count: number(chosen) });
    return html`<div class="bar ${selection.isEmpty ? "" : "chosen"}">
      <label class="all">
        <input
          type="checkbox"
          aria-label=${t("history.choose_all")}
          .checked=${live(selection.isAll)}
          .indeterminate=${live(!selection.isAll && !selection.isEmpty)}
          @change=${() => this.tell(selection.isEmpty ? "choose-all" : "choose-none")}
        />
      </label>
      <span class="grow" role="status">
        ${text} ${selection.isFull ? t("history.chosen_most", { count: number(MOST) }) : nothing}
      </span>
      ${selection.isEmpty ? nothing : this.actions(chosen)}
    </div>`;
  }

  private actions(chosen: number) {
    const { t } = this.texts;
    // Holding is done one by one.
    const isTooMany = chosen > MOST;
    return html`<div class="actions">
      ${
        isTooMany
          ? nothing
          : html`${this.action("hold", t("history.hold"), mdiLockOutline)}
            ${this.action("release", t("history.release"), mdiLockOpenOutline)}`
      }
      ${this.action("export", t("history.export"), mdiDownload)}
      ${this.action("delete", t("history.delete"), mdiDeleteOutline)}
      <button
        class="icon"
        aria-label=${t("history.choose_none")}
        @click=${() => this.tell("choose-none")}
      >
        ${icon(mdiClose)}
      </button>
    </div>`;
  }

  private action(name: string, text: string, picture: string) {
    return html`<button title=${text} @click=${() => this.tell(name)}>
      ${icon(picture)} <span class="name">${text}</span>
    </button>`;
  }

  private tell(what: string): void {
    this.dispatchEvent(new Event(what));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-selection-bar": SelectionBar;
  }
}
